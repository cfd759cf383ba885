import { inspect } from 'node:util';
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
import { didYouMean, show, SuperstepError } from '../engine/model/errors.ts';
import type { NodeAction } from '../engine/model/node.ts';
import { Trace } from '../trace/trace.ts';
import { bySeed, CompletionOrder, type OrderOptions } from './completionOrder.ts';
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
  readonly resume?: readonly unknown[] | ((question: Question) => unknown);
  /**
   * Another number makes nodes that run at the same time end in another order, and the same one in the
   * same: a state that differs comes of a race. Default: they end when they end.
   */
  readonly seed?: number;
  /** As for `invoke`. */
  readonly config?: RunConfig;
}

/** A graph that asks on after so many rounds of answers would do so for ever. */
const ROUNDS = 250;

/**
 * Runs a graph once and tells what happened. What the run throws is kept in it, so that what led to it can
 * be looked at. Questions are kept in memory, unless the graph is compiled with a durable checkpointer.
 *
 * @param graph As `compile` returns it. It stays as it is: nodes are replaced for this run only.
 * @throws {SuperstepError} UNKNOWN_NODE for a stub of a node that is not there; INVALID_OPTION for what is no
 * compiled graph, and for answers that are no list; GRAPH_RECURSION_LIMIT for one that still asks after 250 rounds of answers.
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
  options: TestOptions = {},
): Promise<GraphRun<Output>> {
  const { seed } = options;
  const choice = seed === undefined ? {} : { order: { choose: bySeed(seed) } };
  const { run } = await runInOrder(graph, input, { ...options, ...choice });
  return run as GraphRun<Output>;
}

/** A compiled graph of any types. */
export type AnyGraph = CompiledStateGraph<any, any, any, any, any, any>;

/** What a run is put to beside its options. */
export interface Trial extends Omit<TestOptions, 'seed'> {
  /** Default: nodes begin and end when they do. */
  readonly order?: OrderOptions;
  /** This run of a node (`judge#1`) fails before it begins, and the run is gone on with. */
  readonly failing?: string | undefined;
}

/** What came of it, and the turns that were taken, if there was an order. */
export interface TrialRun {
  readonly run: GraphRun;
  readonly turns: readonly string[];
}

/** As `runGraph`, in an order, and with a node that fails. */
export async function runInOrder(
  graph: AnyGraph,
  input: unknown,
  { nodes = {}, resume, config = {}, order: wanted, failing }: Trial,
): Promise<TrialRun> {
  const trace = new Trace();
  const warnings: Warning[] = [];
  const onEvent = (event: RunEvent) => {
    trace.add(event);
    if (event.type === 'warning') warnings.push(event);
    config.onEvent?.(event);
  };
  const order = wanted && new CompletionOrder(wanted);
  let hasFailed = false;
  const hosted = prepare(graph, nodes, (id, action) => {
    if (!order) return action;
    return (state, given) =>
      order.run(id, given.signal, (key) => {
        if (key !== failing) return action(state, given);
        hasFailed = true;
        throw new Error(`"${id}" was made to fail once`);
      });
  });
  const configurable = { thread_id: crypto.randomUUID(), ...config.configurable };
  const callConfig = { ...config, configurable, onEvent };
  const call = async (value: unknown): Promise<unknown> => {
    try {
      return await hosted.invoke(value, callConfig);
    } catch (error) {
      if (!hasFailed) throw error;
      return hosted.invoke(null, callConfig);
    }
  };
  const answer = toAnswer(resume);
  const turns = order?.taken ?? [];
  let questions: readonly Question[] = [];
  let output: unknown;
  let rounds = 0;
  try {
    output = await call(input);
    while (isInterrupted(output)) {
      questions = openQuestions(output[INTERRUPT]);
      const given = questions.map(({ id, value }) => [id, answer({ id, value })] as const);
      const known = given.filter(([, value]) => value !== undefined);
      if (known.length === 0 || ++rounds > ROUNDS) break;
      output = await call(new Command({ resume: Object.fromEntries(known) }));
    }
  } catch (error) {
    const status = trace.status === 'cancelled' ? 'cancelled' : 'failed';
    const { state } = trace.supersteps.findLast(({ path }) => path.length === 0) ?? {};
    const outcome = { status, state, error, questions: [], warnings } as const;
    return { run: new GraphRun(graph, trace, outcome), turns };
  }
  if (rounds > ROUNDS) throw asksForEver(graph, questions);
  const isWaiting = isInterrupted(output);
  const state = isWaiting ? without(output as object, INTERRUPT) : output;
  const status = isWaiting ? 'waiting' : 'done';
  const open = isWaiting ? questions : [];
  const run = new GraphRun(graph, trace, { status, state, questions: open, warnings });
  return { run, turns };
}

function asksForEver({ name }: AnyGraph, questions: readonly Question[]): SuperstepError {
  const asked = inspect(questions[0]?.value, { depth: 1, breakLength: Infinity });
  return new SuperstepError(
    'GRAPH_RECURSION_LIMIT',
    `Graph "${name}" still asks after ${ROUNDS} rounds of answers, now ${asked}: let "resume" give another answer in time, or \`undefined\` to leave the question open`,
    { value: questions },
  );
}

/** The graph with its stubs, kept in memory. */
function prepare(
  graph: AnyGraph,
  stubs: Readonly<Record<string, NodeStub>>,
  around: (id: string, action: NodeAction) => NodeAction,
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
      const own = Object.hasOwn(stubs, id) ? toAction(stubs[id]!) : action;
      const other = own && around(id, own);
      return other === action ? undefined : other;
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

function toAnswer(resume: TestOptions['resume']): (question: Question) => unknown {
  if (typeof resume === 'function') return resume;
  if (resume !== undefined && !Array.isArray(resume)) {
    throw new SuperstepError(
      'INVALID_OPTION',
      `Cannot answer questions with ${show(resume)}: pass a list of answers, as in ['yes'], or a function`,
      { key: 'resume', value: resume },
    );
  }
  const left = [...(resume ?? [])] as unknown[];
  return () => left.shift();
}

function openQuestions(interrupts: readonly Interrupt[]): Question[] {
  // A pause at a breakpoint asks nothing.
  return interrupts.flatMap(({ id, value }) => (id === undefined ? [] : [{ id, value }]));
}

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== key));
}
