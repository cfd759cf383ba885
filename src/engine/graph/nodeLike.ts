import type { AnyCommand } from './checkedNode.ts';
import type { CompiledStateGraph } from './compiledGraph.ts';
import type { NodeOptions } from './graphOptions.ts';
import type { MaybePromise, NodeAction, NodeConfig, UpdateFor } from '../model/node.ts';

/** Any compiled graph, whatever its state. */
export type AnyCompiledGraph = CompiledStateGraph<any, any, any>;

/** What else can be asked for an update: a chain or a tool node of LangChain, for one. */
export interface RunnableNode {
  invoke(state: any, config?: any): unknown;
}

/** What `addNode` takes as a node. */
export type NodeLike<State, Update, Context> =
  NodeAction<State, Update, Context> | AnyCompiledGraph | RunnableNode;

/** Several nodes at once: by name, or in a list with their options. */
export type NodesByName<State, Update, Context> =
  | Readonly<Record<string, NodeLike<State, Update, Context>>>
  | readonly (readonly [string, NodeLike<State, Update, Context>, NodeOptions?])[];

/** The names of these. */
export type NamesOf<T> = T extends readonly (readonly [infer K extends string, ...unknown[]])[]
  ? K
  : keyof T & string;

/** What a node returns, or a promise of it. */
export type Returned<Update> = MaybePromise<
  | UpdateFor<Update>
  | AnyCommand
  | readonly (UpdateFor<Update> | AnyCommand)[]
  | void
  | undefined
  | null
>;

/** A node whose result is still to be inferred. */
export type NodeFunction<State, R, Context> = (state: State, config: NodeConfig<Context>) => R;
