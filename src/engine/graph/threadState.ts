import type { Checkpointer, SavedCheckpoint, ThreadAddress } from '../checkpoint/checkpointer.ts';
import { GraphValueError, InvalidUpdateError, SuperstepError, didYouMean } from '../errors.ts';
import { questionsLeft } from '../superstep/answers.ts';
import { currentFrame } from '../runtime/runContext.ts';
import { applyWrites } from '../superstep/applyWrites.ts';
import { toSnapshot } from '../superstep/checkpoints.ts';
import { chooseRoutes } from '../superstep/chooseRoutes.ts';
import { GraphRun } from '../superstep/graphRun.ts';
import { isSaver, threadIdOf } from '../superstep/openLog.ts';
import { Outcome, toResult } from '../superstep/outcome.ts';
import { RunScope } from '../superstep/runScope.ts';
import { emptySnapshot, type Snapshot } from '../superstep/snapshot.ts';
import { completed, unknownCheckpoint } from '../superstep/takeUp.ts';
import { TaskFrame, startFrame } from '../superstep/taskFrame.ts';
import { ThreadLog } from '../superstep/threadLog.ts';
import { takeThread } from '../superstep/threadTurns.ts';
import { valuesWith } from '../superstep/applyWrites.ts';
import { END, START } from './constants.ts';
import type { Plan } from './plan.ts';
import {
  emptyState,
  toStateSnapshot,
  type StateSnapshot,
  type ThreadConfig,
} from './stateSnapshot.ts';
import type { RunConfig } from './types.ts';

/** Which states of a thread to list. */
export interface HistoryOptions {
  /** At most so many. Default: all. */
  limit?: number;
  /** Only states older than this one. */
  before?: { readonly configurable?: Readonly<Record<string, any>> };
  /** Only states whose metadata have these values, such as `{ source: "loop" }`. */
  filter?: Readonly<Record<string, unknown>>;
}

/** A thread of a graph, or of a subgraph in it, as a config names it. */
interface Place {
  readonly saver: Checkpointer;
  readonly thread: ThreadAddress;
  readonly checkpointId: string | undefined;
  readonly plan: Plan;
}

/** The newest state of a thread, or the one that the config names. */
export async function getState(
  root: Plan,
  config: RunConfig,
  options: { readonly subgraphs: boolean },
): Promise<StateSnapshot> {
  const place = placeOf(root, config, 'read the state of');
  const { saver, thread, checkpointId, plan } = place;
  const saved = await saver.get({ ...thread, checkpointId });
  if (saved === undefined) {
    if (checkpointId !== undefined) throw unknownCheckpoint(place);
    return emptyState(thread);
  }
  const state = toStateSnapshot(plan, thread, { saved, isNewest: checkpointId === undefined });
  if (!options.subgraphs) return state;
  const tasks = state.tasks.map(async (task) =>
    task.state === undefined
      ? task
      : { ...task, state: await getState(root, task.state as ThreadConfig, options) },
  );
  return { ...state, tasks: await Promise.all(tasks) };
}

/** All states of a thread, newest first. */
export async function* getStateHistory(
  root: Plan,
  config: RunConfig,
  { limit = Infinity, before, filter = {} }: HistoryOptions,
): AsyncGenerator<StateSnapshot> {
  const { saver, thread, plan } = placeOf(root, config, 'read the history of');
  const wanted = Object.entries(filter);
  const beforeId = before?.configurable?.['checkpoint_id'] as string | undefined;
  const list = {
    ...(beforeId !== undefined && { before: beforeId }),
    ...(wanted.length === 0 && { limit }),
  };
  let count = 0;
  if (limit <= 0) return;
  for await (const saved of saver.list(thread, list)) {
    const state = toStateSnapshot(plan, thread, { saved, isNewest: false });
    const metadata = state.metadata as unknown as Record<string, unknown>;
    if (!wanted.every(([key, value]) => Object.is(metadata[key], value))) continue;
    yield state;
    if (++count >= limit) return;
  }
}

/** An update, and the node that makes it. */
export interface StateUpdate {
  /** As a node returns it; `null` writes nothing. */
  readonly values?: unknown;
  /** Default: the node that ran last. */
  readonly asNode?: string | undefined;
}

/** Adds a checkpoint for each superstep, in which nodes have written updates; returns the last config. */
export async function updateState(
  root: Plan,
  config: RunConfig,
  supersteps: readonly (readonly StateUpdate[])[],
): Promise<ThreadConfig> {
  checkSupersteps(root, supersteps);
  const place = placeOf(root, config, 'update the state of');
  const thread = { saver: place.saver, threadId: place.thread.threadId };
  const { begun, leave } = takeThread(thread, { run: place, caller: currentFrame() });
  try {
    await begun;
    let result = await update(place, config, supersteps[0]!);
    for (const updates of supersteps.slice(1)) {
      result = await update({ ...place, checkpointId: undefined }, config, updates);
    }
    return result;
  } finally {
    leave();
  }
}

async function update(
  place: Place,
  config: RunConfig,
  updates: readonly StateUpdate[],
): Promise<ThreadConfig> {
  const { saver, thread, checkpointId, plan } = place;
  const saved = await saver.get({ ...thread, checkpointId });
  if (saved === undefined && checkpointId !== undefined) throw unknownCheckpoint(place);
  const base = baseOf(plan, saved, checkpointId === undefined);
  const writes = updates.map(({ values, asNode }): Write => {
    const node = asNode ?? lastNode(plan, base.ran);
    checkNode(plan, node);
    return { node, outcome: Outcome.of(values == null ? undefined : toResult(plan, node, values)) };
  });

  const run = new GraphRun(plan, new RunScope(config));
  run.snapshot = base.snapshot;
  const next = await follow(run, writes);
  const log = new ThreadLog({
    ...{ saver, thread, plan, durability: 'sync', clock: run.scope.clock, answers: new Map() },
    ...{ around: undefined, checkpointId, isKept: true, onPut: undefined },
    breakpoints: plan.persistence.breakpoints,
    parents: saved?.checkpoint.parents ?? {},
  });
  if (saved) {
    const newest = checkpointId === undefined ? saved : await saver.get(thread);
    log.standOn(saved, newest?.checkpoint.id);
  }
  const own = writes.flatMap(({ outcome }) => outcome.updates.flatMap((each) => Object.keys(each)));
  await log.put(
    { ...next, step: saved ? saved.checkpoint.step + 1 : 0 },
    {
      source: 'update',
      written: [...new Set([...base.written, ...own])],
      ran: writes.map(({ node }) => node).filter((node) => node !== START && node !== END),
    },
  );
  const left = saved ? questionsLeft(plan, { thread, saved }, next) : [];
  if (left.length > 0) await log.keep(...left);
  const { threadId, namespace } = thread;
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_id: log.head!.id,
      checkpoint_ns: namespace,
    },
  };
}

/** What an update is made to: of the newest state, with what is done; what is left is given up. */
function baseOf(
  plan: Plan,
  saved: SavedCheckpoint | undefined,
  isNewest: boolean,
): {
  readonly snapshot: Snapshot;
  readonly written: readonly string[];
  readonly ran: readonly string[];
} {
  if (saved === undefined) return { snapshot: emptySnapshot(plan), written: [], ran: [] };
  const { checkpoint } = saved;
  if (isNewest) {
    const { followed, written, ran } = completed(plan, saved);
    return { snapshot: followed, written, ran: ran.length > 0 ? ran : checkpoint.ran };
  }
  const snapshot = { ...toSnapshot(plan, checkpoint), triggered: [], sends: [] };
  return { snapshot, written: [], ran: checkpoint.ran };
}

/** As which node an update acts that does not say it. */
function lastNode(plan: Plan, ran: readonly string[]): string {
  if (ran.length === 1) return ran[0]!;
  if (ran.length === 0) return START;
  if (plan.nodes.length === 1) return plan.nodes[0]!.name;
  throw new InvalidUpdateError(
    'AMBIGUOUS_UPDATE',
    `Cannot tell as which node to update the state of "${plan.name}": ${ran
      .map((name) => `"${name}"`)
      .join(' and ')} ran last; pass one of them, updateState(config, values, asNode)`,
    { nodes: ran },
  );
}

function checkNode(plan: Plan, node: string): void {
  if (node === START || node === END || plan.byName.has(node)) return;
  throw new SuperstepError(
    'UNKNOWN_NODE',
    `Cannot update the state of "${plan.name}" as node "${node}": there is no such node` +
      (didYouMean(node, plan.byName.keys()) || '; name one of its nodes'),
    { nodes: [node] },
  );
}

/** What a node writes, and where it goes. */
interface Write {
  readonly node: string;
  readonly outcome: Outcome;
}

/** The snapshot after nodes have written their outcomes; what the nodes lead to is scheduled. */
async function follow(run: GraphRun, writes: readonly Write[]): Promise<Snapshot> {
  const { plan, snapshot } = run;
  const frames: TaskFrame[] = [];
  for (const { node: name, outcome } of writes) {
    const own = { updates: outcome.updates, writer: name };
    const values = valuesWith(plan, snapshot.values, own);
    if (name === END) return { ...emptySnapshot(plan), values };
    const isStart = name === START;
    const frame = isStart
      ? startFrame(run)
      : new TaskFrame(run, plan.nodes[plan.byName.get(name)!]!, -1);
    const { routers } = frame.node;
    await chooseRoutes(frame, outcome, { routers, source: isStart ? '' : name, values });
    frames.push(frame);
  }
  const { snapshot: next } = applyWrites(
    plan,
    { ...snapshot, triggered: [], sends: [], deferred: [] },
    { tasks: { node: (i) => frames[i]!.node }, results: writes.map(({ outcome }) => outcome) },
  );
  const union = (a: readonly number[], b: readonly number[]) =>
    [...new Set([...a, ...b])].sort((x, y) => plan.nodes[x]!.rank - plan.nodes[y]!.rank);
  return {
    ...next,
    triggered: union(snapshot.triggered, next.triggered),
    sends: [...snapshot.sends, ...next.sends],
    deferred: union(snapshot.deferred, next.deferred),
  };
}

/** @throws {InvalidUpdateError} AMBIGUOUS_UPDATE */
function checkSupersteps(plan: Plan, supersteps: readonly (readonly StateUpdate[])[]): void {
  const fail = (why: string) => {
    throw new InvalidUpdateError(
      'AMBIGUOUS_UPDATE',
      `Cannot update the state of "${plan.name}": ${why}`,
    );
  };
  if (supersteps.length === 0) fail('there are no supersteps; pass at least one');
  for (const [i, updates] of supersteps.entries()) {
    if (updates.length === 0) fail(`superstep ${i} has no updates; pass at least one`);
    const alone = updates.find(({ asNode }) => asNode === START || asNode === END);
    if (alone && updates.length > 1) {
      fail(
        `in superstep ${i} an update as ${alone.asNode} stands beside others; make it one of its own`,
      );
    }
  }
}

/** @throws {SuperstepError} MISSING_CHECKPOINTER, MISSING_THREAD_ID, UNKNOWN_CHECKPOINT */
function placeOf(root: Plan, config: RunConfig, action: string): Place {
  const saver = root.persistence.checkpointer;
  if (!isSaver(saver)) {
    throw new GraphValueError(
      'MISSING_CHECKPOINTER',
      `Cannot ${action} ${root.kind} "${root.name}": it has no checkpointer; ` +
        `compile it with { checkpointer: new MemorySaver() }`,
    );
  }
  const threadId = threadIdOf(root, config);
  const { checkpoint_ns: namespace = '', checkpoint_id: checkpointId } = (config.configurable ??
    {}) as { checkpoint_ns?: string; checkpoint_id?: string };
  const thread = { threadId, namespace };
  return { saver, thread, checkpointId, plan: planInside(root, namespace) };
}

/** The subgraph that a namespace belongs to. */
function planInside(root: Plan, namespace: string): Plan {
  let plan = root;
  for (const part of namespace === '' ? [] : namespace.split('|')) {
    // A number tells apart several calls of graphs in one node.
    if (/^\d+$/.test(part)) continue;
    const name = part.replace(/:.*$/, '');
    const index = plan.byName.get(name) ?? plan.byName.get(name.replace(/\[\d+\]$/, ''));
    const inside = index === undefined ? undefined : plan.nodes[index]!.inner;
    if (inside === undefined) {
      throw new SuperstepError(
        'UNKNOWN_CHECKPOINT',
        `Cannot find the state of "${part}" in "${plan.name}": it has no subgraph of that name ` +
          `(graphs that are called inside a node keep their state to themselves)`,
        { nodes: [name] },
      );
    }
    plan = inside;
  }
  return plan;
}
