/**
 * Written to a key with a reducer, replaces its value instead of being combined with it. Other
 * writes to the key in the same superstep are dropped.
 *
 * @example
 * ```ts
 * import { Annotation, END, Overwrite, START, StateGraph, append } from 'superstep';
 * const State = Annotation.Root({ list: Annotation<string[]>({ reducer: append }) });
 * const graph = new StateGraph(State)
 *   .addNode('reset', () => ({ list: new Overwrite(['fresh']) }))
 *   .addEdge(START, 'reset')
 *   .compile();
 * console.log(await graph.invoke({ list: ['old'] })); // { list: [ 'fresh' ] }
 * ```
 */
export class Overwrite<Value = unknown> {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
    Object.defineProperty(this, OVERWRITE, { value: true });
  }

  /** The form that LangGraph gives it too; an update may also hold it in this form. */
  toJSON(): { [WIRE]: Value } {
    return { [WIRE]: this.value };
  }
}

const OVERWRITE = Symbol.for('superstep.overwrite');

const WIRE = '__overwrite__';

/** True for overwrites of any copy of the library. */
export function isOverwrite(value: unknown): value is Overwrite {
  return typeof value === 'object' && value !== null && OVERWRITE in value;
}

/** An overwrite as one of ours: LangGraph's, and all that have been JSON, have other forms. */
export function toOverwrite(value: unknown): Overwrite | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isOverwrite(value)) return value;
  if (WIRE in value) return new Overwrite(value[WIRE]);
  const { type, value: wrapped } = value as { type?: unknown; value?: unknown };
  return type === WIRE && 'value' in value ? new Overwrite(wrapped) : undefined;
}
