import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Asked, FromWorker, TaskOrder, TaskReply, ToWorker } from './messages.ts';
import type { WorkerStart } from './workerStart.ts';

/** Runs one task of a function that the loaded code has defined. */
export type ServeTask = (order: TaskOrder, link: RunLink) => Promise<TaskReply>;

/** What the library, in whatever copy the code loads, finds in a worker thread. */
export interface TaskThread {
  keep(key: string, serve: ServeTask): void;
}

/** How a task on a worker thread speaks with the thread of its run. */
export interface RunLink {
  /** What the code that was loaded exports. */
  readonly exports: unknown;
  post(message: FromWorker): void;
  /** Stands still until the answer has come. */
  ask(value: string): Asked;
  /** Hears of what is not about how tasks begin; `undefined` when the task is over. */
  onMessage: ((message: Exclude<ToWorker, { type: 'run' | 'host' }>) => void) | undefined;
}

/** What a script of worker threads brings. */
export interface TaskScript {
  /** Loads the code that defines the functions, and gives what it exports. What it throws is told to each task. */
  load(source: unknown): Promise<unknown>;
  toFailure(thrown: unknown): TaskReply;
  /** Hears of what its host says. */
  onMessage?(message: unknown): void;
  /** A task is about to be over. */
  onEnd?(): void;
}

/**
 * Makes this worker thread run tasks, one at a time. Knows nothing of the library: that comes with the
 * code that is loaded.
 * @returns Speaks to the thread of the run, which only listens while a task is under way.
 */
export function serveTasks(
  script: TaskScript,
): Pick<RunLink, 'post'> & { readonly isBusy: boolean } {
  const { source, answers, bell } = workerData as WorkerStart;
  const bells = new Int32Array(bell);
  const port = parentPort!;
  const kept = new Map<string, ServeTask>();
  const thread: TaskThread = { keep: (key, serve) => void kept.set(key, serve) };
  Object.defineProperty(globalThis, Symbol.for('superstep.taskThread'), { value: thread });
  let exports: unknown;
  const link: RunLink = {
    get exports() {
      return exports;
    },
    onMessage: undefined,
    post: (message) => port.postMessage(message),
    ask(value) {
      const heard = Atomics.load(bells, 0);
      link.post({ type: 'ask', value });
      Atomics.wait(bells, 0, heard);
      return receiveMessageOnPort(answers)!.message as Asked;
    },
  };
  let isBusy = false;
  const loaded = Promise.resolve(script.load(source)).then(
    (loadedCode) => void (exports = loadedCode),
    (thrown: unknown) => script.toFailure(thrown),
  );
  void loaded.then(() => link.post({ type: 'ready' }));
  const run = async (order: TaskOrder): Promise<TaskReply> => {
    const failure = await loaded;
    if (failure !== undefined) return failure;
    return (await kept.get(order.work)?.(order, link)) ?? { status: 'unknown' };
  };
  port.on('message', (message: ToWorker) => {
    if (message.type === 'host') return script.onMessage?.(message.message);
    if (message.type !== 'run') return link.onMessage?.(message);
    isBusy = true;
    void run(message.order).then((reply) => {
      link.onMessage = undefined;
      script.onEnd?.();
      isBusy = false;
      link.post({ type: 'ended', reply });
    });
  });
  return {
    post: (message) => link.post(message),
    get isBusy() {
      return isBusy;
    },
  };
}
