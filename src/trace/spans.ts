import type { ErrorInfo, InterruptInfo, ModelCallInfo, TaskInfo } from '../engine/model/events.ts';

/** How a task stands: `waiting` for an answer; `cancelled` by the user or by another's failure. */
export type SpanStatus = 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** One try of a task. Times in milliseconds since the start of the trace. */
export interface Attempt {
  readonly startMs: number;
  /** Absent while it goes on. */
  endMs?: number;
  /** Why another try was needed. */
  error?: ErrorInfo;
}

/** One request to a model. */
export interface ModelSpan {
  readonly call: ModelCallInfo;
  readonly startMs: number;
  /** When the first piece of the answer came. */
  firstTokenMs?: number;
  endMs?: number;
  status: 'running' | 'done' | 'failed';
  /** The times between a failed request and the next. */
  readonly backoffs: { readonly startMs: number; readonly endMs: number }[];
  tokensIn: number;
  tokensOut: number;
  isCached: boolean;
  error?: ErrorInfo;
}

/** One task, from the moment at which it could have started. */
export interface TaskSpan {
  /** Its place among the tasks of the trace, in the order in which they started. */
  readonly index: number;
  readonly task: TaskInfo;
  /** The task that it is inside of. */
  readonly parent: TaskSpan | undefined;
  /** Absent for a functional task or an entrypoint. */
  readonly superstep: SuperstepSpan | undefined;
  /** When it could have started: at the start of its superstep. */
  readonly readyMs: number;
  readonly startMs: number;
  endMs: number | undefined;
  status: SpanStatus;
  readonly attempts: Attempt[];
  readonly calls: ModelSpan[];
  readonly children: TaskSpan[];
  readonly input: unknown;
  /** What it wrote, in order. */
  readonly updates: Readonly<Record<string, unknown>>[];
  error?: ErrorInfo;
  /** What it asks. */
  interrupts?: readonly InterruptInfo[];
  isCached: boolean;
  /** It failed, and its error handler took its place. */
  isHandled: boolean;
  /** Its result was taken over from an earlier run; it has not run in this one. */
  readonly isRecalled: boolean;
}

/** One superstep of one graph. */
export interface SuperstepSpan {
  readonly index: number;
  /** Names of the subgraph nodes around the graph, with `[i]` for sent tasks. */
  readonly path: readonly string[];
  /** Counted from 1; 0 is the input. */
  readonly superstep: number;
  /** The task whose node this graph is. */
  readonly parent: TaskSpan | undefined;
  readonly startMs: number;
  endMs: number | undefined;
  /** How many tasks were to run. */
  readonly planned: number;
  readonly tasks: TaskSpan[];
  /** The keys that were written; absent while it goes on. */
  written?: readonly string[];
  /** The whole state after it. What is as it was before is the same object. */
  state?: Readonly<Record<string, unknown>>;
}

/** A time in which nothing ran, since the run waited for an answer: shown shorter than it was. */
export interface Pause {
  readonly startMs: number;
  readonly endMs: number;
  /** How long it really was. */
  readonly realMs: number;
}

/** Something that was written on the way. */
export interface OutputEntry {
  readonly timeMs: number;
  readonly kind: 'update' | 'console' | 'custom' | 'text' | 'warning';
  readonly task: TaskSpan | undefined;
  /** Of a console line: the method that wrote it. */
  readonly level?: string;
  /** Of streamed text: the model. */
  readonly model?: string;
  text: string;
  /** What was written to the state, or passed to the writer. */
  readonly value?: unknown;
}

/** A task without tasks inside it: its time is work, that of others is the time of those inside. */
export function isLeaf({ children }: TaskSpan): boolean {
  return children.length === 0;
}

/** Milliseconds that a task took, up to now if it goes on. */
export function durationOf({ startMs, endMs }: TaskSpan, nowMs: number): number {
  return Math.max(0, (endMs ?? nowMs) - startMs);
}

/**
 * Compares tasks of one superstep as their writes are applied: those that edges led to, by the names
 * of their nodes, then those that were sent, in the order of sending.
 */
export function inTaskOrder({ task: a }: TaskSpan, { task: b }: TaskSpan): number {
  const [sentA, sentB] = [sendIndex(a), sendIndex(b)];
  if (sentA !== sentB) return sentA - sentB;
  return a.node < b.node ? -1 : a.node > b.node ? 1 : a.id - b.id;
}

/** Whether a task was sent; else an edge led to it, also if its node's name ends as if it had a number. */
export function isSent({ node, path }: Pick<TaskInfo, 'node' | 'path'>): boolean {
  return path.at(-1) !== node;
}

/** Which of the tasks that were sent in its superstep this is; -1 for one that an edge led to. */
export function sendIndex(task: TaskInfo): number {
  if (!isSent(task)) return -1;
  return Number(/\[(\d+)\]$/.exec(task.path.at(-1) ?? '')?.[1] ?? -1);
}
