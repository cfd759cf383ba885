import { COMMAND } from '../state/writer.ts';
import { checkState } from '../plan/readChecked.ts';
import type {
  Checkpoint,
  SavedCheckpoint,
  SavedResult,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { EmptyInputError, SuperstepError, show } from '../model/errors.ts';
import { isCommand, type Command } from '../model/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { MaybePromise } from '../model/node.ts';
import type { Frame, ThreadView } from './frame.ts';
import { isThenable } from '../model/thenable.ts';
import { answer, markAnswered, nothingToResume } from './answers.ts';
import { toSavedResult, toSnapshot } from '../plan/checkpoints.ts';
import { checkNext, withGoneNodes } from '../plan/goneNodes.ts';
import { fork, type InnerStates } from './forking.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, toResult, type Update } from '../plan/outcome.ts';
import { settled, withCommand, withOutcome } from '../plan/partialStep.ts';
import { emptySnapshot } from '../plan/snapshot.ts';
import { COMMAND_KEY } from '../model/taskKey.ts';
import type { InnerPlace, ThreadSession } from './threadSession.ts';

/** What a run is given: an update to start with, a command, or nothing, to go on with what there is. */
export type RunInput = Update | Command | null;

/**
 * Finds where a thread stands and what the input means there.
 *
 * @returns The update to start with from START, or `undefined` if `run.snapshot` says how to go on.
 * @throws {EmptyInputError} EMPTY_INPUT
 * @throws {SuperstepError} NOTHING_TO_RESUME, AMBIGUOUS_RESUME, STALE_ANSWER, UNKNOWN_CHECKPOINT,
 * INVALID_CONFIG
 */
export async function resolveStart(
  run: GraphRun,
  session: ThreadSession,
  input: RunInput,
): Promise<Update | undefined> {
  if (session.parentThread !== undefined)
    return resolveStartInside(run, session, { parent: session.parentThread, input });
  if (input !== null && !isCommand(input)) {
    checkNotInside(session, input);
    const saved = await existing(run, session);
    if (saved) standBehind(run, session, saved);
    return input;
  }
  if (input !== null && input.resume == null) {
    checkNotInside(session, input);
    return startFromCommand(run, input, await existing(run, session));
  }
  const start = session.start.inside
    ? await startInside(run, session, session.start.inside)
    : await startOf(run, session);
  if (start === undefined) {
    if (input === null) throw nothingToGoOn(run);
    throw nothingToResume(session, 'the thread has no checkpoints yet');
  }
  const { saved, asks, newest, inner } = start;
  if (input !== null) {
    answer(session, asks, { resume: input.resume, isPast: newest !== undefined });
  }
  checkNext(run.plan, saved.checkpoint);
  // Whatever is wrong with a call is told before any of it is stored.
  const asked = input && savedCommand(run.plan, input);
  if (newest === undefined) session.standOn(saved);
  else await fork(session, saved, { newest, inner });
  if (asked) await keepCommand(session, asked);
  if (input !== null) await markAnswered(session);
  return goOn(run, session);
}

/** Where a run goes on. */
interface StartingPoint {
  readonly saved: SavedCheckpoint;
  /** Where the questions are that can be answered: there, or in a graph inside. */
  readonly asks: SavedCheckpoint;
  /** The thread's newest checkpoint, if the run is to be a branch from an older one. */
  readonly newest: Checkpoint | undefined;
  /** Of graphs inside, where the branch goes on from a state of theirs. */
  readonly inner?: InnerStates;
}

/** The checkpoint that the call names, or the newest. */
async function existing(
  run: GraphRun,
  session: ThreadSession,
): Promise<SavedCheckpoint | undefined> {
  const saved = await read(run, session.start.checkpointId);
  if (saved === undefined && session.start.checkpointId !== undefined) throw noCheckpoint(session);
  return saved;
}

async function startOf(run: GraphRun, session: ThreadSession): Promise<StartingPoint | undefined> {
  const saved = await existing(run, session);
  if (saved === undefined) return undefined;
  if (session.start.checkpointId === undefined) return { saved, asks: saved, newest: undefined };
  const newest = (await read(run, undefined))!.checkpoint;
  const isNewest = newest.id === saved.checkpoint.id;
  return { saved, asks: saved, newest: isNewest ? undefined : newest };
}

/**
 * Where a run goes on from a state of a graph inside: its parent graphs as they stood then.
 * @throws {SuperstepError} UNKNOWN_CHECKPOINT
 */
async function startInside(
  run: GraphRun,
  session: ThreadSession,
  { namespace, checkpointId }: InnerPlace,
): Promise<StartingPoint> {
  const { saver, thread } = session.checkpoints;
  const at = (namespace: string, checkpointId?: string) =>
    saver.get({ threadId: thread.threadId, namespace, checkpointId });
  const asks = await at(namespace, checkpointId);
  const rootId = asks?.checkpoint.parents[''];
  if (asks === undefined || rootId === undefined) throw noCheckpoint(session);
  const inner = new Map([[namespace, asks]]);
  const chain: [string, string][] = [
    ...Object.entries(asks.checkpoint.parents),
    [namespace, asks.checkpoint.id],
  ];
  let isNewest = true;
  for (const [each, id] of chain) {
    if ((await at(each))?.checkpoint.id !== id) isNewest = false;
    const saved = each === namespace ? asks : await at(each, id);
    if (saved === undefined) throw noCheckpoint(session);
    if (each !== '') inner.set(each, saved);
  }
  const saved = (await at('', rootId))!;
  const newest = isNewest ? undefined : (await read(run, undefined))!.checkpoint;
  return { saved, asks, newest, inner };
}

/** @throws {SuperstepError} INVALID_CONFIG */
function checkNotInside(
  { start, checkpoints: { thread } }: ThreadSession,
  input: Update | Command,
): void {
  if (start.inside === undefined) return;
  throw new SuperstepError(
    'INVALID_CONFIG',
    `Cannot start thread "${thread.threadId}" from the state of a subgraph with ${show(input)}: from ` +
      `there a run can only go on, with null, or with an answer, new Command({ resume })`,
    { key: 'checkpoint_ns', value: start.inside.namespace },
  );
}

/** What the run's thread has stored, unless the run is aborted before it is there. */
function read(
  run: GraphRun,
  checkpointId: string | undefined,
): MaybePromise<SavedCheckpoint | undefined> {
  const { saver, thread } = run.session!.checkpoints;
  const saved = saver.get({ ...thread, checkpointId });
  return isThenable(saved) ? run.orAborted(saved) : saved;
}

/** A graph inside a task goes on if the task does; otherwise it starts with the task's input. */
async function resolveStartInside(
  run: GraphRun,
  session: ThreadSession,
  { parent, input }: { readonly parent: ThreadView; readonly input: RunInput },
): Promise<Update | undefined> {
  if (input === null || isCommand(input)) throw nothingToGoOn(run);
  if (!session.isStateful && !parent.isResumed) return input;
  const saved = session.isStateful
    ? await statefulStart(run.callerTask!, session, parent)
    : await (session.isPast
        ? ownPast(session, parent)
        : session.checkpoints.saver.get(session.checkpoints.thread));
  if (saved === undefined) return input;
  const { parents } = saved.checkpoint;
  if (
    parent.isResumed &&
    parents[parent.checkpoints.thread.namespace] === parent.checkpoints.head!.id
  ) {
    session.standOn(saved);
    await markAnswered(session);
    return goOn(run, session);
  }
  standBehind(run, session, saved);
  return input;
}

/** What a stateful subgraph stands on: its newest state, but that of failed attempts at its task. */
async function statefulStart(
  caller: Frame,
  session: ThreadSession,
  parent: ThreadView,
): Promise<SavedCheckpoint | undefined> {
  const { namespace } = session.checkpoints.thread;
  const due = parent.statefulGraphs.takeDue(namespace);
  let saved: SavedCheckpoint | undefined;
  if (due === undefined) {
    saved = await (session.isPast
      ? ownPast(session, parent)
      : session.checkpoints.saver.get(session.checkpoints.thread));
  } else if (due.base !== undefined) {
    saved = await session.checkpoints.saver.get({
      ...session.checkpoints.thread,
      checkpointId: due.base,
    });
  }
  parent.statefulGraphs.called(namespace, caller.key, saved?.checkpoint.id);
  return saved;
}

/**
 * The newest state of a stateful subgraph on the branch that its parent run is on. A fork begins before
 * what followed from the checkpoint it copies, so that one is passed over.
 */
async function ownPast(
  session: ThreadSession,
  parent: ThreadView,
): Promise<SavedCheckpoint | undefined> {
  const line = new Map<string, Checkpoint>([
    [parent.checkpoints.head!.id, parent.checkpoints.head!],
  ]);
  for await (const { checkpoint } of session.checkpoints.saver.list(parent.checkpoints.thread)) {
    line.set(checkpoint.id, checkpoint);
  }
  const past = new Set<string>();
  let isCopied = false;
  for (
    let at: Checkpoint | undefined = parent.checkpoints.head;
    at;
    at = line.get(at.parentId ?? '')
  ) {
    if (!isCopied) past.add(at.id);
    isCopied = at.source === 'fork';
  }
  for await (const saved of session.checkpoints.saver.list(session.checkpoints.thread)) {
    if (past.has(saved.checkpoint.parents[parent.checkpoints.thread.namespace] ?? '')) return saved;
  }
  return undefined;
}

/** New input: what is done is kept, what is not done is given up. */
function standBehind(run: GraphRun, session: ThreadSession, saved: SavedCheckpoint): void {
  session.standOn(saved);
  const { values } = settled(withGoneNodes(run.plan, saved.checkpoint), saved).followed;
  run.snapshot = { ...emptySnapshot(run.plan), values, step: saved.checkpoint.step + 1 };
}

/** Goes on with what is not done, from where the session stands. */
function goOn(run: GraphRun, session: ThreadSession): Update | undefined {
  const checkpoint = session.checkpoints.head!;
  const snapshot = toSnapshot(run.plan, checkpoint);
  run.snapshot = snapshot;
  if (checkpoint.next.input !== undefined) return checkpoint.next.input;
  run.snapshot = withCommand(run.plan, snapshot, session.records.byTask.get(COMMAND_KEY));
  session.resume();
  run.continued();
  return undefined;
}

/** A command without an answer: what is not done stays to be done, with what the command asks for. */
export async function startFromCommand(
  run: GraphRun,
  command: Command,
  saved: SavedCheckpoint | undefined,
): Promise<undefined> {
  const { plan, session } = run;
  if (command.update == null && command.goto.length === 0) throw emptyCommand(run, command);
  if (saved) session?.standOn(saved);
  const base = saved ? settled(plan, saved).snapshot : run.snapshot;
  const outcome = Outcome.of(toResult(plan, COMMAND, command));
  const step = saved ? saved.checkpoint.step + 1 : base.step;
  const next = withOutcome(plan, base, outcome);
  checkState(plan, next.values, () => [COMMAND]);
  run.snapshot = { ...next, step };
  run.continued();
  const written = outcome.updates.flatMap((each) => Object.keys(each));
  await session?.put(run.snapshot, { source: 'input', written });
  // Where the thread has paused at a breakpoint, the command is what it waited for.
  if (session && saved) session.breakpoints.leave();
}

/** What a command with an answer asks for beside it, as it is stored; `undefined` if nothing. */
function savedCommand(plan: Plan, command: Command): SavedResult | undefined {
  if (command.update == null && command.goto.length === 0) return undefined;
  return toSavedResult(plan, toResult(plan, COMMAND, command));
}

async function keepCommand(session: ThreadSession, now: SavedResult): Promise<void> {
  const before = session.records.byTask.get(COMMAND_KEY)?.result;
  const result = before
    ? {
        updates: [...before.updates, ...now.updates],
        goto: [...before.goto, ...now.goto],
        sends: [...before.sends, ...now.sends],
        parent: [],
      }
    : now;
  await session.records.keep({ task: COMMAND_KEY, status: 'done', result });
}

function noCheckpoint({ checkpoints: { thread }, start }: ThreadSession): SuperstepError {
  const { checkpointId } = start.inside ?? start;
  return unknownCheckpoint({ thread, checkpointId });
}

export function unknownCheckpoint({
  thread,
  checkpointId,
}: {
  readonly thread: ThreadAddress;
  readonly checkpointId?: string | undefined;
}): SuperstepError {
  return new SuperstepError(
    'UNKNOWN_CHECKPOINT',
    `Thread "${thread.threadId}" has no checkpoint "${checkpointId}"; take configs from getState or ` +
      `getStateHistory`,
    { value: checkpointId },
  );
}

function emptyCommand({ plan, session }: GraphRun, { resume }: Command): EmptyInputError {
  const where = session
    ? `thread "${session.checkpoints.thread.threadId}"`
    : `${plan.kind} "${plan.name}"`;
  const why =
    resume === null
      ? 'null is no answer; answer with another value, such as false or ""'
      : 'it has no resume, no update and no goto; pass one of them';
  return new EmptyInputError('EMPTY_INPUT', `Cannot go on in ${where} with this Command: ${why}`);
}

function nothingToGoOn({ plan, session }: GraphRun): EmptyInputError {
  const where = session ? `thread "${session.checkpoints.thread.threadId}" has` : 'there is';
  return new EmptyInputError(
    'EMPTY_INPUT',
    `Cannot run ${plan.kind} "${plan.name}" without input, since ${where} nothing to go on with: ` +
      `pass an input`,
  );
}
