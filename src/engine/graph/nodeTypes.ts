import type { End } from '../model/constants.ts';
import type { Send } from '../model/send.ts';
import type { StateInit, StateOf, UpdateOf } from '../state/stateTypes.ts';
import type { MaybePromise, NodeConfig, NodeResult } from '../model/node.ts';

/**
 * What a node of LangGraph receives beside its input, under the name that its users know. All of it
 * may be missing there; {@link NodeConfig} says what is always there.
 */
export type LangGraphRunnableConfig<Context = any> = Partial<NodeConfig<Context>>;

/** The same, as newer nodes of LangGraph declare it. */
export type Runtime<Context = any> = LangGraphRunnableConfig<Context>;

/** Schemas of a node that is given one part of the state and writes another. */
export interface GraphNodeTypes<
  Input = unknown,
  Output = unknown,
  Context = unknown,
  Nodes extends string = string,
> {
  InputSchema?: Input;
  OutputSchema?: Output;
  ContextSchema?: Context;
  /** The nodes that its commands may go to. */
  Nodes?: Nodes;
}

/**
 * The type of a node that is written apart from its graph.
 *
 * @typeParam Schema The graph's state, or {@link GraphNodeTypes}.
 * @typeParam Context Type of `config.context`.
 * @typeParam Nodes The nodes that its commands may go to.
 * @example
 * ```ts
 * import { START, StateGraph, StateSchema, type GraphNode } from 'superstep';
 * import { z } from 'zod';
 * const State = new StateSchema({ n: z.number() });
 * const double: GraphNode<typeof State> = ({ n }) => ({ n: n * 2 });
 * const graph = new StateGraph(State).addNode('double', double).addEdge(START, 'double').compile();
 * console.log(await graph.invoke({ n: 21 })); // { n: 42 }
 * ```
 */
export type GraphNode<Schema, Context = any, Nodes extends string = string> = (
  state: ReadBy<Schema>,
  config: NodeConfig<ContextSeen<Schema, Context>>,
) => MaybePromise<NodeResult<WrittenBy<Schema>, NodesNamed<Schema, Nodes>>>;

/** Schemas of a router that is given one part of the state. */
export interface ConditionalEdgeRouterTypes<
  Input = unknown,
  Context = unknown,
  Nodes extends string = string,
> {
  InputSchema?: Input;
  ContextSchema?: Context;
  /** The nodes it may lead to. */
  Nodes?: Nodes;
}

/**
 * The type of a router that is written apart from its graph.
 *
 * @typeParam Schema The graph's state, or {@link ConditionalEdgeRouterTypes}.
 * @typeParam Context Type of `config.context`.
 * @typeParam Nodes The nodes it may lead to, END aside.
 * @example
 * ```ts
 * import { Annotation, END, START, StateGraph, type ConditionalEdgeRouter } from 'superstep';
 * const State = Annotation.Root({ n: Annotation<number>() });
 * const untilTen: ConditionalEdgeRouter<typeof State, any, 'add'> = ({ n }) => (n < 10 ? 'add' : END);
 * const graph = new StateGraph(State)
 *   .addNode('add', ({ n }) => ({ n: n + 1 }))
 *   .addEdge(START, 'add')
 *   .addConditionalEdges('add', untilTen)
 *   .compile();
 * console.log(await graph.invoke({ n: 7 })); // { n: 10 }
 * ```
 */
export type ConditionalEdgeRouter<Schema, Context = any, Nodes extends string = string> = (
  state: ReadBy<Schema>,
  config: NodeConfig<ContextSeen<Schema, Context>>,
) => MaybePromise<Routed<NodesNamed<Schema, Nodes>> | readonly Routed<NodesNamed<Schema, Nodes>>[]>;

type Routed<Nodes extends string> = Nodes | End | Send<Nodes>;

type ReadBy<Schema> = Schema extends { InputSchema: infer I }
  ? StateFrom<I>
  : Schema extends { OutputSchema: unknown } | { ContextSchema: unknown }
    ? unknown
    : StateFrom<Schema>;

type WrittenBy<Schema> = Schema extends { OutputSchema: infer O }
  ? UpdateFrom<O>
  : Schema extends { InputSchema: infer I }
    ? UpdateFrom<I>
    : UpdateFrom<Schema>;

type ContextSeen<Schema, Context> = Schema extends { ContextSchema: infer C }
  ? StateFrom<C>
  : Context;

type NodesNamed<Schema, Nodes> = Schema extends { Nodes: infer N extends string }
  ? N
  : Nodes & string;

type StateFrom<Schema> = Schema extends StateInit ? StateOf<Schema> : Schema;
type UpdateFrom<Schema> = Schema extends StateInit ? UpdateOf<Schema> : Partial<Schema>;
