import { SuperstepError, show } from '../model/errors.ts';
import { BUILDER, type BuilderMark } from '../model/graphHandle.ts';
import { type NodePolicyOptions, NODE_POLICY_OPTIONS } from '../model/policies/policy.ts';
import { buildPlan } from './buildPlan.ts';
import { checkBarrier, edgeFromEnd, edgeToStart } from './checkEdge.ts';
import type { Checked, CheckedInput, CheckedNodes, CheckedRoute } from './checkedNode.ts';
import { CompiledStateGraph } from './compiledGraph.ts';
import { END, START, type End, type Start } from '../model/constants.ts';
import {
  isContextInit,
  toContextCheck,
  type ContextInit,
  type ContextOf,
  type GivenContextOf,
} from '../state/context.ts';
import { defineNode } from './defineNode.ts';
import type { GraphDefinition, NodeDefinition, RouterDefinition } from './definition.ts';
import {
  type CompileOptions,
  type NodeOptions,
  type StateGraphOptions,
  STATE_GRAPH_OPTIONS,
  COMPILE_OPTIONS,
} from './graphOptions.ts';
import type {
  AnyCompiledGraph,
  NamesOf,
  NodeFunction,
  NodesByName,
  Returned,
  RunnableNode,
} from './nodeLike.ts';
import type { CheckedName, Known } from './nodeNames.ts';
import { checkOptions } from '../model/checkOptions.ts';
import { readStateForms, type ChannelForm } from './stateForms.ts';
import type { Send } from '../model/send.ts';
import { channelSpecs } from '../state/declare.ts';
import type { StateInit, StateOf, UpdateOf } from '../state/stateTypes.ts';
import type { Destination, RouterAction } from '../model/node.ts';

/** Where a router's results lead. */
type Paths = readonly string[] | Readonly<Record<string, string>>;

/**
 * Builds a graph of nodes that share a state. Nodes read the state and return updates; edges say
 * what runs next; everything that can run at once does. Methods can be chained, and with each added
 * node its name becomes known to the compiler.
 *
 * @throws {StateGraphInputError} INVALID_SCHEMA without a usable state.
 * @throws {SuperstepError} UNKNOWN_OPTION
 * @example
 * ```ts
 * import { Annotation, END, START, StateGraph } from 'superstep';
 * const State = Annotation.Root({
 *   found: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('web', () => ({ found: ['a page'] }))
 *   .addNode('files', () => ({ found: ['a file'] }))
 *   .addEdge(START, 'web')
 *   .addEdge(START, 'files')
 *   .addEdge('web', END)
 *   .addEdge('files', END)
 *   .compile({ name: 'search' });
 * console.log(await graph.invoke({})); // { found: [ 'a file', 'a page' ] }
 * ```
 */
export class StateGraph<
  S extends StateInit,
  I extends StateInit = S,
  O extends StateInit = S,
  C extends ContextInit = ContextInit,
  N extends string = Start,
> {
  readonly #state: StateInit;
  readonly #input: StateInit | undefined;
  readonly #output: StateInit | undefined;
  readonly #context: ContextInit | undefined;
  readonly #nodes = new Map<string, NodeDefinition>();
  readonly #edges = new Map<string, readonly [string, string]>();
  readonly #barriers: { sources: readonly string[]; target: string }[] = [];
  readonly #routers: RouterDefinition[] = [];
  #nodeDefaults: NodePolicyOptions = {};
  #isCompiled = false;

  constructor(state: S, context: C);
  constructor(state: S, options?: StateGraphOptions<I, O, C>);
  constructor(
    parts: { state: S } & StateGraphOptions<I, O, C>,
    options?: C | StateGraphOptions<I, O, C>,
  );
  constructor(
    parts: { stateSchema: S } & StateGraphOptions<I, O, C>,
    options?: C | StateGraphOptions<I, O, C>,
  );
  constructor(parts: { channels: Readonly<Record<keyof StateOf<S>, ChannelForm>> });
  constructor(first: unknown, second: C | StateGraphOptions<I, O, C> = {}) {
    const given = isContextInit(second) ? { context: second } : second;
    const parts = readStateForms(first, given as StateGraphOptions);
    checkOptions(STATE_GRAPH_OPTIONS, parts, 'new StateGraph()');
    this.#state = parts.state as S;
    this.#input = parts.input;
    this.#output = parts.output;
    this.#context = parts.context;
    channelSpecs(parts.state);
    if (parts.input) channelSpecs(parts.input, 'input');
    if (parts.output) channelSpecs(parts.output, 'output');
    if (parts.context) toContextCheck(parts.context);
    const mark: BuilderMark = { isCompiled: () => this.#isCompiled };
    Object.defineProperty(this, BUILDER, { value: mark });
  }

  /**
   * Adds a node: a function `(state, config) => update`, a compiled graph, or an object whose
   * `invoke` is such a function. A function whose parameter says so may be given something else than
   * the state, as by a {@link Send}.
   *
   * @throws {SuperstepError} DUPLICATE_NODE, INVALID_NODE_NAME, INVALID_NODE, UNKNOWN_OPTION
   */
  addNode<
    K extends string,
    NI extends StateInit,
    R extends Returned<UpdateOf<S> & UpdateOf<NI>>,
    E extends string = string,
  >(
    name: K,
    action:
      | (NodeFunction<StateOf<NI>, R, ContextOf<C>> & Checked<R, UpdateOf<S> & UpdateOf<NI>, E>)
      | AnyCompiledGraph
      | RunnableNode,
    options: NodeOptions<NI, E, StateOf<NI>, UpdateOf<S> & UpdateOf<NI>, ContextOf<C>> & {
      input: NI;
    },
  ): StateGraph<S, I, O, C, N | K>;
  addNode<
    K extends string,
    R extends Returned<UpdateOf<S>>,
    E extends string = string,
    Given = StateOf<S>,
  >(
    name: K,
    action:
      | (NodeFunction<Given, R, ContextOf<C>> &
          CheckedInput<Given, StateOf<S>> &
          Checked<R, UpdateOf<S>, E>)
      | AnyCompiledGraph
      | RunnableNode,
    options?: NodeOptions<StateInit, E, StateOf<S>, UpdateOf<S>, ContextOf<C>>,
  ): StateGraph<S, I, O, C, N | K>;
  addNode<const T extends NodesByName<StateOf<S>, UpdateOf<S>, ContextOf<C>>>(
    nodes: T & CheckedNodes<T, UpdateOf<S>>,
  ): StateGraph<S, I, O, C, N | NamesOf<T>>;
  addNode(
    first: unknown,
    action?: unknown,
    options: NodeOptions = {},
  ): StateGraph<S, I, O, C, any> {
    if (typeof first === 'string') {
      this.#addNode(first, action, options);
    } else if (typeof first === 'object' && first !== null) {
      const entries = (Array.isArray(first) ? first : Object.entries(first)) as [
        string,
        unknown,
        NodeOptions?,
      ][];
      if (entries.length === 0) {
        throw new SuperstepError('INVALID_NODE', 'Cannot add no nodes: pass at least one');
      }
      for (const [name, each, own] of entries) this.#addNode(name, each, own ?? {});
    } else {
      throw new SuperstepError(
        'INVALID_NODE_NAME',
        `Cannot add a node named ${show(first)}: pass a text`,
        { value: first },
      );
    }
    return this;
  }

  /**
   * Adds nodes that run one after another.
   *
   * @throws {SuperstepError} as `addNode`; INVALID_NODE for an empty list.
   */
  addSequence<const T extends NodesByName<StateOf<S>, UpdateOf<S>, ContextOf<C>>>(
    nodes: T & CheckedNodes<T, UpdateOf<S>>,
  ): StateGraph<S, I, O, C, N | NamesOf<T>> {
    this.addNode(nodes);
    const names = Array.isArray(nodes)
      ? nodes.map((entry) => (entry as readonly [string])[0])
      : Object.keys(nodes);
    if (names.length === 0) {
      throw new SuperstepError(
        'INVALID_NODE',
        'Cannot add a sequence without nodes: pass at least one',
      );
    }
    for (let i = 1; i < names.length; i++) this.#addEdge(names[i - 1]!, names[i]!);
    return this;
  }

  /**
   * Adds an edge: when `source` has run, `target` runs in the next superstep. With a list of sources
   * it is a barrier: `target` waits until all of them have run.
   *
   * The compiler takes a name that it does not know for that of a node which another statement adds,
   * unless it looks like a misspelling of one that it does know.
   *
   * @throws {SuperstepError} INVALID_EDGE; UNKNOWN_NODE for barriers. Plain edges are checked by
   * `compile`, so that they can be added before their nodes.
   */
  addEdge(source: N | Start | readonly N[], target: Exclude<N, Start> | End): this;
  addEdge<From extends string, To extends string>(
    source: (From | readonly From[]) & CheckedName<From, N, End>,
    target: To & CheckedName<To, N, Start>,
  ): this;
  addEdge(source: string | readonly string[], target: string): this {
    if (typeof source === 'string') this.#addEdge(source, target);
    else this.#addBarrier(source, target);
    return this;
  }

  /**
   * Adds a router: after `source`, `action(state)` returns where to go: a node's name, END, a
   * {@link Send}, or a list of these. It sees the state with the writes of its own node applied.
   *
   * @param paths The names it may return (for drawing and reachability), or a map from its results
   * to names. Without it, it may return any node and the diagram shows edges to all.
   * @throws {SuperstepError} INVALID_EDGE for END as source.
   */
  addConditionalEdges<R extends string | boolean | number>(
    source: Known<N> | Start,
    action: RouterAction<StateOf<S>, Destination<Known<N> | End>, ContextOf<C>>,
    paths?: readonly (Known<N> | End)[],
  ): this;
  addConditionalEdges<R extends string | boolean | number>(
    source: Known<N> | Start,
    action: RouterAction<StateOf<S>, R | Destination<Known<N> | End>, ContextOf<C>>,
    paths: Readonly<Record<string, Known<N> | End>>,
  ): this;
  addConditionalEdges<To extends string>(
    source: Known<N> | Start,
    action: RouterAction<StateOf<S>, To | Send<To>, ContextOf<C>> &
      CheckedRoute<To, Known<N> | End>,
    paths?: readonly (Known<N> | End)[],
  ): this;
  /** In one object, as LangGraph takes it, too. */
  addConditionalEdges(router: {
    readonly source: Known<N> | Start;
    readonly path: RouterAction<StateOf<S>, any, ContextOf<C>>;
    readonly pathMap?: Paths;
  }): this;
  addConditionalEdges(
    first: string | { source: string; path: RouterAction; pathMap?: Paths },
    router?: RouterAction,
    pathMap?: Paths,
  ): this {
    const isWhole = typeof first === 'object' && first !== null;
    const source = isWhole ? first.source : first;
    const action = isWhole ? first.path : router!;
    const paths = isWhole ? first.pathMap : pathMap;
    if (source === END) throw edgeFromEnd('router');
    if (typeof action !== 'function') {
      throw new SuperstepError(
        'INVALID_EDGE',
        `Cannot add a router to "${source}": ${show(action)} is not a function; pass (state) => name`,
        { nodes: [source], value: action },
      );
    }
    const entries = Array.isArray(paths)
      ? (paths as readonly string[]).map((name) => [name, name] as const)
      : paths && Object.entries(paths as Record<string, string>);
    this.#routers.push({ source, action, paths: entries && new Map(entries) });
    return this;
  }

  /**
   * Sets policies for all nodes, those added before included. What a node says itself wins; `false`
   * switches a default off.
   */
  setNodeDefaults(options: NodePolicyOptions<StateOf<S>, UpdateOf<S>, ContextOf<C>>): this {
    checkOptions(NODE_POLICY_OPTIONS, options, 'setNodeDefaults()');
    const { retryPolicy, timeout, cachePolicy, errorHandler, maxConcurrency } = options;
    const given = {
      retryPolicy,
      timeout,
      cachePolicy,
      errorHandler,
      maxConcurrency,
    };
    for (const [key, value] of Object.entries(given)) {
      if (value !== undefined) this.#nodeDefaults = { ...this.#nodeDefaults, [key]: value };
    }
    return this;
  }

  /** The same as `addEdge(START, node)`. */
  setEntryPoint<To extends string>(node: To & CheckedName<To, N, Start>): this {
    this.#addEdge(START, node);
    return this;
  }

  /** The same as `addEdge(node, END)`. */
  setFinishPoint<From extends string>(node: From & CheckedName<From, N, End>): this {
    this.#addEdge(node, END);
    return this;
  }

  /**
   * Checks the graph and makes it runnable. The builder can be changed and compiled again; compiled
   * graphs do not change.
   *
   * @throws {SuperstepError} UNKNOWN_NODE, NO_ENTRY, CONFLICTING_KEY, INVALID_POLICY, UNKNOWN_OPTION
   * @throws {UnreachableNodeError} UNREACHABLE_NODE
   */
  compile(
    options: CompileOptions = {},
  ): CompiledStateGraph<
    StateOf<O>,
    UpdateOf<I>,
    Known<N>,
    GivenContextOf<C>,
    StateOf<S>,
    UpdateOf<S>
  > {
    checkOptions(COMPILE_OPTIONS, options, 'compile()');
    const definition: GraphDefinition = {
      builder: this,
      state: this.#state,
      input: this.#input,
      output: this.#output,
      context: this.#context,
      nodes: new Map(
        Array.from(this.#nodes, ([name, node]) => [
          name,
          { ...node, options: { ...this.#nodeDefaults, ...node.options } },
        ]),
      ),
      edges: [...this.#edges.values()],
      barriers: [...this.#barriers],
      routers: [...this.#routers],
    };
    const plan = buildPlan(definition, options);
    this.#isCompiled = true;
    return new CompiledStateGraph(definition, plan, options);
  }

  #addNode(name: string, action: unknown, options: NodeOptions): void {
    const node = defineNode(name, action, options);
    if (this.#nodes.has(name)) {
      throw new SuperstepError(
        'DUPLICATE_NODE',
        `Cannot add node "${name}": the graph already has one of this name; choose another`,
        { nodes: [name] },
      );
    }
    this.#nodes.set(name, node);
  }

  #addEdge(source: string, target: string): void {
    if (source === END) throw edgeFromEnd('edge');
    if (target === START) throw edgeToStart(source);
    this.#edges.set(JSON.stringify([source, target]), [source, target]);
  }

  #addBarrier(sources: readonly string[], target: string): void {
    checkBarrier(sources, target, this.#nodes);
    this.#barriers.push({ sources: [...new Set(sources)], target });
  }
}
