import type { Interrupt } from '../checkpoint/checkpointer.ts';
import { SuperstepError } from '../errors.ts';
import { START } from '../graph/constants.ts';
import type { Frame } from '../runtime/frame.ts';
import { InterruptSignal } from '../runtime/interrupt.ts';
import type { SuperstepRecords } from './superstepRecords.ts';
import { askerName, ownerName } from './taskNames.ts';

/** The answers that one frame's calls of `interrupt` have had, and how many it has taken. */
interface Asking {
  readonly answers: readonly unknown[];
  taken: number;
}

/** What the code of the tasks of one superstep asks. */
export class Questions {
  /** Also those that the code tried to catch; by the task's name. */
  readonly #raised = new Map<string, Interrupt[]>();
  readonly #askings = new WeakMap<Frame, Asking>();

  /**
   * The answer to a question.
   * @throws {InterruptSignal} if there is none yet.
   */
  ask(
    frame: Frame,
    value: unknown,
    at: {
      readonly tasks: SuperstepRecords;
      readonly taskId: (task: string) => string;
    },
  ): unknown {
    const asker = askerName(frame);
    if (ownerName(frame) === START) {
      throw new SuperstepError(
        'INTERRUPT_OUTSIDE_NODE',
        'Cannot interrupt in a router of START: ask in a node, and route after it',
      );
    }
    let asking = this.#askings.get(frame);
    if (asking === undefined) {
      asking = { answers: at.tasks.byTask.get(asker)?.answers ?? [], taken: 0 };
      this.#askings.set(frame, asking);
    }
    if (asking.taken < asking.answers.length) return asking.answers[asking.taken++];
    const interrupt = { id: at.taskId(asker), value };
    if (asker.startsWith(':')) {
      const { answers } = at.tasks.byTask.get(asker) ?? {};
      const paused = { task: asker, status: 'paused', interrupts: [interrupt] } as const;
      at.tasks.set({ ...paused, ...(answers && { answers }) });
    }
    throw this.raise(frame, [interrupt]);
  }

  /** Notes that a task must stop for questions of its own or of a graph inside it. */
  raise(frame: Frame, interrupts: readonly Interrupt[]): InterruptSignal {
    const task = ownerName(frame);
    const known = this.#raised.get(task) ?? [];
    const fresh = interrupts.filter(({ id }) => !known.some((each) => each.id === id));
    this.#raised.set(task, [...known, ...fresh]);
    return new InterruptSignal(interrupts);
  }

  raisedBy(task: string): readonly Interrupt[] {
    return this.#raised.get(task) ?? [];
  }

  has(task: string): boolean {
    return this.#raised.has(task);
  }

  get isEmpty(): boolean {
    return this.#raised.size === 0;
  }

  clear(): void {
    if (this.#raised.size > 0) this.#raised.clear();
  }
}
