/**
 * Runs graphs whose tasks are run elsewhere: by a queue, a durable engine, servers of your own.
 *
 * @module superstep/remote
 */
export { advance, codeOf, runTask } from './advance.ts';
export type { AnyGraph } from './advance.ts';
export { drive } from './drive.ts';
export type { DriveOptions } from './drive.ts';
export { readAdvanced } from './readAdvanced.ts';
export { TaskWindow } from './taskWindow.ts';
export type { Step } from '../engine/graph/advance.ts';
export type { WorkerOptions } from '../engine/run/remote/runRemoteTask.ts';
export type { SentError } from '../engine/model/sentError.ts';
export type {
  Advanced,
  Cap,
  RemoteTask,
  StoredCall,
  StoredGraph,
  StoredThread,
  TaskReply,
} from '../engine/model/remote.ts';
