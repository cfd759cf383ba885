import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunEvent } from '../../engine/model/events.ts';
import type { NodeCodes } from '../../loader/bundle/nodeCodes.ts';
import type { GraphDescription } from '../runner.ts';
import { HistoryThread } from './historyThread.ts';
import type { HistoryCalls, HistoryStart } from './historyMessages.ts';
import type { HistoryLimits, KeptRun, RunContent, RunHead } from './keptRun.ts';
import { Recording } from './recording.ts';
import type { SetAside } from './runFolder.ts';

/** What keeps runs, and how. */
export interface HistoryOptions {
  /** The script of its thread: `dist/history.js`, or `src/runner/historyMain.ts` when run from source. */
  readonly workerUrl: URL;
  /** Absolute path of the folder that keeps them; it is made when it is needed. */
  readonly path: string;
  readonly limits: HistoryLimits;
  /** As of {@link HistoryStart}. */
  readonly threads?: HistoryStart['threads'];
  /** The list is another; also when another window has changed it. */
  readonly onChange: () => void;
  /** Something could not be read, and was set aside. */
  readonly onSetAside: (what: SetAside) => void;
  /** A run, or the rest of it, cannot be kept: told once, until one could be kept again. */
  readonly onFailure: (error: unknown) => void;
}

/** The last runs with all that happened in them, kept over reloads and crashes. */
export class History {
  readonly #options: HistoryOptions;
  readonly #open = new Map<string, { readonly recording: Recording; lastTime: number }>();
  #thread: HistoryThread | undefined;
  #limits: HistoryLimits;
  #hasToldFailure = false;
  #isClosed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#limits = options.limits;
  }

  /** Counts for runs that begin from now on. */
  set limits(limits: HistoryLimits) {
    this.#limits = limits;
    if (this.#thread?.isAlive) this.#thread.call('limit', limits).catch(() => {});
  }

  /**
   * Keeps a run from now on; `undefined` if none is to be kept.
   * @param code The module it was loaded from, to tell later which nodes have changed since.
   */
  record(head: RunHead, content: RunContent, code?: string): RunRecorder | undefined {
    if (this.#isClosed || this.#limits.maxRuns < 1) return undefined;
    const { id } = head;
    const thread = () => this.#start();
    const recording = new Recording({
      begin: async () => {
        const codes = await this.codes(code, content.graph).catch(() => undefined);
        await thread().call('begin', head, { ...content, ...(codes && { codes }) });
      },
      append: (events) => thread().call('append', id, events),
      end: async (end) => {
        await thread().call('end', id, end);
        this.#hasToldFailure = false;
      },
      onFailure: (error) => this.#tellFailure(error),
    });
    const open = { recording, lastTime: 0 };
    this.#open.set(id, open);
    return {
      add: (events, weight) => {
        open.lastTime = events.at(-1)?.time ?? open.lastTime;
        recording.add(events, weight);
      },
      end: async (end) => {
        await recording.end(end);
        this.#open.delete(id);
      },
    };
  }

  /** What the nodes of a graph are made of, by the module that it was loaded from. */
  async codes(
    code: string | undefined,
    { functions = [] }: GraphDescription,
  ): Promise<NodeCodes | undefined> {
    return code === undefined ? undefined : this.#call('codes', code, functions);
  }

  /** The newest first. */
  list(): Promise<readonly KeptRun[]> {
    return this.#call('list');
  }

  /** @throws {Error} that says why there is none. */
  content(id: string): Promise<RunContent> {
    return this.#call('content', id);
  }

  /**
   * The events of a run, in order, in batches that take no more than some milliseconds each.
   * @throws {Error} as `content`. Rejects with the signal's reason once that is aborted.
   */
  async *events(id: string, signal?: AbortSignal): AsyncGenerator<readonly RunEvent[]> {
    // Not at the start of the extension, which shall be quick.
    const { parseEvents } = await import('./eventText.ts');
    let next: number | undefined = 0;
    while (next !== undefined) {
      const part: Awaited<ReturnType<HistoryCalls['events']>> = await this.#call(
        'events',
        id,
        next,
      );
      for (const text of part.texts) {
        signal?.throwIfAborted();
        yield parseEvents(text);
        await nextTurn();
      }
      next = part.next;
    }
  }

  /** Deletes runs, whichever window they ran in. */
  delete(ids: readonly string[]): Promise<void> {
    return this.#call('delete', ids);
  }

  /** Deletes all that have ended. */
  clear(): Promise<void> {
    return this.#call('clear');
  }

  /** What goes on is cut off; what happens after this call is not kept. */
  async dispose(): Promise<void> {
    this.#isClosed = true;
    const ends = [...this.#open.values()].map(({ recording, lastTime }) =>
      recording.end({ status: 'cutOff', durationMs: lastTime }),
    );
    await Promise.all(ends);
    await this.#thread?.terminate();
  }

  #call<T extends keyof HistoryCalls>(
    name: T,
    ...args: Parameters<HistoryCalls[T]>
  ): Promise<ReturnType<HistoryCalls[T]>> {
    return this.#start().call(name, ...args);
  }

  #start(): HistoryThread {
    if (!this.#thread?.isAlive) {
      const { workerUrl, path, threads, onChange, onSetAside } = this.#options;
      const start = { path, limits: this.#limits, threads };
      this.#thread = new HistoryThread(workerUrl, { ...start, onChange, onSetAside });
    }
    return this.#thread;
  }

  #tellFailure(error: unknown): void {
    // A run that was deleted while it went on is as the user wants it.
    if ((error as { code?: unknown }).code === 'ENOENT') return;
    if (this.#hasToldFailure) return;
    this.#hasToldFailure = true;
    this.#options.onFailure(error);
  }
}

/** Takes down one run. */
export interface RunRecorder {
  /** @param weight About how many kilobytes they hold. */
  readonly add: (events: readonly RunEvent[], weight: number) => void;
  /** Resolves when all is written, or given up; never rejects. */
  readonly end: Recording['end'];
}
