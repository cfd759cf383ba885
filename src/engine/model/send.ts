import { toTimeout, type TimeoutPolicy } from './policies/timeoutPolicy.ts';

const SEND = Symbol.for('superstep.send');

/**
 * Starts a node with an input of its own, besides the state: returned from a router (one per item
 * makes a map) or in `Command.goto`. The node receives `args` and nothing else. Results of sent
 * tasks are applied in the order of sending, whatever the order of finishing.
 *
 * @example
 * ```ts
 * import { Annotation, END, Send, START, StateGraph, append } from 'superstep';
 * const State = Annotation.Root({
 *   words: Annotation<string[]>(),
 *   lengths: Annotation<number[]>({ reducer: append, default: () => [] }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('measure', (word: any) => ({ lengths: [word.length] }))
 *   .addConditionalEdges(START, (state) => state.words.map((word) => new Send('measure', word)), ['measure'])
 *   .compile();
 * console.log((await graph.invoke({ words: ['a', 'bbb', 'cc'] })).lengths); // [ 1, 3, 2 ]
 * ```
 */
export class Send<Node extends string = string, Args = any> {
  readonly node: Node;
  readonly args: Args;
  /** Of this task, in place of that of the node. */
  declare readonly timeout?: TimeoutPolicy;

  /**
   * @param options `timeout`: milliseconds, or a policy, for each attempt at this task. Default: that
   * of the node.
   * @throws {SuperstepError} INVALID_POLICY, UNKNOWN_OPTION
   */
  constructor(
    node: Node,
    args: Args,
    { timeout }: { readonly timeout?: number | TimeoutPolicy | undefined } = {},
  ) {
    this.node = node;
    this.args = args;
    // Hardly any send has one: the others do not carry it.
    if (timeout !== undefined) this.timeout = toTimeout(timeout, node);
  }

  /** As LangGraph writes it, `lg_name` first. */
  toJSON(): { lg_name: 'Send'; node: Node; args: Args; timeout?: TimeoutPolicy } {
    const { node, args, timeout } = this;
    return { lg_name: 'Send', node, args, ...(timeout && { timeout }) };
  }
}
// On the prototype: a million sends should not carry a million marks.
Object.defineProperties(Send.prototype, {
  [SEND]: { value: true },
  lg_name: { value: 'Send' },
});

/** True for sends of any copy of the library, and for LangGraph's. */
export function isSend(value: unknown): value is Send {
  if (typeof value !== 'object' || value === null) return false;
  return SEND in value || (value as { lg_name?: unknown }).lg_name === 'Send';
}
