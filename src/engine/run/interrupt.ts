import type { Interrupt } from '../model/checkpointer.ts';
import { GraphValueError, SuperstepError } from '../model/errors.ts';
import { INTERRUPT_KEY, InterruptSignal } from '../model/signals.ts';
import type { Frame, ThreadView } from './frame.ts';
import { currentFrame } from './runContext.ts';

/**
 * Stops the task until somebody answers: the run ends, with the question in `__interrupt__`, and goes
 * on when it is called with `new Command({ resume: answer })`. The node then runs again from its top,
 * and this call returns the answer. So what comes before it in the node should be cheap, or harmless to
 * repeat; results of tasks are kept.
 *
 * A node may ask several questions, one after another or at once. Each has an id of its own, and its
 * answer is found again by what was asked, in whatever order the node asks this time. Where a question
 * differs from run to run, its place counts if the order cannot have changed: before the node's first
 * `await`, or after an update of the state.
 *
 * It stops the node by throwing. A `catch` around it that swallows what was thrown does not keep the
 * task from stopping: whatever the node returns then is dropped, and a warning tells of it. Rethrow
 * what you do not know.
 *
 * @param value The question: anything that can be stored.
 * @returns The answer, as it was given.
 * @throws {SuperstepError} MISSING_CHECKPOINTER if nothing keeps the state until the answer comes;
 * INTERRUPT_OUTSIDE_NODE; QUESTION_CHANGED if it cannot be told whether an answer is for this question
 * @example
 * ```ts
 * import { Annotation, Command, MemorySaver, START, StateGraph, interrupt } from 'superstep';
 * const graph = new StateGraph(Annotation.Root({ name: Annotation<string>() }))
 *   .addNode('ask', () => ({ name: interrupt('Who are you?') }))
 *   .addEdge(START, 'ask')
 *   .compile({ checkpointer: new MemorySaver() });
 * const config = { configurable: { thread_id: '1' } };
 * const paused: any = await graph.invoke({}, config);
 * console.log(paused.__interrupt__[0].value); // Who are you?
 * console.log(await graph.invoke(new Command({ resume: 'Ada' }), config)); // { name: 'Ada' }
 * ```
 */
export function interrupt<Value = unknown, Answer = any>(value?: Value): Answer {
  const frame = currentFrame();
  if (frame === undefined) {
    throw new SuperstepError(
      'INTERRUPT_OUTSIDE_NODE',
      'Cannot interrupt: no node is running; call interrupt() inside of a node, before it returns',
    );
  }
  if (frame.run.ask !== undefined) return frame.run.ask(value) as Answer;
  return sessionOf(frame).questions.ask(frame, value) as Answer;
}

/**
 * What keeps the questions of a task.
 * @throws {SuperstepError} MISSING_CHECKPOINTER
 */
export function sessionOf({ run: { session, plan }, info: { node } }: Frame): ThreadView {
  if (session !== undefined) return session;
  throw new GraphValueError(
    'MISSING_CHECKPOINTER',
    `No checkpointer set: node "${node}" of "${plan.name}" cannot interrupt, since nothing keeps its ` +
      `state until the answer comes; pass a checkpointer to the outermost graph, compile({ checkpointer: new MemorySaver() }), ` +
      `and do not compile this one with checkpointer: false`,
    { nodes: [node] },
  );
}

/**
 * Thrown in a node, ends it with a question, as {@link interrupt} does, and gets no answer: when the
 * run goes on the node runs again, and whether it throws again is up to the state. Prefer `interrupt`.
 *
 * @throws {SuperstepError} MISSING_CHECKPOINTER if nothing keeps the state until then
 * @example
 * ```ts
 * import { Annotation, MemorySaver, NodeInterrupt, START, StateGraph } from 'superstep';
 * const graph = new StateGraph(Annotation.Root({ text: Annotation<string>() }))
 *   .addNode('check', ({ text }) => {
 *     if (text.length > 5) throw new NodeInterrupt('Too long');
 *   })
 *   .addEdge(START, 'check')
 *   .compile({ checkpointer: new MemorySaver() });
 * const config = { configurable: { thread_id: '1' } };
 * await graph.invoke({ text: 'much too long' }, config);
 * await graph.updateState(config, { text: 'short' });
 * console.log(await graph.invoke(null, config)); // { text: 'short' }
 * ```
 */
export class NodeInterrupt extends InterruptSignal {
  constructor(value: unknown) {
    const frame = currentFrame();
    if (frame !== undefined && frame.run.ask === undefined) sessionOf(frame);
    super([{ id: crypto.randomUUID(), value }]);
  }
}

/** True for a value that a run returned because it waits for answers. */
export function isInterrupted<Value = any>(
  value: unknown,
): value is { __interrupt__: Interrupt<Value>[] } {
  return typeof value === 'object' && value !== null && INTERRUPT_KEY in value;
}
