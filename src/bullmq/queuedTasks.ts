import type { Queue, QueueEvents } from 'bullmq';
import { SuperstepError } from '../engine/model/errors.ts';
import type { RemoteTask, TaskReply } from '../engine/model/remote.ts';
import { unpackError } from '../engine/run/sending.ts';
import type { Outcome, TaskJob } from './connection.ts';

/** How often a task is looked after of which nothing is heard, milliseconds: events may be missed. */
const LOOK_MS = 10_000;
/** How long results are kept, seconds: whoever goes on with a run finds what has ended meanwhile. */
const KEPT_S = 24 * 60 * 60;

interface Waiting extends PromiseWithResolvers<TaskReply> {
  readonly task: RemoteTask;
}

/** The tasks in a queue whose results are waited for. */
export class QueuedTasks {
  readonly #queue: Queue;
  /** By id. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #timer: NodeJS.Timeout;

  constructor(queue: Queue, events: QueueEvents) {
    this.#queue = queue;
    events.on('completed', ({ jobId, returnvalue }) => {
      this.#ended(jobId, returnvalue);
    });
    events.on('failed', ({ jobId, failedReason }) => this.#lost(jobId, failedReason));
    this.#timer = setInterval(() => void this.#lookAfter().catch(() => {}), LOOK_MS);
  }

  /**
   * Puts a task into the queue, and waits for its end. What has ended already is not run again.
   * @param signal Takes it out of the queue; one that runs goes on to its end.
   */
  async run(task: RemoteTask, signal: AbortSignal): Promise<TaskReply> {
    const waiting = { task, ...Promise.withResolvers<TaskReply>() };
    this.#waiting.set(task.id, waiting);
    const onAbort = () => {
      waiting.reject(signal.reason);
      void this.#queue.remove(task.id).catch(() => {});
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#add(task), waiting.promise]);
      return await waiting.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(task.id);
    }
  }

  async #add(task: RemoteTask): Promise<void> {
    const kept = { age: KEPT_S };
    const options = { jobId: task.id, removeOnComplete: kept, removeOnFail: kept };
    const job = (await this.#queue.add(task.node, task, options)) as TaskJob;
    // Of a job that was there before nothing more may be heard.
    if (Date.now() - job.timestamp > LOOK_MS) await this.#look(task);
  }

  async #lookAfter(): Promise<void> {
    for (const { task } of [...this.#waiting.values()]) await this.#look(task);
  }

  async #look(task: RemoteTask): Promise<void> {
    const job = (await this.#queue.getJob(task.id)) as TaskJob | undefined;
    if (!this.#waiting.has(task.id)) return;
    // The server has lost it.
    if (job === undefined) return this.#add(task);
    if (job.finishedOn === undefined) return;
    if (job.failedReason) this.#lost(task.id, job.failedReason);
    else this.#ended(task.id, job.returnvalue);
  }

  #ended(id: string, outcome: Outcome): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if ('reply' in outcome) return waiting.resolve(outcome.reply);
    // What was refused may be tried again, by a worker that is mended.
    void this.#queue.remove(id).catch(() => {});
    waiting.reject(unpackError(outcome.refused));
  }

  #lost(id: string, reason: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const { node } = waiting.task;
    void this.#queue.remove(id).catch(() => {});
    waiting.reject(
      new SuperstepError(
        'QUEUE_FAILED',
        `No worker could bring node "${node}" to its end: ${reason}. Look whether it ends its process or takes too ` +
          `much memory, and go on with the thread (invoke with null)`,
        { nodes: [node] },
      ),
    );
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
