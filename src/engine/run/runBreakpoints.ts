import type { Breakpoints } from '../plan/plan.ts';
import type { TaskSet } from '../plan/prepareTasks.ts';

/** Where a run is to pause. */
export class RunBreakpoints {
  readonly #breakpoints: Breakpoints;
  #hasLeft = false;

  constructor(breakpoints: Breakpoints) {
    this.#breakpoints = breakpoints;
  }

  /** The run goes on from where it has paused: it does not pause there again. */
  leave(): void {
    this.#hasLeft = true;
  }

  /** A superstep is complete: the run may pause wherever it comes to. */
  arm(): void {
    this.#hasLeft = false;
  }

  /** The run is to pause before these tasks. */
  isBefore(tasks: TaskSet): boolean {
    return !this.#hasLeft && includesTask(this.#breakpoints.before, tasks);
  }

  /** The run is to pause after these tasks. */
  isAfter(tasks: TaskSet): boolean {
    return includesTask(this.#breakpoints.after, tasks);
  }

  /** Which of these nodes have a breakpoint. */
  among(nodes: readonly string[], when: 'before' | 'after'): string[] {
    const names = this.#breakpoints[when];
    return nodes.filter((node) => names === '*' || names.has(node));
  }
}

function includesTask(names: ReadonlySet<string> | '*', tasks: TaskSet): boolean {
  if (names === '*') return true;
  if (names.size === 0) return false;
  for (let i = 0; i < tasks.length; i++) if (names.has(tasks.node(i).name)) return true;
  return false;
}
