import type {
  AskedQuestion,
  Checkpoint,
  Interrupt,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../model/checkpointer.ts';
import { isCall, ownerOf, taskKey, type TaskKey } from '../model/taskKey.ts';
import { SuperstepError, show } from '../model/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { keyOf } from '../plan/cacheKey.ts';
import { prepareTasks } from '../plan/prepareTasks.ts';
import { askedOf } from './questions.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { CheckpointWriter } from './checkpointWriter.ts';
import type { Answers } from './frame.ts';
import type { ThreadSession } from './threadSession.ts';

/**
 * The questions that wait for an answer.
 * @param isPast The thread has gone on from the checkpoint: those that waited there last.
 */
export function openQuestions(
  tasks: readonly TaskRecord[],
  { isPast }: { readonly isPast: boolean },
): Interrupt[] {
  return tasks
    .filter(({ status }) => status === 'paused' || isPast)
    .flatMap(({ task, interrupts = [] }) => (isCall(task) ? [] : interrupts));
}

/**
 * Finds the question that an answer is for.
 * @throws {SuperstepError} NOTHING_TO_RESUME, AMBIGUOUS_RESUME, STALE_ANSWER
 */
export function answer(
  session: ThreadSession,
  { checkpoint, tasks }: SavedCheckpoint,
  { resume, isPast }: { readonly resume: unknown; readonly isPast: boolean },
): void {
  const open = openQuestions(tasks, { isPast });
  const byId = answersById(resume);
  if (byId) {
    for (const [id] of byId) {
      if (!open.some((interrupt) => interrupt.id === id)) throw notOpen(session, id, open);
    }
    for (const [id, value] of byId) session.answers.set(id, value);
    return;
  }
  if (open.length === 0) throw nothingToResume(session, whyNothingIsOpen(checkpoint));
  if (open.length > 1) {
    throw new SuperstepError(
      'AMBIGUOUS_RESUME',
      `Cannot resume thread "${session.checkpoints.thread.threadId}" with one answer: ${open.length} interrupts wait, ` +
        `${list(open)}; answer by id, new Command({ resume: { [id]: answer } }), all or some of them`,
      { value: resume },
    );
  }
  session.answers.set(open[0]!.id, resume);
}

function whyNothingIsOpen({ next, source }: Checkpoint): string {
  const { nodes, sends, deferred, input } = next;
  const isUnfinished = input ?? nodes.length + sends.length + deferred.length > 0;
  const why = source === 'update' ? 'since updateState, ' : '';
  return isUnfinished
    ? `${why}no interrupt of it waits for one; call invoke(null, config) to go on`
    : 'it waits for nothing';
}

/** Ids are 32 hexadecimal digits: an object with only such keys holds answers by id. */
function answersById(resume: unknown): [string, unknown][] | undefined {
  if (typeof resume !== 'object' || resume === null || Array.isArray(resume)) return undefined;
  const entries = Object.entries(resume);
  return entries.length > 0 && entries.every(([key]) => /^[0-9a-f]{32}$/.test(key))
    ? entries
    : undefined;
}

/** Stores the answers with the tasks that asked, so that these keep them whatever happens next. */
export async function markAnswered(session: ThreadSession): Promise<void> {
  const answered: TaskRecord[] = [];
  for (const record of session.records.byTask.values()) {
    const { status, interrupts = [] } = record;
    if (status !== 'paused' || !interrupts.some(({ id }) => session.answers.has(id))) continue;
    // A question of a graph inside is answered there.
    const asked = ownQuestions(session.checkpoints, record).map((question) =>
      withAnswer(question, session.answers),
    );
    answered.push({ ...record, ...(asked.length > 0 && { asked }), status: 'resumed' });
  }
  if (answered.length > 0) await session.records.keep(...answered);
}

/** What the code of a task has asked for itself. */
export function ownQuestions(
  { thread, head }: Pick<CheckpointWriter, 'thread' | 'head'>,
  record: TaskRecord,
): readonly AskedQuestion[] {
  return askedOf(record, { namespace: thread.namespace, checkpointId: head!.id });
}

/** A question with the answer that has come for it, if one has. */
export function withAnswer(question: AskedQuestion, answers: Answers): AskedQuestion {
  const { id } = question;
  return answers.has(id) ? { ...question, answer: [answers.get(id)] } : question;
}

/**
 * The records that stay when the state is updated: of tasks that are to run after it as they were
 * before, and that asked for themselves, with the results of their calls. A subgraph that asked starts
 * again, and asks anew.
 */
export function recordsLeft(
  plan: Plan,
  { thread, saved }: { readonly thread: ThreadAddress; readonly saved: SavedCheckpoint },
  next: Snapshot,
): TaskRecord[] {
  const { checkpoint, tasks: records } = saved;
  const at = { thread, head: checkpoint };
  const tasks = prepareTasks(plan, next);
  const left = new Set<string>();
  for (let i = 0; i < tasks.length; i++) {
    const at = tasks.sendIndex(i);
    if (at < 0 || isSame(next.sends[at]!.args, checkpoint.next.sends[at]?.args)) {
      left.add(taskKey(tasks.node(i).name, at));
    }
  }
  const isPaused = ({ status }: TaskRecord) => status === 'paused';
  const calls = records.filter(({ task }) => isCall(task));
  const openIn = (record: TaskRecord) =>
    ownQuestions(at, record).filter((question) => !question.answer);
  const kept = records.flatMap((record): TaskRecord[] => {
    if (isCall(record.task) || !isPaused(record) || !left.has(record.task)) return [];
    const ids = new Set(openIn(record).map(({ id }) => id));
    for (const call of calls) {
      if (!isPaused(call) || ownerOf(call.task as TaskKey) !== record.task) continue;
      for (const { id } of openIn(call)) ids.add(id);
    }
    const interrupts = (record.interrupts ?? []).filter(({ id }) => ids.has(id));
    return interrupts.length > 0 ? [{ ...record, interrupts }] : [];
  });
  const owners = new Set(kept.map(({ task }) => task));
  const inside = calls.filter(({ task }) => owners.has(ownerOf(task as TaskKey)));
  return [...kept, ...inside].map(({ inside: _, askedAt = checkpoint.id, ...record }) => ({
    ...record,
    askedAt,
  }));
}

/** Whether two payloads hold the same data, as far as can be told. */
function isSame(a: unknown, b: unknown): boolean {
  try {
    return keyOf(a, '') === keyOf(b, '');
  } catch {
    return false; // data that has no text to compare
  }
}

export function nothingToResume(
  { checkpoints: { thread } }: ThreadSession,
  why: string,
): SuperstepError {
  return new SuperstepError(
    'NOTHING_TO_RESUME',
    `Cannot answer in thread "${thread.threadId}": ${why}`,
    { value: thread.threadId },
  );
}

function notOpen(session: ThreadSession, id: string, open: readonly Interrupt[]): SuperstepError {
  if (open.length === 0)
    return nothingToResume(session, `it waits for nothing (interrupt "${id}")`);
  return new SuperstepError(
    'STALE_ANSWER',
    `Cannot answer interrupt "${id}" of thread "${session.checkpoints.thread.threadId}": it is not open, since it was ` +
      `answered before or belongs elsewhere; the thread waits for ${list(open)}`,
    { value: id },
  );
}

function list(open: readonly Interrupt[]): string {
  return open.map(({ id, value }) => `"${id}" (${show(value)})`).join(', ');
}
