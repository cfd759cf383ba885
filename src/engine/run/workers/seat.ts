import type { Asked, FromWorker, TaskOrder, TaskReply, ToWorker } from './messages.ts';

/** A task for a worker thread, and who hears how it goes. */
export interface Job {
  readonly order: TaskOrder;
  onNews(
    message: Exclude<FromWorker, { type: 'ready' | 'host' | 'ended' | 'ask' }>,
  ): StoreLine | void;
  onAsked(value: string): Asked;
  onEnded(reply: TaskReply): void;
  /** The thread has ended in the middle of it. */
  onLost(error: Error): void;
}

/** What comes back from the store, when it has. */
type StoreLine = Promise<Extract<ToWorker, { type: 'stored' }>>;

/** A thread that waits for the task of whoever has taken it. */
export interface Seat {
  /** Runs a task there; the seat is used up then. */
  run(job: Job): void;
  /** Gives the thread back, where nothing was run. */
  free(): void;
}
