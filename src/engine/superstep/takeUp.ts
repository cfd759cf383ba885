import type { Checkpoint, SavedCheckpoint, TaskRecord } from '../checkpoint/checkpointer.ts';
import { newCheckpointId } from '../checkpoint/ids.ts';
import { EmptyInputError, SuperstepError } from '../errors.ts';
import { isCommand, type Command } from '../graph/command.ts';
import { START } from '../graph/constants.ts';
import type { Plan } from '../graph/plan.ts';
import type { MaybePromise } from '../graph/types.ts';
import type { Frame } from '../runtime/frame.ts';
import { isThenable } from '../runtime/thenable.ts';
import { answer, markAnswered, nothingToResume, questionId } from './answers.ts';
import { toSavedResult, toSnapshot } from './checkpoints.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, toResult, type Update } from './outcome.ts';
import { completed, withCommand, withOutcome } from './partly.ts';
import { emptySnapshot } from './snapshot.ts';
import { askerName } from './taskNames.ts';
import type { ThreadLog } from './threadLog.ts';

/** What a run is given: an update to start with, a command, or nothing, to go on with what there is. */
export type RunInput = Update | Command | null;

/**
 * Finds where a thread stands and what the input means there.
 *
 * @returns The update to start with from START, or `undefined` if `run.snapshot` says how to go on.
 * @throws {EmptyInputError} EMPTY_INPUT
 * @throws {SuperstepError} NOTHING_TO_RESUME, AMBIGUOUS_RESUME, UNKNOWN_CHECKPOINT
 */
export async function takeUp(
  run: GraphRun,
  log: ThreadLog,
  input: RunInput,
): Promise<Update | undefined> {
  if (log.around !== undefined) return takeUpInside(run, log, { around: log.around, input });
  const saved = await read(run, log.checkpointId);
  if (saved === undefined && log.checkpointId !== undefined) throw unknownCheckpoint(log);
  if (input !== null && !isCommand(input)) {
    if (saved) standBehind(run, log, saved);
    return input;
  }
  if (input === null) {
    if (saved === undefined) throw nothingToGoOn(run);
    const newest = await newestOf(run, log, saved);
    return goOn(run, log, newest === undefined ? saved : await fork(log, saved, newest));
  }
  if (input.resume == null) return startFromCommand(run, input, saved);
  if (saved === undefined) throw nothingToResume(log, 'the thread has no checkpoints yet');
  const newest = await newestOf(run, log, saved);
  answer(log, saved, { resume: input.resume, isPast: newest !== undefined });
  const forked = newest === undefined ? saved : await fork(log, saved, newest);
  log.standOn(forked);
  await keepCommand(run.plan, log, input);
  await markAnswered(log);
  return goOn(run, log, { checkpoint: forked.checkpoint, tasks: [...log.records.values()] });
}

/** What the run's thread has stored, unless the run is aborted before it is there. */
function read(
  run: GraphRun,
  checkpointId: string | undefined,
): MaybePromise<SavedCheckpoint | undefined> {
  const { saver, thread } = run.log!;
  const saved = saver.get({ ...thread, checkpointId });
  return isThenable(saved) ? run.orAborted(saved) : saved;
}

/** A graph inside a task goes on if the task does; otherwise it starts with the task's input. */
async function takeUpInside(
  run: GraphRun,
  log: ThreadLog,
  { around, input }: { readonly around: ThreadLog; readonly input: RunInput },
): Promise<Update | undefined> {
  if (input === null || isCommand(input)) throw nothingToGoOn(run);
  if (!log.isKept && !around.isResumed) return input;
  const saved = log.isKept
    ? await keptState(run.around!, log, around)
    : await (log.isPast ? ownPast(log, around) : log.saver.get(log.thread));
  if (saved === undefined) return input;
  const { parents } = saved.checkpoint;
  if (around.isResumed && parents[around.thread.namespace] === around.head!.id) {
    log.standOn(saved);
    await markAnswered(log);
    return goOn(run, log, { ...saved, tasks: [...log.records.values()] });
  }
  standBehind(run, log, saved);
  return input;
}

/** What a kept subgraph stands on: its newest state, but that of failed attempts at its task. */
async function keptState(
  caller: Frame,
  log: ThreadLog,
  around: ThreadLog,
): Promise<SavedCheckpoint | undefined> {
  const { namespace } = log.thread;
  const due = around.kept.takeDue(namespace);
  let saved: SavedCheckpoint | undefined;
  if (due === undefined) {
    saved = await (log.isPast ? ownPast(log, around) : log.saver.get(log.thread));
  } else if (due.base !== undefined) {
    saved = await log.saver.get({ ...log.thread, checkpointId: due.base });
  }
  around.kept.called(namespace, askerName(caller), saved?.checkpoint.id);
  return saved;
}

/**
 * The newest state of a kept subgraph on the branch that the run around it is on. A fork begins before
 * what followed from the checkpoint it copies, so that one is passed over.
 */
async function ownPast(log: ThreadLog, around: ThreadLog): Promise<SavedCheckpoint | undefined> {
  const line = new Map<string, Checkpoint>([[around.head!.id, around.head!]]);
  for await (const { checkpoint } of log.saver.list(around.thread)) {
    line.set(checkpoint.id, checkpoint);
  }
  const past = new Set<string>();
  let isCopied = false;
  for (let at: Checkpoint | undefined = around.head; at; at = line.get(at.parentId ?? '')) {
    if (!isCopied) past.add(at.id);
    isCopied = at.source === 'fork';
  }
  for await (const saved of log.saver.list(log.thread)) {
    if (past.has(saved.checkpoint.parents[around.thread.namespace] ?? '')) return saved;
  }
  return undefined;
}

/** New input: what is done is kept, what is not done is given up. */
function standBehind(run: GraphRun, log: ThreadLog, saved: SavedCheckpoint): void {
  log.standOn(saved);
  const { values } = completed(run.plan, saved).followed;
  run.snapshot = { ...emptySnapshot(run.plan), values, step: saved.checkpoint.step + 1 };
}

/** Goes on with what is not done. */
function goOn(
  run: GraphRun,
  log: ThreadLog,
  { checkpoint, tasks }: SavedCheckpoint,
): Update | undefined {
  log.standOn({ checkpoint, tasks });
  const snapshot = toSnapshot(run.plan, checkpoint);
  run.snapshot = snapshot;
  if (checkpoint.next.input !== undefined) return checkpoint.next.input;
  run.snapshot = withCommand(run.plan, snapshot, log.records.get(''));
  log.isResumed = true;
  run.continued();
  return undefined;
}

/** A command without an answer: what is not done stays to be done, with what the command asks for. */
export async function startFromCommand(
  run: GraphRun,
  command: Command,
  saved: SavedCheckpoint | undefined,
): Promise<undefined> {
  const { plan, log } = run;
  if (command.update == null && command.goto.length === 0) throw emptyCommand(run, command);
  if (saved) log?.standOn(saved);
  const base = saved ? completed(plan, saved).snapshot : run.snapshot;
  const outcome = Outcome.of(toResult(plan, START, command));
  const step = saved ? saved.checkpoint.step + 1 : base.step;
  run.snapshot = { ...withOutcome(plan, base, outcome), step };
  run.continued();
  const written = outcome.updates.flatMap((each) => Object.keys(each));
  await log?.put(run.snapshot, { source: 'input', written });
}

/** The thread's newest checkpoint, if it is not this one. */
async function newestOf(
  run: GraphRun,
  log: ThreadLog,
  { checkpoint }: SavedCheckpoint,
): Promise<Checkpoint | undefined> {
  if (log.checkpointId === undefined) return undefined;
  const newest = await read(run, undefined);
  return newest?.checkpoint.id === checkpoint.id ? undefined : newest?.checkpoint;
}

/** A branch of its own from a checkpoint that the thread has gone on from. */
async function fork(
  log: ThreadLog,
  saved: SavedCheckpoint,
  newest: Checkpoint,
): Promise<SavedCheckpoint> {
  const { checkpoint, tasks } = saved;
  log.standOn(saved, newest.id);
  const createdAt = log.now();
  const branch: Checkpoint = {
    ...checkpoint,
    id: newCheckpointId(createdAt, newest.id),
    parentId: checkpoint.id,
    createdAt,
    source: 'fork',
    step: checkpoint.step + 1,
    written: [],
  };
  // Tasks of the branch have names of their own; so have their questions.
  const asked = tasks.filter(({ interrupts }) => interrupts && interrupts.length > 0);
  const oldIds = asked.map((record) => questionId(log, record));
  await log.add(branch);
  const records = asked.flatMap((record, i): TaskRecord[] => {
    if (!log.answers.has(oldIds[i]!)) return [];
    const id = log.taskId(record.task);
    log.answers.set(id, log.answers.get(oldIds[i]!));
    return [{ task: record.task, status: 'paused', interrupts: [{ id, value: undefined }] }];
  });
  return { checkpoint: branch, tasks: records };
}

async function keepCommand(plan: Plan, log: ThreadLog, command: Command): Promise<void> {
  if (command.update == null && command.goto.length === 0) return;
  const before = log.records.get('')?.result;
  const now = toSavedResult(plan, toResult(plan, START, command));
  const result = before
    ? {
        updates: [...before.updates, ...now.updates],
        goto: [...before.goto, ...now.goto],
        sends: [...before.sends, ...now.sends],
        parent: [],
      }
    : now;
  await log.keep({ task: '', status: 'done', result });
}

export function unknownCheckpoint({
  thread,
  checkpointId,
}: Pick<ThreadLog, 'thread' | 'checkpointId'>): SuperstepError {
  return new SuperstepError(
    'UNKNOWN_CHECKPOINT',
    `Thread "${thread.threadId}" has no checkpoint "${checkpointId}"; take configs from getState or ` +
      `getStateHistory`,
    { value: checkpointId },
  );
}

function emptyCommand({ plan, log }: GraphRun, { resume }: Command): EmptyInputError {
  const where = log ? `thread "${log.thread.threadId}"` : `${plan.kind} "${plan.name}"`;
  const why =
    resume === null
      ? 'null is no answer; answer with another value, such as false or ""'
      : 'it has no resume, no update and no goto; pass one of them';
  return new EmptyInputError('EMPTY_INPUT', `Cannot go on in ${where} with this Command: ${why}`);
}

function nothingToGoOn({ plan, log }: GraphRun): EmptyInputError {
  const where = log ? `thread "${log.thread.threadId}" has` : 'there is';
  return new EmptyInputError(
    'EMPTY_INPUT',
    `Cannot run ${plan.kind} "${plan.name}" without input, since ${where} nothing to go on with: ` +
      `pass an input`,
  );
}
