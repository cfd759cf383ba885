import { AbortError, SuperstepError } from '../../model/errors.ts';
import { toError } from '../../model/errorInfo.ts';
import type { Checkpoint } from '../../model/checkpointer.ts';
import type { RunEvent } from '../../model/events.ts';
import type { Cache } from '../../model/policies/cachePolicy.ts';
import type { RemoteTask, TaskReply } from '../../model/remote.ts';
import { mergeConfig } from '../runConfig.ts';
import type { RunConfig } from '../../model/runConfig.ts';
import type { Store } from '../../model/store.ts';
import type { TaskKey } from '../../model/taskKey.ts';
import { toSavedResult } from '../../plan/checkpoints.ts';
import type { Plan, PlanNode } from '../../plan/plan.ts';
import type { Tasks } from '../../plan/prepareTasks.ts';
import { emptySnapshot } from '../../plan/snapshot.ts';
import { deepFreeze } from '../../state/isolate.ts';
import { GraphRun } from '../graphRun.ts';
import { openThread } from '../openThread.ts';
import { scopeInside } from '../runNode.ts';
import { runTasks } from '../runTasks.ts';
import { RunScope } from '../runScope.ts';
import { pack, packError, unpack } from '../sending.ts';
import { TaskFrame } from '../taskFrame.ts';
import { withContext } from '../withContext.ts';
import { codeOf } from './codeOf.ts';
import { checkTask, readWork, reading } from './checkRemote.ts';
import type { Level, RemoteWork } from './work.ts';
import { ThreadData, isStateful } from './threadData.ts';

/** What a worker brings of its own. */
export interface WorkerOptions {
  /** Stops the task: the call rejects with an `AbortError`, and there is no reply. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of what the task does, as the `onEvent` of a run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Found as `config.store`, where the graph has none. */
  readonly store?: Store | undefined;
  /** Keeps results of nodes with a cache policy, where the graph has none. */
  readonly cache?: Cache | undefined;
}

/**
 * Runs a task of another machine in this one, with all that belongs to it: policies, functional tasks, graphs that
 * it calls.
 *
 * @throws {SuperstepError} OTHER_CODE
 * @throws {AbortError} ABORTED
 */
export function runRemoteTask(
  graph: RunHere,
  task: RemoteTask,
  options: WorkerOptions,
): Promise<TaskReply> {
  return reading('a task', () => runHere(graph, task, options));
}

/** The graph that a task is of. */
interface RunHere {
  readonly plan: Plan;
  readonly defaults: RunConfig;
}

async function runHere(
  { plan, defaults }: RunHere,
  task: RemoteTask,
  { signal, onEvent, store, cache }: WorkerOptions,
): Promise<TaskReply> {
  checkCode(plan, checkTask(task));
  const work = readWork(task);
  const own = { ...(onEvent && { onEvent }), ...(store && { store }), ...(cache && { cache }) };
  const data = new ThreadData(work.inside).settle();
  const config = mergeConfig(defaults, unpack(work.config) as RunConfig);
  const { run, node, end } = standAt(withData(plan, data), work, { ...config, ...own });
  const { checkpoints, records, answers } = run.session!;
  for (const [id, answer] of work.answers) answers.set(id, answer);
  for (const record of work.records) records.set(record);
  const last = work.levels.at(-1)!;
  const place = {
    id: task.id,
    namespace: checkpoints.thread.namespace,
    checkpointId: last.checkpointId,
    task: keyOf(run, node, last),
  };
  const unlink = link(run, signal);
  const left = (status: TaskReply['status']) => ({
    ...place,
    status,
    records: pack(
      status === 'done' ? [] : [...records.byTask.values()],
      'what is kept of the task',
    ),
    inside: data.graphs(
      (namespace) => data.hasChanged(namespace) && (status !== 'done' || isStateful(namespace)),
    ),
  });
  try {
    run.throwIfAborted();
    const [result] = await runTasks(run, oneTask(run.plan, node, { last, work }));
    if (records.isPaused) return left('paused');
    const saved = toSavedResult(run.plan, result);
    return { ...left('done'), result: pack(saved, `what "${node.name}" returns`) };
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    return { ...left('failed'), error: packError(toError(thrown, `Node "${node.name}"`)) };
  } finally {
    unlink();
    end();
  }
}

function checkCode(plan: Plan, task: RemoteTask): void {
  const code = codeOf(plan);
  if (task.code === code) return;
  throw new SuperstepError(
    'OTHER_CODE',
    `Cannot run task "${task.node}" of graph "${task.graph}": it comes from code with the fingerprint ` +
      `${task.code}, and here graph "${plan.name}" has ${code}; let the worker load the file that the run was begun with`,
    { nodes: [task.node], value: task.code },
  );
}

function withData(plan: Plan, data: ThreadData): Plan {
  return { ...plan, persistence: { ...plan.persistence, checkpointer: data } };
}

/** Runs of the graphs that the task is inside of, each where it stands; the last is that of the task. */
function standAt(plan: Plan, { levels, values, records, inside }: RemoteWork, config: RunConfig) {
  const { maxConcurrency } = config;
  const scope = new RunScope(withContext(plan, config), { maxConcurrency });
  const opened: GraphRun[] = [];
  const open = (run: GraphRun, level: Level, own?: RunConfig): GraphRun => {
    opened.push(run);
    openThread(run, own);
    stand(run, level);
    return run;
  };
  let run = open(new GraphRun(plan, scope), levels[0]!, config);
  for (let i = 1; i < levels.length; i++) {
    const { node: name, sendIndex } = levels[i - 1]!;
    const node = nodeOf(run, name);
    const frame = new TaskFrame(run, node, sendIndex);
    run = open(new GraphRun(node.inner!, scopeInside(frame, node), frame), levels[i]!);
  }
  if (values !== undefined) run.snapshot = withValues(run, values);
  // What it has left goes on; what begins anew does so at each attempt.
  if (records.length > 0 || isUnderWay(inside, levels.at(-1)!)) run.session!.resume();
  const end = () => {
    for (const each of opened.reverse()) each.end();
    scope.close();
  };
  return { run, node: withoutExits(nodeOf(run, levels.at(-1)!.node)), end };
}

/** Puts a run where it stands, without what is of no concern to the task. */
function stand(run: GraphRun, { checkpointId, step }: Level): void {
  const { session, plan } = run;
  session!.standOn({
    checkpoint: {
      ...{ id: checkpointId, parentId: undefined, createdAt: 0, source: 'loop', step },
      ...{ parents: session!.checkpoints.parents, values: {}, written: [], ran: [] },
      next: { nodes: [], sends: [], deferred: [], joins: [] },
    },
    tasks: [],
  });
  run.snapshot = { ...emptySnapshot(plan), step };
}

/** Whether some graph inside has begun on behalf of this very task. */
function isUnderWay(inside: RemoteWork['inside'], { checkpointId }: Level): boolean {
  return Object.values(inside).some(({ checkpoint }) =>
    Object.values((unpack(checkpoint) as Checkpoint).parents).includes(checkpointId),
  );
}

function withValues(
  { plan, snapshot }: GraphRun,
  values: Readonly<Record<string, unknown>>,
): GraphRun['snapshot'] {
  const known = plan.channels.map(({ key }, i) =>
    Object.hasOwn(values, key) ? values[key] : snapshot.values[i],
  );
  return { ...snapshot, values: known };
}

/** Where it leads is found where the state is. */
function withoutExits(node: PlanNode): PlanNode {
  return { ...node, routers: [] };
}

function nodeOf({ plan }: GraphRun, name: string): PlanNode {
  const node = plan.nodes[plan.byName.get(name) ?? -1];
  if (node !== undefined) return node;
  throw new SuperstepError(
    'UNKNOWN_NODE',
    `Cannot run a task of node "${name}": graph "${plan.name}" has no such node`,
    { nodes: [name] },
  );
}

function keyOf(run: GraphRun, node: PlanNode, { sendIndex }: Level): TaskKey {
  return new TaskFrame(run, node, sendIndex).key;
}

function oneTask(
  { kind }: Plan,
  node: PlanNode,
  { last, work }: { readonly last: Level; readonly work: RemoteWork },
): Tasks {
  const { input, timeout } = work;
  const { sendIndex } = last;
  // A body may change what it is given; a node shares it with others, in the thread of a run.
  const given = kind === 'graph' ? deepFreeze(input) : input;
  return {
    length: 1,
    node: () => node,
    sendIndex: () => sendIndex,
    input: () => given,
    timeout: () => timeout,
  };
}

/** Aborts the run when the signal is; the returned function takes the listener away. */
function link(run: GraphRun, signal: AbortSignal | undefined): () => void {
  const onAbort = () => {
    const cause: unknown = signal!.reason;
    let outermost = run;
    while (outermost.callerTask) outermost = outermost.callerTask.run as GraphRun;
    outermost.abort(new AbortError('ABORTED', 'The task was aborted', {}, { cause }));
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}
