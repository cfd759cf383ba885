import type {
  Checkpoint,
  CheckpointSource,
  Interrupt,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../checkpoint/checkpointer.ts';
import { ENTRY_KEYS } from '../functional/entryKeys.ts';
import { toSnapshot } from '../superstep/checkpoints.ts';
import { prepareTasks } from '../superstep/prepareTasks.ts';
import type { Snapshot } from '../superstep/snapshot.ts';
import { completed } from '../superstep/partly.ts';
import { taskPath, type TaskPath } from '../superstep/taskMetadata.ts';
import { placePart, taskIdOf, taskKey, type TaskKey } from '../checkpoint/taskKey.ts';
import { START } from './constants.ts';
import { readView, type Plan, type PlanNode } from './plan.ts';

/** Names a thread, and perhaps one checkpoint of it, for the calls of a graph. */
export interface ThreadConfig {
  readonly configurable: {
    readonly thread_id: string;
    /** `""` for the graph itself; of a subgraph: from `tasks[i].state`. */
    readonly checkpoint_ns: string;
    readonly checkpoint_id?: string;
  };
}

/** Where a thread stands, or stood, between two supersteps. */
export interface StateSnapshot<Values = any> {
  /**
   * The state. The newest one includes what tasks have written that are done, though their superstep
   * is not complete.
   */
  readonly values: Values;
  /** Names of the nodes that run next, of the newest state those that are not done; `[]` at the end. */
  readonly next: readonly string[];
  /** The tasks of the next superstep. */
  readonly tasks: readonly StateTask[];
  /** How it came to be; `undefined` for a thread that has nothing stored. */
  readonly metadata: StateMetadata | undefined;
  /** Names this checkpoint: pass it to `invoke`, `updateState` or `getState`. */
  readonly config: ThreadConfig;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** Names the checkpoint before it. */
  readonly parentConfig: ThreadConfig | undefined;
}

/** How a checkpoint came to be. */
export interface StateMetadata {
  readonly source: CheckpointSource;
  /** -1 for a thread's first input, then counted up. */
  readonly step: number;
  /** Of a subgraph: for each namespace around, the id of the checkpoint it belongs to. */
  readonly parents: Readonly<Record<string, string>>;
  readonly thread_id: string;
}

/** A task that is to run next, or that has run since the checkpoint was made. */
export interface StateTask {
  readonly id: string;
  readonly name: string;
  /** As `langgraph_path` in the metadata of the task. */
  readonly path: TaskPath;
  /** What it asked. */
  readonly interrupts: readonly Interrupt[];
  readonly error?: { readonly name: string; readonly message: string };
  /** What it wrote, while its superstep was not complete. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Of a subgraph: the config of its state, or the state itself with `{ subgraphs: true }`. */
  readonly state?: StateSnapshot | { readonly configurable: ThreadConfig['configurable'] };
}

/** The state of a thread that has nothing stored. */
export function emptyState({ threadId, namespace }: ThreadAddress): StateSnapshot {
  const config = { configurable: { thread_id: threadId, checkpoint_ns: namespace } };
  const nothing = { metadata: undefined, createdAt: undefined, parentConfig: undefined };
  return { values: {}, next: [], tasks: [], config, ...nothing };
}

/**
 * A checkpoint in the form that callers see.
 * @param isNewest What was stored since it is applied; otherwise it is shown as it was made.
 * @param isPast The thread has gone on from it: shown are the questions that were open there last.
 */
export function toStateSnapshot(
  plan: Plan,
  thread: ThreadAddress,
  {
    saved,
    isNewest,
    isPast,
  }: { readonly saved: SavedCheckpoint; readonly isNewest: boolean; readonly isPast: boolean },
): StateSnapshot {
  const { checkpoint, tasks: records } = saved;
  const { id, parentId, source, step, parents, createdAt, next } = checkpoint;
  const configAt = (checkpointId: string): ThreadConfig => ({
    configurable: {
      thread_id: thread.threadId,
      checkpoint_id: checkpointId,
      checkpoint_ns: thread.namespace,
    },
  });
  const before = toSnapshot(plan, checkpoint);
  const tasks = next.input
    ? [startTask(thread, checkpoint)]
    : tasksOf(plan, before, { thread, id, records, isPast });
  const isLeft = ({ result }: StateTask) => !isNewest || next.input || result === undefined;
  const { values } = isNewest ? completed(plan, saved).followed : before;
  return {
    values: shownValues(plan, values),
    next: tasks.filter(isLeft).map(({ name }) => name),
    tasks,
    metadata: { source, step, parents, thread_id: thread.threadId },
    config: configAt(id),
    createdAt: new Date(createdAt).toISOString(),
    parentConfig: parentId === undefined ? undefined : configAt(parentId),
  };
}

/** An entrypoint's state is what it has returned. */
function shownValues(plan: Plan, values: readonly unknown[]): unknown {
  if (plan.kind === 'graph') return readView(plan.state, values);
  return readView(plan.output, values)[ENTRY_KEYS.result];
}

function startTask({ namespace }: ThreadAddress, { id, next }: Checkpoint): StateTask {
  const fields = {
    id: taskIdOf(namespace, id, taskKey(START, -1)),
    name: START,
    path: taskPath(START, -1),
  };
  const { input = {} } = next;
  return { ...fields, interrupts: [], ...(Object.keys(input).length > 0 && { result: input }) };
}

function tasksOf(
  plan: Plan,
  before: Snapshot,
  at: {
    readonly thread: ThreadAddress;
    readonly id: string;
    readonly records: readonly TaskRecord[];
    readonly isPast: boolean;
  },
): StateTask[] {
  const { thread, id, records, isPast } = at;
  const byTask = new Map(records.map((record) => [record.task as TaskKey, record]));
  const tasks = prepareTasks(plan, before);
  return Array.from({ length: tasks.length }, (_, i): StateTask => {
    const node = tasks.node(i);
    const key = taskKey(node.name, tasks.sendIndex(i));
    const { status, interrupts: asked = [], error, result } = byTask.get(key) ?? {};
    const interrupts = status === 'paused' || isPast ? asked : [];
    const taskId = taskIdOf(thread.namespace, id, key);
    return {
      id: taskId,
      name: node.name,
      path: taskPath(node.name, tasks.sendIndex(i)),
      interrupts,
      ...(error && !result && { error }),
      ...(result && { result: Object.assign({}, ...result.updates) as Record<string, unknown> }),
      ...stateInside(node, { thread, key, taskId }),
    };
  });
}

function stateInside(
  node: PlanNode,
  {
    thread,
    key,
    taskId,
  }: { readonly thread: ThreadAddress; readonly key: TaskKey; readonly taskId: string },
): Pick<StateTask, 'state'> | undefined {
  const inside = node.inner?.persistence;
  if (inside === undefined || inside.checkpointer === false) return undefined;
  const own = inside.checkpointer === true ? key : placePart(node.name, taskId);
  const namespace = thread.namespace === '' ? own : `${thread.namespace}|${own}`;
  return { state: { configurable: { thread_id: thread.threadId, checkpoint_ns: namespace } } };
}
