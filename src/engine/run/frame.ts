import type { TaskInfo } from '../model/events.ts';
import type { TaskCalls } from './taskCalls.ts';
import type { NodeConfig } from '../model/node.ts';
import type { GraphRun } from './graphRun.ts';
import type { Update } from '../plan/outcome.ts';
import type { TaskKey } from '../model/taskKey.ts';
import type { AbortScope } from './abortScope.ts';
import type { Slot, Slots } from './limit.ts';

/** Code of the user's while it runs: a node's task, an attempt at one, or a functional task. */
export interface Frame {
  /** The run that the task belongs to; for a functional task, that of the node that called it. */
  readonly run: GraphRun;
  /** Names the task in what is stored of its superstep. */
  readonly key: TaskKey;
  /** The task's name for observers. */
  readonly info: TaskInfo;
  /**
   * Where it stands in checkpoints and streams: `node:id` of the tasks around it, outermost first, and
   * of itself. Takes time to make, when it is first asked for.
   */
  readonly place: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
  /** What user code is given. */
  readonly config: NodeConfig;
  /** A node's input, or the list of a functional task's arguments. */
  readonly input: unknown;
  /** Whatever is started inside stops with it. */
  readonly owner: AbortScope;
  /** The functional tasks called from here; made by the first call. */
  calls: TaskCalls | undefined;
  /** Its code has returned, and so have its tasks: no more can be called. */
  hasEnded: boolean;
  /** The slot it holds, if the run has a `maxConcurrency`. */
  slot: Slot | undefined;
  /** Where tasks inside get their slots from; made when first needed. */
  slots: Slots | undefined;
  /** Adds an update to what the node of this code writes when it has ended. */
  push(update: Update): void;
  /** Told of signs of life, if somebody waits for them. */
  onProgress?: ((isHeartbeat: boolean) => void) | undefined;
}
