import type { SavedCheckpoint } from '../model/checkpointer.ts';
import { newCheckpointId } from '../model/checkpointIds.ts';
import { ENTRY_KEYS } from '../plan/entryKeys.ts';
import { toResultUpdate } from '../plan/entryResult.ts';
import { InvalidUpdateError, SuperstepError, didYouMean } from '../model/errors.ts';
import { currentFrame } from '../run/runContext.ts';
import { recordsLeft } from '../run/answers.ts';
import { applyWrites, valuesWith } from '../plan/applyWrites.ts';
import { UPDATE, type Writer } from '../state/writer.ts';
import { checkState } from '../plan/readChecked.ts';
import { toSnapshot, toStored } from '../plan/checkpoints.ts';
import { withGoneNodes } from '../plan/goneNodes.ts';
import { chooseRoutes } from '../run/chooseRoutes.ts';
import { GraphRun } from '../run/graphRun.ts';
import { Outcome, toResult, type Update } from '../plan/outcome.ts';
import { settled } from '../plan/partialStep.ts';
import { RunScope } from '../run/runScope.ts';
import { emptySnapshot, type Snapshot } from '../plan/snapshot.ts';
import { unknownCheckpoint } from '../run/resolveStart.ts';
import { withInput } from '../run/startRun.ts';
import { TaskFrame, startFrame } from '../run/taskFrame.ts';
import { CheckpointWriter } from '../run/checkpointWriter.ts';
import { acquireThread } from '../run/threadLocks.ts';
import { isCommand } from '../model/command.ts';
import { END, START } from '../model/constants.ts';
import { inTaskOrder, type Plan } from '../plan/plan.ts';
import type { ThreadConfig } from '../model/stateSnapshot.ts';
import { placeOf, type ThreadPlace } from './threadPlace.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** LangGraph's name for whoever copies a checkpoint. */
const COPY = '__copy__';
/** LangGraph's name for whoever calls the graph. */
const CALLER = '__input__';

/** Whose updates stand for themselves. */
const ALONE: ReadonlySet<string | undefined> = new Set([START, END, COPY, CALLER]);

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
  const { acquired, release } = acquireThread(thread, { run: place, caller: currentFrame() });
  try {
    await acquired;
    let result = await update(place, config, supersteps[0]!);
    for (const updates of supersteps.slice(1)) {
      result = await update({ ...place, checkpointId: undefined }, config, updates);
    }
    return result;
  } finally {
    release();
  }
}

async function update(
  place: ThreadPlace,
  config: RunConfig,
  updates: readonly StateUpdate[],
): Promise<ThreadConfig> {
  const { saver, thread, checkpointId, plan } = place;
  const saved = await saver.get({ ...thread, checkpointId });
  if (saved === undefined && checkpointId !== undefined) throw unknownCheckpoint(place);
  if (updates[0]!.asNode === COPY && !plan.byName.has(COPY)) {
    return copy(place, config, { saved, values: updates[0]!.values });
  }
  const base = baseOf(plan, saved, checkpointId === undefined);
  if (updates[0]!.asNode === CALLER && !plan.byName.has(CALLER)) {
    return giveInput(place, config, { saved, base, values: updates[0]!.values });
  }
  const writes = updates.map(({ values, asNode }): Write => {
    const node = asNode ?? lastNode(plan, base.ran);
    checkNode(plan, node);
    return { node, outcome: outcomeOf(plan, node, values) };
  });

  const run = new GraphRun(plan, new RunScope(config));
  run.snapshot = base.snapshot;
  const next = await follow(run, writes);
  const checkpoints = await writerBehind(place, run.scope, saved);
  const own = writes.flatMap(({ outcome }) => outcome.updates.flatMap((each) => Object.keys(each)));
  await checkpoints.put(
    { ...next, step: saved ? saved.checkpoint.step + 1 : 0 },
    {
      source: 'update',
      written: [...new Set([...base.written, ...own])],
      ran: writes.map(({ node }) => node).filter((node) => node !== START && node !== END),
    },
  );
  if (saved) await checkpoints.putTasks(recordsLeft(plan, { thread, saved }, next));
  return configOf(thread, checkpoints.head!.id);
}

/** Puts checkpoints behind the one that is updated. */
async function writerBehind(
  { saver, thread, checkpointId, plan }: ThreadPlace,
  { clock }: RunScope,
  saved: SavedCheckpoint | undefined,
): Promise<CheckpointWriter> {
  const checkpoints = new CheckpointWriter({
    ...{ plan, saver, thread, durability: 'sync', clock },
    parents: saved?.checkpoint.parents ?? {},
  });
  if (saved) {
    const newest = checkpointId === undefined ? saved : await saver.get(thread);
    checkpoints.standOn(saved.checkpoint, newest?.checkpoint.id);
  }
  return checkpoints;
}

/** Adds what a call begins with: the input is written when the thread goes on. */
async function giveInput(
  place: ThreadPlace,
  config: RunConfig,
  given: {
    readonly saved: SavedCheckpoint | undefined;
    readonly base: Base;
    readonly values: unknown;
  },
): Promise<ThreadConfig> {
  const { plan, thread } = place;
  const { saved, base, values } = given;
  if (values == null) {
    throw new InvalidUpdateError(
      'AMBIGUOUS_UPDATE',
      `Cannot update the state of "${plan.name}" as "${CALLER}": there is no input; pass its values`,
    );
  }
  const input = plan.kind === 'graph' ? (values as Update) : { [ENTRY_KEYS.input]: values };
  withInput(plan, base.snapshot.values, input);
  const step = saved ? saved.checkpoint.step + 1 : -1;
  const snapshot = { ...emptySnapshot(plan), values: base.snapshot.values, step };
  const checkpoints = await writerBehind(place, new RunScope(config), saved);
  await checkpoints.put(snapshot, {
    source: 'input',
    written: base.written,
    input: toStored(plan, input),
  });
  return configOf(thread, checkpoints.head!.id);
}

function configOf({ threadId, namespace }: ThreadPlace['thread'], id: string): ThreadConfig {
  return {
    configurable: { thread_id: threadId, checkpoint_id: id, checkpoint_ns: namespace },
  };
}

/** Adds the checkpoint once more, as the start of a branch in which its tasks run again. */
async function copy(
  { saver, thread, checkpointId, plan }: ThreadPlace,
  config: RunConfig,
  { saved, values }: { readonly saved: SavedCheckpoint | undefined; readonly values: unknown },
): Promise<ThreadConfig> {
  if (saved === undefined || values != null) {
    const why = saved
      ? 'a copy takes no values; pass null'
      : 'the thread has no checkpoint to copy';
    throw new InvalidUpdateError(
      'AMBIGUOUS_UPDATE',
      `Cannot update the state of "${plan.name}" as "${COPY}": ${why}`,
    );
  }
  const { checkpoint } = saved;
  const newest = checkpointId === undefined ? saved : await saver.get(thread);
  const createdAt = new RunScope(config).clock.epoch();
  const id = newCheckpointId(createdAt, newest?.checkpoint.id);
  const step = checkpoint.step + 1;
  const fields = { id, parentId: checkpoint.id, createdAt, step, source: 'fork' } as const;
  await saver.put(thread, { ...checkpoint, ...fields, written: [] }, checkpoint);
  return configOf(thread, id);
}

/** What a node has written that returned these values. */
function outcomeOf(plan: Plan, node: string, values: unknown): Outcome {
  if (values == null) return Outcome.of(undefined);
  if (plan.kind === 'graph' || isCommand(values)) {
    return Outcome.of(toResult(plan, writerOf(node), values));
  }
  // To an entrypoint any value is given, and any is its result.
  return Outcome.of(node === START ? { [ENTRY_KEYS.input]: values } : toResultUpdate(values));
}

/** What an update is made to. */
interface Base {
  readonly snapshot: Snapshot;
  readonly written: readonly string[];
  readonly ran: readonly string[];
}

/** What an update is made to: of the newest state, with what is done; what is left is given up. */
function baseOf(plan: Plan, saved: SavedCheckpoint | undefined, isNewest: boolean): Base {
  if (saved === undefined) return { snapshot: emptySnapshot(plan), written: [], ran: [] };
  const { checkpoint } = saved;
  const whole = withGoneNodes(plan, checkpoint);
  const isLeft = (index: number) => index < plan.nodes.length;
  if (isNewest && !checkpoint.next.input) {
    const { followed, written, ran } = settled(whole, saved);
    const snapshot = { ...followed, deferred: followed.deferred.filter(isLeft) };
    return { snapshot, written, ran: ran.length > 0 ? ran : checkpoint.ran };
  }
  const before = toSnapshot(whole, checkpoint);
  const { input } = checkpoint.next;
  // What the thread was given is a part of its state, though nothing has read it yet.
  const { values, written } = input
    ? withInput(plan, before.values, input)
    : { values: before.values, written: [] };
  const deferred = before.deferred.filter(isLeft);
  const snapshot = { ...before, values, triggered: [], sends: [], deferred };
  return { snapshot, written, ran: checkpoint.ran };
}

/** As which node an update acts that does not say it. */
function lastNode(plan: Plan, ran: readonly string[]): string {
  if (ran.length === 1) return ran[0]!;
  // Of an entrypoint, what it is told is what it has returned.
  if (ran.length === 0 && plan.kind === 'graph') return START;
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

/** START and END stand for whoever updates the state: no node of the graph. */
function writerOf(node: string): Writer {
  return node === START || node === END ? UPDATE : node;
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
    const { updates } = outcome;
    const values = valuesWith(plan, snapshot.values, { updates, writer: writerOf(name) });
    if (name === END) {
      checkState(plan, values, () => [UPDATE]);
      return { ...emptySnapshot(plan), values };
    }
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
  checkState(plan, next.values, () => writes.map(({ node }) => writerOf(node)));
  const union = (a: readonly number[], b: readonly number[]) => inTaskOrder(plan, [...a, ...b]);
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
    const alone = updates.find(({ asNode }) => ALONE.has(asNode));
    if (alone && updates.length > 1) {
      fail(
        `in superstep ${i} an update as ${alone.asNode} stands beside others; make it one of its own`,
      );
    }
  }
}
