import type { SavedCheckpoint, TaskRecord } from '../model/checkpointer.ts';
import { COMMAND } from '../state/writer.ts';
import { inTaskOrder, type Plan } from './plan.ts';
import { applyWrites, valuesWith } from './applyWrites.ts';
import { fromSavedResult, toSnapshot } from './checkpoints.ts';
import { Outcome, type TaskResult } from './outcome.ts';
import { prepareTasks } from './prepareTasks.ts';
import type { Snapshot } from './snapshot.ts';
import { COMMAND_KEY, taskKey, type TaskKey } from '../model/taskKey.ts';

/** A superstep of which some tasks are done, as far as it has come. */
export interface PartialStep {
  /** The writes of what is done applied, and what follows from it scheduled. */
  readonly followed: Snapshot;
  /** The same, with what is left to do scheduled too. */
  readonly snapshot: Snapshot;
  /** Keys that were written. */
  readonly written: readonly string[];
  /** Names of the nodes whose tasks are done. */
  readonly ran: readonly string[];
}

/** A checkpoint with the results that were stored since. */
export function settled(plan: Plan, { checkpoint, tasks: records }: SavedCheckpoint): PartialStep {
  const command = records.find(({ task }) => task === COMMAND_KEY);
  const before = withCommand(plan, toSnapshot(plan, checkpoint), command);
  const results = new Map<TaskKey, TaskResult>();
  for (const { task, result } of records) {
    if (result && task !== COMMAND_KEY) results.set(task as TaskKey, fromSavedResult(plan, result));
  }
  const partial = settledWith(plan, before, results);
  const written = command?.result?.updates.flatMap((update) => Object.keys(update)) ?? [];
  return { ...partial, written: [...new Set([...partial.written, ...written])] };
}

/** A snapshot with the results of some of its tasks, by their keys. */
export function settledWith(
  plan: Plan,
  before: Snapshot,
  resultsByTask: ReadonlyMap<TaskKey, TaskResult>,
): PartialStep {
  const tasks = prepareTasks(plan, before);
  const keyOf = (i: number) => taskKey(tasks.node(i).name, tasks.sendIndex(i));
  const all = Array.from({ length: tasks.length }, (_, i) => i);
  const done = all.filter((i) => resultsByTask.has(keyOf(i)));
  const left = all.filter((i) => !resultsByTask.has(keyOf(i)));
  const { snapshot: followed, writes } = applyWrites(plan, before, {
    tasks: { node: (i) => tasks.node(done[i]!) },
    results: done.map((i) => resultsByTask.get(keyOf(i))),
  });
  const nodes = left.filter((i) => tasks.sendIndex(i) < 0).map((i) => tasks.node(i).index);
  const sends = left.filter((i) => tasks.sendIndex(i) >= 0);
  const isDeferred = (node: number) => plan.nodes[node]!.defer;
  const waiting = nodes.filter(isDeferred);
  const rest = nodes.filter((node) => !isDeferred(node));
  return {
    followed,
    snapshot: {
      ...followed,
      triggered: inTaskOrder(plan, [...followed.triggered, ...rest]),
      deferred: inTaskOrder(plan, [...followed.deferred, ...waiting]),
      sends: [...sends.map((i) => before.sends[tasks.sendIndex(i)]!), ...followed.sends],
    },
    written: writes.keys(),
    ran: [...new Set(done.map((i) => tasks.node(i).name))],
  };
}

/** A snapshot with what a command has asked for that is stored with its tasks. */
export function withCommand(
  plan: Plan,
  snapshot: Snapshot,
  record: TaskRecord | undefined,
): Snapshot {
  if (record?.result === undefined) return snapshot;
  return withOutcome(plan, snapshot, Outcome.of(fromSavedResult(plan, record.result)));
}

/** A snapshot with the writes of an outcome, and what it leads to in addition. */
export function withOutcome(
  plan: Plan,
  snapshot: Snapshot,
  { updates, targets, sends }: Outcome,
): Snapshot {
  return {
    ...snapshot,
    values: valuesWith(plan, snapshot.values, { updates, writer: COMMAND }),
    triggered: inTaskOrder(plan, [...snapshot.triggered, ...targets]),
    sends: [...snapshot.sends, ...sends],
  };
}
