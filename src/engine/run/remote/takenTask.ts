import type { TaskRecord } from '../../model/checkpointer.ts';
import type { TimeoutPolicy } from '../../model/policies/timeoutPolicy.ts';
import type { Cap } from '../../model/remote.ts';
import { isCall, isWithin, ownerOf, type TaskKey } from '../../model/taskKey.ts';
import { valuesByKey } from '../../plan/checkpoints.ts';
import type { PlanNode } from '../../plan/plan.ts';
import type { GraphRun } from '../graphRun.ts';
import type { TaskFrame } from '../taskFrame.ts';
import { codeOf } from './codeOf.ts';
import type { Level, TakenTask } from './work.ts';

/** A task that would start now, as whoever runs it elsewhere needs it. */
export function takenTask(
  frame: TaskFrame,
  { input, timeout }: { readonly input: unknown; readonly timeout: TimeoutPolicy | undefined },
): TakenTask {
  const { run, key } = frame;
  const { records, answers } = run.session!;
  const known = records.byTask.get(key);
  // It does not wait any more: a later look at it must not find that it does.
  if (known?.status === 'paused') records.set({ ...known, status: 'resumed' });
  const { plan, snapshot } = run;
  const outermost = outermostOf(run);
  return {
    taskId: run.taskId(key),
    graph: outermost.plan.name,
    node: nodeIdOf(frame),
    caps: capsOf(frame),
    code: codeOf(outermost.plan),
    answers,
    levels: levelsOf(frame),
    input,
    timeout,
    values: plan.kind === 'entrypoint' ? valuesByKey(plan, snapshot.values) : undefined,
    records: recordsOf(frame),
    isInside: (namespace) => isInside(namespace, frame),
  };
}

/** Records of calls in one superstep. */
const callRecords = new WeakMap<object, TaskRecord[]>();

function recordsOf({ run, key }: TaskFrame): TaskRecord[] {
  const { byTask } = run.session!.records;
  if (byTask.size === 0) return [];
  let calls = callRecords.get(byTask);
  if (calls === undefined) {
    calls = [...byTask.values()].filter(({ task }) => isCall(task));
    callRecords.set(byTask, calls);
  }
  const own = byTask.get(key);
  const inside = calls.filter(({ task }) => isWithin(task as TaskKey, key));
  return own ? [own, ...inside] : inside;
}

/** Runs as a part of its run, whose tasks may be elsewhere: a subgraph with nothing around it. */
export function goesOnHere(node: PlanNode, timeout: TimeoutPolicy | undefined): boolean {
  const { inner, policy, maxConcurrency } = node;
  if (inner === undefined || policy !== undefined || timeout !== undefined) return false;
  return maxConcurrency === undefined && inner.persistence.checkpointer !== false;
}

function outermostOf(run: GraphRun): GraphRun {
  let outermost = run;
  while (outermost.callerTask !== undefined) outermost = outermost.callerTask.run as GraphRun;
  return outermost;
}

/** The tasks on the way to one, outermost first, and itself. */
function framesTo(frame: TaskFrame): TaskFrame[] {
  const frames: TaskFrame[] = [];
  for (let at: TaskFrame | undefined = frame; at; at = at.run.callerTask as TaskFrame | undefined) {
    frames.unshift(at);
  }
  return frames;
}

function levelsOf(frame: TaskFrame): Level[] {
  return framesTo(frame).map(({ run, node, sendIndex }) => ({
    node: node.name,
    sendIndex,
    checkpointId: run.session!.checkpoints.head!.id,
    step: run.snapshot.step,
  }));
}

function nodeIdOf(frame: TaskFrame): string {
  return framesTo(frame)
    .map(({ node }) => node.name)
    .join(':');
}

/** The caps of the calls and graphs that a task is inside of, and of its node. */
function capsOf(frame: TaskFrame): Cap[] {
  const caps = new Map<string, Cap>();
  for (const { run, node } of framesTo(frame)) {
    const max = run.scope.config.maxConcurrency;
    const isOwn = run.callerTask?.run.scope !== run.scope;
    const { namespace } = run.session!.checkpoints.thread;
    if (isOwn && max !== undefined && max !== Infinity && run.scope.limit !== undefined) {
      caps.set(namespace, { name: namespace, max });
    }
    if (node.maxConcurrency !== undefined) {
      const name = `${run.plan.name}:${node.name}`;
      caps.set(name, { name, max: node.maxConcurrency });
    }
  }
  return [...caps.values()];
}

/** Whether a namespace is that of a graph inside a task. */
function isInside(namespace: string, { run, key, place }: TaskFrame): boolean {
  const around = run.session!.checkpoints.thread.namespace;
  const path = around === '' ? '' : `${around}|`;
  if (!namespace.startsWith(path)) return false;
  const stateful = path + ownerOf(key);
  const own = path + place.at(-1)!;
  return [stateful, own].some((each) => namespace === each || namespace.startsWith(`${each}|`));
}
