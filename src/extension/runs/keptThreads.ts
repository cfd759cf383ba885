import { randomUUID } from 'node:crypto';
import type { ThreadCheckpoint, ThreadState, ThreadStore } from '../../protocol/threads.ts';
import type { Waiting } from '../../protocol/waiting.ts';
import type { ReadThreadOptions, RunResult, ThreadName } from '../../runner/runner.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import { readEnvironment } from '../graphs/readEnvironment.ts';
import { readHistoryLimits } from '../settings.ts';
import type { EditorRunner } from './lazyRunner.ts';
import type { RunViewModel } from './runViewModel.ts';

/** Names a thread that was kept. */
export interface ForkedThread {
  readonly threadId: string;
  /** Absolute path that the file had when the thread began. */
  readonly beganAs: string;
}

/** Reads where threads stand, here or elsewhere. */
export interface ThreadReader {
  readThread(options: ReadThreadOptions): Promise<Pick<ThreadState, 'questions'> | undefined>;
}

/** Of a longer thread only the newest checkpoints are offered. */
const MAX_LISTED = 1000;

/** The threads that runs of the editor are kept in, and where they stand. */
export class KeptThreads {
  readonly #runner: EditorRunner;
  readonly #path: string;

  /** @param path Absolute path of the file that keeps what waits. */
  constructor(runner: EditorRunner, path: string) {
    this.#runner = runner;
    this.#path = path;
  }

  /** The store of a run that is about to begin. @param threadId Names its thread, which then stays. */
  storeFor(run: RunViewModel, threadId: string | undefined): ThreadStore {
    const freshThread = newThread();
    return {
      ...this.#storeOf(run),
      isTemporary: threadId === undefined,
      ...(freshThread !== undefined && { freshThread }),
    };
  }

  /** The checkpoints of a thread, the newest first. @throws {LoadError} if that cannot be told. */
  async checkpoints(
    target: GraphTarget,
    thread: ForkedThread,
  ): Promise<readonly ThreadCheckpoint[]> {
    return this.#runner.readHistory({ ...(await this.#lookAt(target, thread)), limit: MAX_LISTED });
  }

  /** Where a thread stood at a checkpoint, or stands. @throws as `checkpoints`. */
  async stateAt(
    target: GraphTarget,
    thread: ForkedThread,
    at?: string,
  ): Promise<ThreadState | undefined> {
    const name = await this.#lookAt(target, thread);
    return this.#runner.readThread({ ...name, ...(at !== undefined && { at }) });
  }

  /** The questions that a run has left open which did not come to its end. */
  async stillOpen(
    run: RunViewModel,
    { status }: RunResult,
    {
      env,
      runner,
    }: { readonly env: Readonly<Record<string, string>>; readonly runner: ThreadReader },
  ): Promise<Waiting | undefined> {
    const { target, threadId } = run;
    if (status === 'done' || threadId === undefined) return undefined;
    const thread = await runner
      .readThread({ ...target, threadId, store: this.#storeOf(run), env })
      .catch(() => undefined);
    const questions = thread?.questions ?? [];
    return questions.length > 0 ? { questions, breakpoints: [] } : undefined;
  }

  async #lookAt(target: GraphTarget, { threadId, beganAs }: ForkedThread): Promise<ThreadName> {
    const { env } = await readEnvironment(target.file);
    return { ...target, threadId, store: this.#storeOf({ beganAs }), env };
  }

  #storeOf({ beganAs }: Pick<RunViewModel, 'beganAs'>): ThreadStore {
    return { path: this.#path, isTemporary: true, beganAs };
  }
}

/** The name of a thread that is kept as long as its run; none if no runs are kept. */
function newThread(): string | undefined {
  return readHistoryLimits().maxRuns > 0 ? randomUUID() : undefined;
}
