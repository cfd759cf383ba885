import type { ErrorInfo, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import { isMessage } from '../../protocol/messageView.ts';
import type { Problem } from '../../loader/problem.ts';
import { label } from '../report/label.ts';
import type { RunResult } from '../runner.ts';

/** What a task has done. */
export interface TaskOutline {
  /** Its branch, such as `work[1]`, or `flow › double[0]` for a call. */
  readonly label: string;
  /** A call of a functional task, not the run of a node. */
  readonly isCall: boolean;
  /** What it wrote, before the reducers. */
  readonly updates: unknown[];
}

/** One superstep of a graph. */
export interface StepOutline {
  /** The branch of the graph inside of others; empty for the one that runs. */
  readonly graph: string;
  readonly superstep: number;
  /** In the order in which what they wrote is folded. */
  readonly tasks: readonly TaskOutline[];
  /** After the folds; absent if it never came to them. */
  readonly state?: unknown;
  /** Tasks of it never came to their end. */
  readonly isOpen: boolean;
}

/** A run by one of the two engines, as plain data without what differs from run to run. */
export interface RunOutline {
  readonly status: RunResult['status'] | 'unloaded';
  /** What is wrong with the file, where it could not be loaded. */
  readonly problems: readonly Problem[];
  readonly steps: readonly StepOutline[];
  readonly state: Readonly<Record<string, unknown>> | undefined;
  readonly error: ErrorInfo | undefined;
  /** What it has asked and waits for. */
  readonly questions: readonly unknown[];
  /** Codes of errors, warnings and problems. */
  readonly codes: ReadonlySet<string>;
}

interface OpenStep {
  readonly graph: string;
  readonly superstep: number;
  readonly tasks: Map<number, TaskOutline>;
  readonly running: Set<number>;
  state?: unknown;
}

/** Gathers the outline of a run from its events. */
export class OutlineMaker {
  readonly #steps = new Map<string, OpenStep>();
  readonly #codes = new Set<string>();

  add(event: RunEvent): void {
    switch (event.type) {
      case 'taskStarted': {
        const { task } = event;
        const step = this.#stepOf(task);
        step.running.add(task.id);
        // One that is tried again writes anew.
        step.tasks.set(task.id, {
          label: label(task.path),
          isCall: task.kind === 'task',
          updates: [],
        });
        return;
      }
      case 'taskWrote': {
        const { task, update, isShownOnly } = event;
        if (!isShownOnly) this.#stepOf(task).tasks.get(task.id)?.updates.push(comparable(update));
        return;
      }
      case 'taskFinished':
      case 'taskInterrupted':
        return void this.#stepOf(event.task).running.delete(event.task.id);
      case 'superstepFinished': {
        const { path, superstep, state } = event;
        this.#step(path, superstep).state = comparable(state);
        return;
      }
      case 'warning':
        return void this.#codes.add(event.code);
      case 'runFailed':
        return this.#addCodes(event.error);
      default:
    }
  }

  end({ status, state, error, waiting }: RunResult): RunOutline {
    if (error) this.#addCodes(error);
    return {
      status,
      problems: [],
      steps: [...this.#steps.values()].filter(({ tasks }) => tasks.size > 0).map(closed),
      state: comparable(state) as RunOutline['state'],
      error,
      questions: (waiting?.questions ?? []).map(({ value }) => comparable(value)),
      codes: this.#codes,
    };
  }

  /** The file cannot be loaded. */
  unloaded(problems: readonly Problem[]): RunOutline {
    for (const { code } of problems) if (code !== undefined) this.#codes.add(code);
    const nothing = { steps: [], state: undefined, error: undefined, questions: [] };
    return { status: 'unloaded', problems, ...nothing, codes: this.#codes };
  }

  #addCodes({ code, cause }: ErrorInfo): void {
    if (code !== undefined) this.#codes.add(code);
    if (cause) this.#addCodes(cause);
  }

  #stepOf({ path, superstep }: TaskInfo): OpenStep {
    return this.#step(path.slice(0, -1), superstep);
  }

  #step(path: readonly string[], superstep: number): OpenStep {
    const graph = label(path);
    const key = `${superstep} ${graph}`;
    const known = this.#steps.get(key);
    if (known) return known;
    const step: OpenStep = { graph, superstep, tasks: new Map(), running: new Set() };
    this.#steps.set(key, step);
    return step;
  }
}

function closed({ graph, superstep, tasks, running, ...step }: OpenStep): StepOutline {
  const inOrder = [...tasks].toSorted(([a], [b]) => a - b).map(([, task]) => task);
  const isOpen = running.size > 0;
  return {
    graph,
    superstep,
    tasks: inOrder,
    isOpen,
    ...('state' in step && { state: step.state }),
  };
}

const ROLES: Readonly<Record<string, string>> = { assistant: 'ai', user: 'human' };

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** Plain data without ids that are made for each run, and without keys that hold nothing. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(UUID, '<id>');
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const isOne = isMessage(value);
  if (isOne && 'role' in value) {
    // What a node wrote as plain data becomes a message here before it is told, and there behind it.
    const { role, ...rest } = value as unknown as { role: string };
    return comparable({ type: ROLES[role] ?? role, ...rest });
  }
  const entries = Object.entries(value).filter(
    ([key, item]) => item !== undefined && !(isOne && key === 'id'),
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
}
