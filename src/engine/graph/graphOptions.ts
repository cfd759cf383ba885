import type { OptionTable } from '../model/checkOptions.ts';
import type { Checkpointer } from '../model/checkpointer.ts';
import type { LangGraphSaver } from '../model/langGraphSaver.ts';
import type { Cache } from '../model/policies/cachePolicy.ts';
import { type NodePolicyOptions, NODE_POLICY_OPTIONS } from '../model/policies/policy.ts';
import type { Store } from '../model/store.ts';
import type { ContextInit } from '../state/context.ts';
import type { StateInit } from '../state/stateTypes.ts';
import type { BreakpointOptions } from '../model/runConfig.ts';

/** How a node is run. */
export interface NodeOptions<
  Input extends StateInit = StateInit,
  Ends extends string = string,
  State = any,
  Update = any,
  Context = any,
> extends NodePolicyOptions<State, Update, Context> {
  /** What the node receives instead of the whole state. Keys that occur only here are private. */
  input?: Input;
  /** Nodes that the node's `Command.goto` may name: for reachability and for drawing. */
  ends?: readonly Ends[] | Readonly<Record<Ends, string>>;
  /** Wait until no other task is left. */
  defer?: boolean;
  /**
   * What a subgraph hands back to this graph: `values`, its output, as LangGraph does; or `updates`,
   * the updates that its nodes made, one by one. With `updates` a list that both graphs share and
   * append to is not appended to itself. Default `values`.
   */
  returns?: 'values' | 'updates';
  /**
   * Runs the function on a worker thread, so that several can compute at once: for work of a millisecond
   * or more that keeps a core busy. The thread loads the module anew (`compile({ module })`), so what the
   * module's variables hold is each thread's own. Default false.
   */
  thread?: boolean;
  /** Shown in diagrams. */
  metadata?: Readonly<Record<string, unknown>>;
}

export const NODE_OPTIONS: OptionTable<NodeOptions> = {
  names: {
    input: true,
    ends: true,
    defer: true,
    returns: true,
    thread: true,
    metadata: true,
    ...NODE_POLICY_OPTIONS.names,
  },
  ignored: ['subgraphs', 'tracePolicy'],
};

/** Parts of a graph's state that differ from the state itself. */
export interface StateGraphOptions<
  Input extends StateInit = StateInit,
  Output extends StateInit = StateInit,
  Context extends ContextInit = ContextInit,
> {
  /** The keys that `invoke` accepts. Default: the whole state. */
  input?: Input;
  /** The keys that `invoke` returns. Default: the whole state. */
  output?: Output;
  /** What a run must be given as `config.context`; checked, with its defaults, before it starts. */
  context?: Context;
}

export const STATE_GRAPH_OPTIONS: OptionTable<StateGraphOptions & { state: unknown }> = {
  names: {
    state: true,
    input: true,
    output: true,
    context: true,
  },
  ignored: ['nodes', 'interrupt', 'writer'],
};

/** What a compiled graph is told besides its definition. */
export interface CompileOptions extends BreakpointOptions {
  /** The graph's name in diagrams, events and messages. Default `"graph"`. */
  name?: string;
  description?: string;
  /** Where results of nodes and tasks with a `cachePolicy` are kept. */
  cache?: Cache;
  /**
   * Keeps the state of threads, so that a run can pause, fail or die and go on later. For a graph
   * that is a node of another, or is called inside a node: left out, it uses the checkpointer of the
   * graph around, and starts afresh at each call; `true`: its state is kept from call to call within
   * the thread; `false`: it is not stored, cannot interrupt, and runs again as a whole. Savers of
   * LangGraph.js will do as well.
   */
  checkpointer?: Checkpointer | LangGraphSaver | boolean;
  /** What nodes find as `config.store`. Default: that of the parent graph. */
  store?: Store;
  /**
   * The module that compiles the graph, `import.meta.url`: worker threads load it for the nodes with
   * `thread: true`. The editor and the command line know it by themselves.
   */
  module?: string;
}

export const COMPILE_OPTIONS: OptionTable<CompileOptions> = {
  names: {
    name: true,
    description: true,
    checkpointer: true,
    store: true,
    cache: true,
    interruptBefore: true,
    interruptAfter: true,
    module: true,
  },
  // What LangGraph's `streamEvents` tells, and what it takes with a call only.
  ignored: ['transformers', 'recursionLimit'],
};
