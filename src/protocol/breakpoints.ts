/** A place in a graph where its runs are to pause. */
export interface GraphBreakpoint {
  /** Id of a node, as `TaskInfo.nodeId`. */
  readonly node: string;
  /** Before its tasks, or when their superstep is complete. */
  readonly when: 'before' | 'after';
  /**
   * A JavaScript expression over what a task of the node is given, by its keys: `role === 'Pirate'`. The run
   * pauses if it is true for one of them. Default: always.
   */
  readonly condition?: string | undefined;
}

/** What a breakpoint does, in few words: `before`, `after`, `if role === 'Pirate'`. */
export function breakpointText({ when, condition }: GraphBreakpoint): string {
  return condition === undefined ? when : `if ${condition}`;
}
