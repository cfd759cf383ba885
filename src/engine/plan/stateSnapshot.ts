import type {
  Checkpoint,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { ENTRY_KEYS } from './entryKeys.ts';
import { toSnapshot } from './checkpoints.ts';
import { withGoneNodes } from './goneNodes.ts';
import { prepareTasks } from './prepareTasks.ts';
import type { Snapshot } from './snapshot.ts';
import { settled } from './partialStep.ts';
import { taskPath } from './taskPath.ts';
import { placePart, taskIdOf, taskKey, type TaskKey } from '../model/taskKey.ts';
import { START } from '../model/constants.ts';
import { readView, type Plan, type PlanNode } from './plan.ts';
import type { StateSnapshot, ThreadConfig, StateTask } from '../model/stateSnapshot.ts';

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
  graphPlan: Plan,
  thread: ThreadAddress,
  {
    saved,
    isNewest,
    isPast,
  }: { readonly saved: SavedCheckpoint; readonly isNewest: boolean; readonly isPast: boolean },
): StateSnapshot {
  const { checkpoint, tasks: records } = saved;
  const { id, parentId, source, step, parents, createdAt, next } = checkpoint;
  const { threadId: thread_id, namespace: checkpoint_ns } = thread;
  const configAt = (checkpoint_id: string): ThreadConfig => ({
    configurable: { thread_id, checkpoint_id, checkpoint_ns },
  });
  const checkpoint_map = { ...parents, [checkpoint_ns]: id };
  const config =
    checkpoint_ns === ''
      ? configAt(id)
      : { configurable: { ...configAt(id).configurable, checkpoint_map } };
  const plan = withGoneNodes(graphPlan, checkpoint);
  const before = toSnapshot(plan, checkpoint);
  const tasks = next.input
    ? [startTask(thread, checkpoint)]
    : tasksOf(plan, before, { thread, id, records, isPast }).map((task) =>
        graphPlan.byName.has(task.name) ? task : { ...task, isGone: true as const },
      );
  const isLeft = ({ result }: StateTask) => !isNewest || next.input || result === undefined;
  const { values } = isNewest ? settled(plan, saved).followed : before;
  return {
    values: shownValues(plan, values),
    next: tasks.filter(isLeft).map(({ name }) => name),
    tasks,
    metadata: { source, step, parents, thread_id: thread.threadId },
    config,
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
