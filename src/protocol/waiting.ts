/** A question that a node has asked by `interrupt(value)`, and that nobody has answered yet. */
export interface OpenQuestion {
  /** Names it in an answer: `Command({ resume: { [id]: answer } })`. */
  readonly id: string;
  /** What was asked. Plain data. */
  readonly value: unknown;
  /** Name of the node that asks, or of the functional task. */
  readonly node: string;
  /** Its id in the diagram, as `TaskInfo.nodeId`. */
  readonly nodeId: string;
  /** The branch that asks, as `TaskInfo.path`. */
  readonly path: readonly string[];
  /** The subgraph it is asked in, as `checkpoint_ns` of its state; absent: the graph itself. */
  readonly namespace?: string;
  /** When it was asked, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** A place before or after some nodes where a run was told to pause. */
export interface ReachedBreakpoint {
  readonly when: 'before' | 'after';
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** The subgraph nodes around them, as `TaskInfo.path`; `[]` for the graph itself. */
  readonly path: readonly string[];
  /** The subgraph that stands there, as `checkpoint_ns` of its state; absent: the graph itself. */
  readonly namespace?: string;
  /** When it was reached, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What a run waits for before it can go on. One of the lists has an entry. */
export interface Waiting {
  readonly questions: readonly OpenQuestion[];
  readonly breakpoints: readonly ReachedBreakpoint[];
}
