import { AbortError } from '../engine/model/errors.ts';
import type { Advanced, RemoteTask, StoredThread, TaskReply } from '../engine/model/remote.ts';
import type { Step } from '../engine/graph/advance.ts';
import { advance, type AnyGraph } from './advance.ts';
import { TaskWindow } from './taskWindow.ts';

/** What {@link drive} is told. */
export interface DriveOptions extends Pick<Step, 'stored' | 'input' | 'config' | 'onEvent'> {
  /**
   * Has a task run, wherever that is.
   * @param signal Aborted when its reply is of no use any more.
   */
  readonly run: (task: RemoteTask, signal: AbortSignal) => Promise<TaskReply>;
  /** Keeps the thread after each step; the run goes on when it has. Default: nobody does. */
  readonly keep?: ((stored: StoredThread) => Promise<void> | void) | undefined;
  /** Stops the call: it rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes one call of a graph whose tasks are run elsewhere: asks {@link advance} what is next, has those tasks run,
 * as many at once as `maxConcurrency` allows, and goes on with their replies until the call is over.
 *
 * @returns The last step: `done`, `paused` or `failed`; see `readAdvanced`.
 * @throws What `run` or `keep` has failed with, when the tasks under way were told to stop: what was kept can go on,
 * with `drive` without an `input`.
 * @throws {AbortError} ABORTED
 * @throws {SuperstepError} As {@link advance}.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { drive, readAdvanced, runTask } from 'superstep/remote';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile();
 * const end = await drive(graph, { input: { n: 21 }, run: (task) => runTask(graph, task) });
 * console.log(readAdvanced(end)); // { n: 42 }
 * ```
 */
export async function drive(
  graph: AnyGraph,
  { run, keep, signal, input, config, stored, onEvent }: DriveOptions,
): Promise<Advanced> {
  const stop = new AbortController();
  const window = new TaskWindow();
  const replies = new Replies();
  const watch = { onEvent, signal };
  const unlink = link(signal, (error) => replies.fail(error));
  const start = () => {
    for (const task of window.take()) {
      run(task, stop.signal).then(
        (reply) => replies.add(task, reply),
        (error: unknown) => replies.fail(error),
      );
    }
  };
  try {
    let at = await advance(graph, { stored, input, config, ...watch });
    while (at.status === 'tasks') {
      await keep?.(at.stored);
      window.offer(at.tasks);
      start();
      const ended: TaskReply[] = [];
      do {
        for (const reply of await replies.next(at.deadline)) {
          ended.push(reply);
          window.ended(reply.id);
        }
        start();
      } while (!replies.goesOn && !window.isEmpty);
      replies.goesOn = false;
      at = await advance(graph, { stored: at.stored, replies: ended, ...watch });
    }
    await keep?.(at.stored);
    return at;
  } finally {
    unlink();
    stop.abort();
  }
}

/** Replies as they come. */
class Replies {
  /** One of them lets a part of the run go on by itself, or ends it. */
  goesOn = false;
  #come: TaskReply[] = [];
  #error: { readonly thrown: unknown } | undefined;
  #wake: (() => void) | undefined;

  add({ node }: RemoteTask, reply: TaskReply): void {
    this.#come.push(reply);
    if (node.includes(':') || reply.status === 'failed') this.goesOn = true;
    this.#wake?.();
  }

  fail(thrown: unknown): void {
    this.#error ??= { thrown };
    this.#wake?.();
  }

  /**
   * Those that have come since, as soon as there is one; none at the deadline.
   * @throws What was failed with.
   */
  async next(deadline: number | undefined): Promise<readonly TaskReply[]> {
    if (this.#come.length === 0 && this.#error === undefined) {
      const ms = deadline === undefined ? undefined : Math.max(0, deadline - Date.now() + 1);
      const timer = ms === undefined ? undefined : setTimeout(() => this.#late(), ms);
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
      clearTimeout(timer);
    }

    if (this.#error !== undefined) throw this.#error.thrown;
    const come = this.#come;
    this.#come = [];
    return come;
  }

  #late(): void {
    this.goesOn = true;
    this.#wake?.();
  }
}

function link(signal: AbortSignal | undefined, stop: (error: AbortError) => void): () => void {
  const onAbort = () => {
    const cause: unknown = signal!.reason;
    stop(new AbortError('ABORTED', 'The run was aborted', {}, { cause }));
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}
