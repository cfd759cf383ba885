import {
  Command,
  GRAPH,
  INTERRUPT,
  MemorySaver,
  isInterrupted,
  type CompiledStateGraph,
  type GraphHandle,
  type Interrupt,
  type RunConfig,
  type RunEvent,
} from '../engine/index.ts';
import { didYouMean, SuperstepError } from '../engine/model/errors.ts';
import type { NodeAction } from '../engine/model/node.ts';
import { Trace } from '../trace/trace.ts';
import { CompletionOrder } from './completionOrder.ts';
import { GraphRun, type Warning } from './graphRun.ts';

/** What takes the place of a node: a function, or the update that it returns whatever it is given. */
export type NodeStub = NodeAction | Readonly<Record<string, unknown>> | Command;

/** A question that a run asks by `interrupt`. */
export interface Question {
  readonly id: string;
  readonly value: any;
}

/** How `runGraph` runs a graph. */
export interface TestOptions {
  /**
   * By id, such as `judge`, or `review:judge` in a subgraph: what takes the place of nodes. A subgraph
   * can be replaced as a whole. Default: every node is as it is.
   */
  readonly nodes?: Readonly<Record<string, NodeStub>>;
  /**
   * What questions are answered with: a list, one after another in the order of asking, or a function, whose
   * `undefined` leaves a question open. The run waits where there is no answer. Default: none.
   */
  readonly answers?: readonly unknown[] | ((question: Question) => unknown);
  /**
   * Another number makes nodes that run at the same time end in another order, and the same one in the
   * same: a state that differs comes of a race. Default: they end when they end.
   */
  readonly seed?: number;
  /** As for `invoke`. */
  readonly config?: RunConfig;
}

const ROUNDS = 1000;

/**
 * Runs a graph once and tells what happened. What the run throws is kept in it, so that what led to it can
 * be looked at. Questions are kept in memory, unless the graph is compiled with a durable checkpointer.
 *
 * @param graph As `compile` returns it. It stays as it is: nodes are replaced for this run only.
 * @throws {SuperstepError} UNKNOWN_NODE for a stub of a node that is not there; INVALID_OPTION for what is no compiled graph.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { runGraph } from 'superstep/testing';
 * const graph = new StateGraph(Annotation.Root({ topic: Annotation<string>(), joke: Annotation<string>() }))
 *   .addNode('tell', () => {
 *     throw new Error('costs money');
 *   })
 *   .addEdge(START, 'tell')
 *   .compile();
 * const run = await runGraph(graph, { topic: 'cats' }, { nodes: { tell: { joke: 'meow' } } });
 * assert.equal(run.state.joke, 'meow');
 * assert.equal(run.ran('tell'), 1);
 * ```
 */
export async function runGraph<Input, Output>(
  graph: CompiledStateGraph<Output, Input, any, any, any, any>,
  input: Input | Command | null,
  { nodes = {}, answers, seed, config = {} }: TestOptions = {},
): Promise<GraphRun<Output>> {
  const trace = new Trace();
  const warnings: Warning[] = [];
  const onEvent = (event: RunEvent) => {
    trace.add(event);
    if (event.type === 'warning') warnings.push(event);
    config.onEvent?.(event);
  };
  const hosted = prepare(graph, nodes, seed === undefined ? undefined : new CompletionOrder(seed));
  const configurable = { thread_id: crypto.randomUUID(), ...config.configurable };
  const wanted = { ...config, configurable, onEvent };
  const answer = toAnswer(answers);
  let questions: readonly Question[] = [];
  try {
    let output: unknown = await hosted.invoke(input, wanted);
    for (let round = 0; isInterrupted(output) && round < ROUNDS; round++) {
      questions = openQuestions(output[INTERRUPT]);
      const given = questions.map(({ id, value }) => [id, answer({ id, value })] as const);
      const known = given.filter(([, value]) => value !== undefined);
      if (known.length === 0) break;
      output = await hosted.invoke(new Command({ resume: Object.fromEntries(known) }), wanted);
    }
    const isWaiting = isInterrupted(output);
    const state = isWaiting ? without(output as object, INTERRUPT) : output;
    if (!isWaiting) questions = [];
    const status = isWaiting ? 'waiting' : 'done';
    return new GraphRun(graph, trace, { status, state, questions, warnings });
  } catch (error) {
    const status = trace.status === 'cancelled' ? 'cancelled' : 'failed';
    const { state } = trace.supersteps.findLast(({ path }) => path.length === 0) ?? {};
    return new GraphRun(graph, trace, { status, state, error, questions: [], warnings });
  }
}

type AnyGraph = CompiledStateGraph<any, any, any, any, any, any>;

/** The graph with its stubs, kept in memory. */
function prepare(
  graph: AnyGraph,
  stubs: Readonly<Record<string, NodeStub>>,
  order: CompletionOrder | undefined,
): AnyGraph {
  const handle = (graph as { readonly [GRAPH]?: GraphHandle } | undefined)?.[GRAPH];
  if (!handle?.forHost) {
    const message =
      'Cannot test what is no compiled graph: pass what compile() or entrypoint() returns, and not a builder';
    throw new SuperstepError('INVALID_OPTION', message, { value: graph });
  }
  const seen = new Set<string>();
  const hosted = handle.forHost({
    checkpointer: new MemorySaver(),
    nodes(id, action) {
      seen.add(id);
      const stub = Object.hasOwn(stubs, id) ? toAction(stubs[id]!) : undefined;
      if (!order) return stub;
      const own = stub ?? action;
      return own && inOrder(own, order);
    },
  });
  const unknown = Object.keys(stubs).find((id) => !seen.has(id));
  if (unknown !== undefined) {
    throw new SuperstepError(
      'UNKNOWN_NODE',
      `Cannot replace node "${unknown}": graph "${graph.name}" has no such node${didYouMean(unknown, seen)}`,
      { nodes: [unknown], value: unknown },
    );
  }
  return hosted as AnyGraph;
}

function toAction(stub: NodeStub): NodeAction {
  return typeof stub === 'function' ? stub : () => stub;
}

function inOrder(action: NodeAction, order: CompletionOrder): NodeAction {
  return async (state, config) => {
    try {
      return await action(state, config);
    } finally {
      await order.next();
    }
  };
}

function toAnswer(answers: TestOptions['answers']): (question: Question) => unknown {
  if (typeof answers === 'function') return answers;
  const left = [...(answers ?? [])];
  return () => left.shift();
}

function openQuestions(interrupts: readonly Interrupt[]): Question[] {
  // A pause at a breakpoint asks nothing.
  return interrupts.flatMap(({ id, value }) => (id === undefined ? [] : [{ id, value }]));
}

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== key));
}
