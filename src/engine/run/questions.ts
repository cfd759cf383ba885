import type { AskedQuestion, AskingGraph, Interrupt, TaskRecord } from '../model/checkpointer.ts';
import { dataKey } from '../checkpoint/dataKey.ts';
import { COMMAND_KEY, isWithin, ownerOf, taskIdOf, type TaskKey } from '../model/taskKey.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { START } from '../model/constants.ts';
import { isConcurrent } from './concurrent.ts';
import type { CheckpointWriter } from './checkpointWriter.ts';
import type { Frame, QuestionsView } from './frame.ts';
import type { SuperstepRecords } from './superstepRecords.ts';
import { InterruptSignal } from '../model/signals.ts';
import { isInFirstStretch } from './runContext.ts';

/** What one task's code has asked in this run and before, and what of it it has asked for again. */
interface Asking {
  /** Answers that earlier versions have stored, without their questions. */
  readonly unnamed: readonly unknown[];
  readonly known: AskedQuestion[];
  /** Those of the known questions that the present attempt has asked. */
  readonly taken: Set<AskedQuestion>;
  /** Those that it stopped at. */
  readonly open: Set<AskedQuestion>;
  /** Calls of `interrupt` in the present attempt. */
  calls: number;
  /** It has asked several questions at once. */
  atOnce: boolean;
  readonly isUpdated: boolean;
}

/** What a task has raised: its own questions, and those of calls and graphs inside it. */
interface Raised {
  readonly interrupts: Interrupt[];
  readonly inside: AskingGraph[];
}

/** The checkpoint that a superstep follows from. */
interface QuestionPlace {
  readonly namespace: string;
  readonly checkpointId: string;
}

/** What the code of the tasks of one superstep asks. */
export class Questions implements QuestionsView {
  readonly #checkpoints: CheckpointWriter;
  readonly #records: SuperstepRecords;
  /** Also those that the code tried to catch; by the task of the superstep. */
  readonly #raised = new Map<TaskKey, Raised>();
  /** By who asks: a task, or a call inside one. */
  readonly #askings = new Map<TaskKey, Asking>();

  constructor(checkpoints: CheckpointWriter, records: SuperstepRecords) {
    this.#checkpoints = checkpoints;
    this.#records = records;
  }

  /**
   * The answer to a question. A task that runs again gets each answer where it asks the same question;
   * the place of the question counts only where the order of questions cannot have changed.
   */
  ask(frame: Frame, value: unknown): unknown {
    const asker = frame.key;
    const node = ownerOf(asker);
    if (node === START) {
      throw new SuperstepError(
        'INTERRUPT_OUTSIDE_NODE',
        'Cannot interrupt in a router of START: ask in a node, and route after it',
      );
    }
    const at = {
      namespace: this.#checkpoints.thread.namespace,
      checkpointId: this.#checkpoints.head!.id,
    };
    const asking = this.#askingOf(asker, at);
    const place = asking.calls++;
    if (place < asking.unnamed.length) return asking.unnamed[place];
    const question =
      find(frame, asking, { value, place: place - asking.unnamed.length }) ??
      add(asking, { value, asker, at });
    asking.taken.add(question);
    if (question.answer) return question.answer[0];
    const { id, value: asked } = question;
    const interrupt = { id, value: asked };
    // What comes when the task has stopped already is not part of its run.
    if (frame.hasEnded) throw new InterruptSignal([interrupt]);
    asking.open.add(question);
    if (asking.open.size > 1) asking.atOnce = true;
    throw this.raise(frame, [interrupt]);
  }

  raise(frame: Frame, interrupts: readonly Interrupt[], namespace?: string): InterruptSignal {
    const owner = ownerOf(frame.key);
    let raised = this.#raised.get(owner);
    if (raised === undefined) this.#raised.set(owner, (raised = { interrupts: [], inside: [] }));
    const { interrupts: known, inside } = raised;
    known.push(...interrupts.filter(({ id }) => !known.some((each) => each.id === id)));
    if (namespace !== undefined && !inside.some((each) => each.namespace === namespace)) {
      inside.push({ namespace, caller: frame.key });
    }
    return new InterruptSignal(interrupts);
  }

  /**
   * Records that a task waits, and what it and the calls inside it ask and have asked.
   * @param index The task's place in the superstep.
   * @returns What it waits for.
   */
  pause(task: TaskKey, index: number): readonly Interrupt[] {
    for (const call of this.#askersIn(task)) this.#records.set(this.#pausedRecord(call));
    const record = this.#pausedRecord(task);
    this.#records.taskPaused(index, record);
    return record.interrupts!;
  }

  #pausedRecord(task: TaskKey): TaskRecord {
    const asking = this.#askings.get(task);
    const own = asking ? stillAsked(asking) : [];
    const { interrupts, inside } = this.#raised.get(task) ?? { interrupts: own, inside: [] };
    const others = own.filter(({ answer, id }) => !answer && !interrupts.some((i) => i.id === id));
    const open = [...interrupts, ...others].filter((each) => !('answer' in each));
    return {
      task,
      status: 'paused',
      interrupts: open.map(({ id, value }) => ({ id, value })),
      ...(own.length > 0 && { asked: own }),
      ...(asking?.atOnce && { asksAtOnce: true }),
      ...(asking && asking.unnamed.length > 0 && { answers: asking.unnamed }),
      ...(inside.length > 0 && { inside }),
    };
  }

  /** Calls that have asked for themselves. */
  *#askersIn(task: TaskKey): Generator<TaskKey> {
    for (const [asker, { open }] of this.#askings) {
      if (asker !== task && open.size > 0 && ownerOf(asker) === task) yield asker;
    }
  }

  hasRaised(task: { readonly key: TaskKey }): boolean {
    return this.#raised.size > 0 && this.#raised.has(task.key);
  }

  raisedBy(task: TaskKey): readonly Interrupt[] {
    return this.#raised.get(task)?.interrupts ?? [];
  }

  /** The next attempt at a task, or at a call, asks again from its top. */
  attemptFailed(task: TaskKey): void {
    for (const [asker, asking] of this.#askings) {
      if (!isWithin(asker, task)) continue;
      asking.calls = 0;
      asking.taken.clear();
      asking.open.clear();
    }
  }

  clear(): void {
    if (this.#raised.size > 0) this.#raised.clear();
    if (this.#askings.size > 0) this.#askings.clear();
  }

  #askingOf(asker: TaskKey, at: QuestionPlace): Asking {
    let asking = this.#askings.get(asker);
    if (asking === undefined) {
      const records = this.#records.byTask;
      const record = records.get(asker);
      const updates = records.get(COMMAND_KEY)?.result?.updates ?? [];
      asking = {
        unnamed: record?.answers ?? [],
        known: record ? [...askedOf(record, at)] : [],
        taken: new Set(),
        open: new Set(),
        calls: 0,
        atOnce: record?.asksAtOnce ?? false,
        isUpdated: record?.askedAt !== undefined || updates.length > 0,
      };
      this.#askings.set(asker, asking);
    }
    return asking;
  }
}

/**
 * What a task's own code has asked. Earlier versions kept only the open question, named as the task.
 */
export function askedOf(record: TaskRecord, at: QuestionPlace): readonly AskedQuestion[] {
  const { asked, interrupts = [], askedAt = at.checkpointId } = record;
  if (asked) return asked;
  const id = taskIdOf(at.namespace, askedAt, record.task as TaskKey);
  const own = interrupts.find((each) => each.id === id);
  return own ? [{ ...own, key: dataKey(own.value) }] : [];
}

/** The known question that a call of `interrupt` asks again, if it is one. */
function find(
  frame: Frame,
  asking: Asking,
  { value, place }: { readonly value: unknown; readonly place: number },
): AskedQuestion | undefined {
  const { known, taken } = asking;
  if (known.length === taken.size) return undefined;
  const key = dataKey(value);
  const left = known.filter((question) => !taken.has(question));
  // LangGraph.js tells of what was answered only that it came before all else.
  if (left[0]?.key === '') return left[0];
  const same = left.find((question) => question.key === key);
  if (same) return same;
  const answered = left.filter(({ answer }) => answer);
  if (answered.length === 0) return undefined;
  // Before its first `await` code does the same in each run, except for what it asks.
  if (!asking.atOnce && (asking.isUpdated || isInFirstStretch(frame))) {
    const atPlace = known[place];
    return atPlace && answered.includes(atPlace) ? atPlace : undefined;
  }
  if (!asking.atOnce && !isConcurrent()) throw changed(frame, value, answered[0]!.value);
  asking.atOnce = true;
  return undefined;
}

function add(
  { known }: Asking,
  {
    value,
    asker,
    at,
  }: { readonly value: unknown; readonly asker: TaskKey; readonly at: QuestionPlace },
): AskedQuestion {
  const key = dataKey(value);
  const nth = known.filter((question) => question.key === key).length;
  const place = `${asker}?${key}#${nth}` as TaskKey;
  const question = { id: taskIdOf(at.namespace, at.checkpointId, place), value, key };
  known.push(question);
  return question;
}

/**
 * What counts when the task stops: what was answered, and what is open. A question of an earlier run
 * that was not asked again is open still only if others may have come before it this time.
 */
function stillAsked({ known, open, atOnce }: Asking): AskedQuestion[] {
  return known.filter((question) => question.answer || atOnce || open.has(question));
}

function changed(frame: Frame, asks: unknown, answered: unknown): SuperstepError {
  const { node } = frame.info;
  return new SuperstepError(
    'QUESTION_CHANGED',
    `Cannot tell whether the answer to ${show(answered)} is for what "${node}" asks now, ` +
      `${show(asks)}: ask the same each time the code runs; get what differs from run to run (a model's ` +
      `answer, the time) from a task(), or in a node before`,
    { nodes: [node], value: asks },
  );
}
