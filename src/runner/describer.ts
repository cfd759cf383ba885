import type { Bundle } from '../loader/bundle/bundle.ts';
import { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import type { MemoryLimit } from './exitError.ts';
import { withKnownFields } from './knownFields.ts';
import type { LoadedThreads } from './loadedThreads.ts';
import { LookJob } from './lookJob.ts';
import type { Redactor } from './redact.ts';
import type { FileDescription, GraphDescription } from './runner.ts';
import { SharedWork } from './sharedWork.ts';
import type { ThreadPool } from './threadPool.ts';

/** What decides what the graphs of a file look like. */
interface Given {
  readonly code: string;
  /** The rest of it, as JSON. */
  readonly options: string;
}

/** What they look like. */
interface Evaluated {
  readonly graphs: readonly GraphDescription[];
  readonly hints: readonly Problem[];
}

/** What is to be described, and how. */
interface Look {
  readonly bundle: Bundle;
  readonly xray: boolean | number;
  readonly env: Readonly<Record<string, string>>;
}

/** How many files' descriptions are kept. */
const MAX_KNOWN = 20;

/** Describes the graphs of bundles; those that are known, or just being found out, are not run again. */
export class Describer {
  readonly #threads: ThreadPool;
  readonly #loaded: LoadedThreads | undefined;
  readonly #memory: MemoryLimit;
  readonly #limitMs: number;
  /** By file, the longest unused first. */
  readonly #known = new Map<string, Given & Evaluated>();
  /** By file. */
  readonly #underWay = new Map<string, Given & { readonly work: SharedWork<Evaluated> }>();

  /** @param parts.loaded Gets the threads that have loaded a file; absent: they end. */
  constructor(parts: {
    readonly threads: ThreadPool;
    readonly loaded: LoadedThreads | undefined;
    readonly memory: MemoryLimit;
    readonly limitMs: number;
  }) {
    this.#limitMs = parts.limitMs;
    this.#threads = parts.threads;
    this.#loaded = parts.loaded;
    this.#memory = parts.memory;
  }

  /** @param contents The text that was bundled; omitted: what is on disk. */
  async describe(
    look: Look & { readonly contents: string | undefined },
    redactor: Redactor,
    signal: AbortSignal,
  ): Promise<FileDescription> {
    const { bundle, xray, env, contents } = look;
    const { file, code, inputs, warnings } = bundle;
    const known = await this.#evaluateOnce({ bundle, xray, env }, redactor, signal);
    // Types are no part of the code: they may have changed.
    const graphs = await withKnownFields(known.graphs, { file, contents });
    const hints = [...warnings, ...known.hints];
    return { graphs, code, inputs, ...(hints.length > 0 && { hints }) };
  }

  async #evaluateOnce(look: Look, redactor: Redactor, signal: AbortSignal): Promise<Evaluated> {
    const { bundle, ...rest } = look;
    const { file, code, inputs } = bundle;
    const given: Given = { code, options: JSON.stringify(rest) };
    const known = this.#known.get(file);
    if (isSame(known, given)) return known;
    let underWay = this.#underWay.get(file);
    if (!isSame(underWay, given) || underWay.work.isOver) {
      const work = new SharedWork((stop) => this.#evaluate(look, redactor, stop));
      this.#underWay.set(file, (underWay = { ...given, work }));
    }
    try {
      const evaluated = await underWay.work.join(signal);
      this.#remember(file, { ...given, ...evaluated });
      return evaluated;
    } catch (error) {
      throw error instanceof LoadError ? new LoadError(error.problems, { inputs }) : error;
    } finally {
      if (underWay.work.isOver && this.#underWay.get(file) === underWay) {
        this.#underWay.delete(file);
      }
    }
  }

  /** Has a thread run the file's code; it waits then for a run that wants the same. */
  async #evaluate(look: Look, redactor: Redactor, signal: AbortSignal): Promise<Evaluated> {
    const thread = this.#threads.take();
    const successor = this.#loaded?.begin(thread, look);
    const context = { memory: this.#memory, redactor, code: look.bundle, successor };
    const job = new LookJob<'describe'>(thread, context);
    const message = { type: 'describe', ...look, limitMs: this.#limitMs } as const;
    try {
      const { graphs, leaves } = await job.start(message, signal);
      if (successor && leaves !== 'refusal') {
        this.#loaded?.keep(successor, { isBusy: leaves === 'activity' });
        this.#threads.warmUp(thread);
      } else if (successor) this.#loaded?.giveUp(successor);
      return { graphs, hints: job.hints };
    } catch (error) {
      if (successor) this.#loaded?.giveUp(successor);
      throw error;
    } finally {
      this.#threads.refill();
    }
  }

  #remember(file: string, described: Given & Evaluated): void {
    this.#known.delete(file);
    this.#known.set(file, described);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN) this.#known.delete(oldest!);
  }
}

function isSame<T extends Given>(known: T | undefined, given: Given): known is T {
  return known?.code === given.code && known.options === given.options;
}
