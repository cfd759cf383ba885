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

  /** The nodes before whose tasks the run is to pause; `undefined`: it goes on. */
  before(tasks: TaskSet): string[] | undefined {
    return this.#hasLeft ? undefined : this.#reached('before', tasks);
  }

  /** The nodes after whose tasks the run is to pause; `undefined`: it goes on. */
  after(tasks: TaskSet): string[] | undefined {
    return this.#reached('after', tasks);
  }

  #reached(when: 'before' | 'after', tasks: TaskSet): string[] | undefined {
    const names = this.#breakpoints[when];
    const { host } = this.#breakpoints;
    if (host === undefined && names !== '*' && names.size === 0) return undefined;
    const reached = new Set<string>();
    for (let i = 0; i < tasks.length; i++) {
      const { name } = tasks.node(i);
      if (reached.has(name)) continue;
      const isNamed = names === '*' || names.has(name);
      if (isNamed || host?.(when, name, () => tasks.input(i))) reached.add(name);
    }
    return reached.size > 0 ? [...reached] : undefined;
  }
}
