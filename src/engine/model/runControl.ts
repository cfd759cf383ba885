/**
 * Asks a run to stop between two supersteps, for example when the process is told to end. What runs
 * then is not disturbed; the call rejects with `GraphDrained`, and with a checkpointer the run can be
 * resumed later. Make one for each run.
 *
 * @example
 * ```ts
 * import { Annotation, RunControl, START, StateGraph } from 'superstep';
 * const control = new RunControl();
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addSequence({ one: () => (control.requestDrain('enough'), { n: 1 }), two: () => ({ n: 2 }) })
 *   .addEdge(START, 'one')
 *   .compile();
 * await graph.invoke({}, { control }).catch((error) => console.log(error.name, error.reason)); // GraphDrained enough
 * ```
 */
export class RunControl {
  #reason: string | undefined;

  /** @param reason Goes into the error. */
  requestDrain(reason = 'shutdown'): void {
    this.#reason ??= reason;
  }

  get drainRequested(): boolean {
    return this.#reason !== undefined;
  }

  get drainReason(): string | undefined {
    return this.#reason;
  }
}
