import type { Interrupt } from '../../model/checkpointer.ts';
import type { RunEvent, TaskInfo } from '../../model/events.ts';
import type { SentError } from '../../model/sentError.ts';
import type { TaskKey } from '../../model/taskKey.ts';

/** A task as a worker thread is told of it. Plain data; texts are of a `Serializer`. */
export interface TaskOrder {
  /** Key of the function's `WorkerPlace`. */
  readonly work: string;
  /** List of the function's arguments, a node's config aside. */
  readonly args: string;
  /** `context`, `configurable`, `tags`, `metadata`, `recursionLimit` and `threads` of its config. */
  readonly config: string;
  readonly info: TaskInfo;
  readonly key: TaskKey;
  readonly place: readonly string[];
  readonly attempt: number;
  readonly depth: number;
  readonly graph: string;
  /** Somebody hears of its events. */
  readonly isObserved: boolean;
  readonly hasStore: boolean;
}

/** How a task on a worker thread has ended. */
export type TaskReply =
  | { readonly status: 'done'; readonly value: string }
  | { readonly status: 'paused'; readonly interrupts: string }
  | { readonly status: 'left'; readonly commands: string }
  | ({ readonly status: 'failed' } & SentError)
  /** The code that the thread has loaded does not define such a function. */
  | { readonly status: 'unknown' }
  /** The code could not be loaded. */
  | ({ readonly status: 'unloadable' } & SentError);

/** What a task tells while it runs. */
export type TaskNews =
  | { readonly type: 'wrote'; readonly value: string }
  | { readonly type: 'alive'; readonly isHeartbeat: boolean }
  | { readonly type: 'pushed'; readonly update: string }
  | { readonly type: 'event'; readonly event: string };

/** What a task waits for while its thread goes on. */
export interface StoreCall {
  readonly call: number;
  readonly method: 'get' | 'put' | 'delete' | 'search' | 'listNamespaces';
  readonly args: string;
}

export type StoreAnswer =
  { readonly call: number; readonly value: string } | ({ readonly call: number } & SentError);

/** The answer to `interrupt`, for which the thread stands still. */
export type Asked =
  | { readonly status: 'answered'; readonly answer: string }
  | { readonly status: 'paused'; readonly interrupts: readonly Interrupt[] }
  | ({ readonly status: 'failed' } & SentError);

/** From the thread of the run to a worker thread. */
export type ToWorker =
  /** Of the host to its script. */
  | { readonly type: 'host'; readonly message: unknown }
  | { readonly type: 'run'; readonly order: TaskOrder }
  | ({ readonly type: 'abort' } & SentError)
  | ({ readonly type: 'stored' } & StoreAnswer);

/** From a worker thread to that of the run. */
export type FromWorker =
  /** It has loaded what it is to load, or could not. */
  | { readonly type: 'ready' }
  /** Of the script to its host. */
  | { readonly type: 'host'; readonly message: unknown }
  | { readonly type: 'ended'; readonly reply: TaskReply }
  | { readonly type: 'news'; readonly news: TaskNews }
  | ({ readonly type: 'store' } & StoreCall)
  | { readonly type: 'ask'; readonly value: string };

/** An event of a task on a worker thread, without its time. */
export type SentEvent = Omit<RunEvent, 'time'>;
