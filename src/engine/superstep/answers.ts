import type { Interrupt, SavedCheckpoint, TaskRecord } from '../checkpoint/checkpointer.ts';
import { SuperstepError, show } from '../errors.ts';
import type { Plan } from '../graph/plan.ts';
import { keyOf } from '../policies/cacheKey.ts';
import { prepareTasks } from './prepareTasks.ts';
import type { Snapshot } from './snapshot.ts';
import { taskIdOf, taskName } from './taskNames.ts';
import type { ThreadLog } from './threadLog.ts';

/**
 * Finds the question that an answer is for.
 * @throws {SuperstepError} NOTHING_TO_RESUME, AMBIGUOUS_RESUME
 */
export function answer(
  log: ThreadLog,
  { checkpoint, tasks }: SavedCheckpoint,
  { resume, isPast }: { readonly resume: unknown; readonly isPast: boolean },
): void {
  const open = tasks
    .filter(({ status }) => status === 'paused' || isPast)
    .flatMap(({ task, interrupts = [] }) => (task.startsWith(':') ? [] : interrupts));
  const byId = answersById(resume);
  if (byId) {
    for (const [id, value] of byId) {
      if (!open.some((interrupt) => interrupt.id === id)) throw notAsked(log, id, open);
      log.answers.set(id, value);
    }
    return;
  }
  if (open.length === 0) {
    const { nodes, sends, deferred, input } = checkpoint.next;
    const isUnfinished = input ?? nodes.length + sends.length + deferred.length > 0;
    const why = checkpoint.source === 'update' ? 'since updateState, ' : '';
    throw nothingToResume(
      log,
      isUnfinished
        ? `${why}no interrupt of it waits for one; call invoke(null, config) to go on`
        : 'it waits for nothing',
    );
  }
  if (open.length > 1) {
    const list = open.map(({ id, value }) => `"${id}" (${show(value)})`).join(', ');
    throw new SuperstepError(
      'AMBIGUOUS_RESUME',
      `Cannot resume thread "${log.thread.threadId}" with one answer: ${open.length} interrupts wait, ` +
        `${list}; answer by id, new Command({ resume: { [id]: answer } }), all or some of them`,
      { value: resume },
    );
  }
  log.answers.set(open[0]!.id, resume);
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
export async function markAnswered(log: ThreadLog): Promise<void> {
  const answered: TaskRecord[] = [];
  for (const record of log.records.values()) {
    const { status, interrupts = [], answers = [] } = record;
    if (status !== 'paused' || !interrupts.some(({ id }) => log.answers.has(id))) continue;
    const own = questionId(log, record);
    // A question of a graph inside is answered there.
    const isOwn = interrupts.some(({ id }) => id === own) && log.answers.has(own);
    const given = isOwn ? { answers: [...answers, log.answers.get(own)] } : {};
    answered.push({ ...record, ...given, status: 'resumed' });
  }
  if (answered.length > 0) await log.keep(...answered);
}

/** The id of the question that a task itself asks, or has asked before an update of the state. */
export function questionId(
  { thread, head }: Pick<ThreadLog, 'thread' | 'head'>,
  { task, askedAt }: TaskRecord,
): string {
  return taskIdOf(thread.namespace, askedAt ?? head!.id, task);
}

/**
 * The questions that stay open when the state is updated: of tasks that are to run after it as they
 * were before, and that asked for themselves. A subgraph that asked starts again, and asks anew.
 */
export function questionsLeft(
  plan: Plan,
  { thread, saved }: { readonly thread: ThreadLog['thread']; readonly saved: SavedCheckpoint },
  next: Snapshot,
): TaskRecord[] {
  const { checkpoint, tasks: records } = saved;
  const log = { thread, head: checkpoint };
  const tasks = prepareTasks(plan, next);
  const left = new Set<string>();
  for (let i = 0; i < tasks.length; i++) {
    const at = tasks.sendIndex(i);
    if (at < 0 || isSame(next.sends[at]!.args, checkpoint.next.sends[at]?.args)) {
      left.add(taskName(tasks.node(i).name, at));
    }
  }
  const isPaused = ({ status }: TaskRecord) => status === 'paused';
  const open = new Map(records.filter(isPaused).map((each) => [questionId(log, each), each]));
  const asked = ({ interrupts = [] }: TaskRecord, isOwn: (asker: TaskRecord) => boolean) =>
    interrupts.filter(({ id }) => open.has(id) && isOwn(open.get(id)!));
  const keep = (record: TaskRecord, interrupts: readonly Interrupt[]): TaskRecord => {
    const { task, status, answers, askedAt = checkpoint.id } = record;
    return { task, status, interrupts, ...(answers && { answers }), askedAt };
  };
  const kept = records
    .filter((record) => isPaused(record) && left.has(record.task))
    .map((record) =>
      keep(
        record,
        asked(record, (asker) => asker === record || isFunctional(asker)),
      ),
    )
    .filter(({ interrupts = [] }) => interrupts.length > 0);
  // Functional tasks ask for themselves, and their node with them.
  const ids = new Set(kept.flatMap(({ interrupts = [] }) => interrupts.map(({ id }) => id)));
  const inside = [...open].filter(([id, record]) => ids.has(id) && isFunctional(record));
  return [...kept, ...inside.map(([, record]) => keep(record, record.interrupts ?? []))];
}

const isFunctional = ({ task }: TaskRecord): boolean => task.startsWith(':');

/** Whether two payloads hold the same data, as far as can be told. */
function isSame(a: unknown, b: unknown): boolean {
  try {
    return keyOf(a, '') === keyOf(b, '');
  } catch {
    return false; // data that has no text to compare
  }
}

export function nothingToResume({ thread }: ThreadLog, why: string): SuperstepError {
  return new SuperstepError(
    'NOTHING_TO_RESUME',
    `Cannot answer in thread "${thread.threadId}": ${why}`,
    { value: thread.threadId },
  );
}

function notAsked(
  { thread }: ThreadLog,
  id: string,
  open: readonly { readonly id: string }[],
): SuperstepError {
  const known = open.map((interrupt) => `"${interrupt.id}"`).join(', ');
  return new SuperstepError(
    open.length === 0 ? 'NOTHING_TO_RESUME' : 'AMBIGUOUS_RESUME',
    `Cannot answer interrupt "${id}" of thread "${thread.threadId}": ` +
      (open.length === 0 ? 'it waits for nothing' : `it waits for ${known}`),
    { value: id },
  );
}
