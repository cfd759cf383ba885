import type { NodeIdentity, Plan } from '../plan/plan.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { ContextInit } from '../state/context.ts';
import type { NodeOptions } from './graphOptions.ts';
import type { StateInit } from '../state/stateTypes.ts';
import type { NodeAction, RouterAction } from '../model/node.ts';

/** A compiled graph, as far as a graph that has it as a node must know it. */
export interface Subgraph {
  readonly plan: Plan;
  readonly definition: GraphDefinition;
  /** What it was given by `withConfig`. */
  readonly defaults: RunConfig;
}

/** A node as it was added. */
export interface NodeDefinition {
  readonly name: string;
  readonly action: NodeAction | undefined;
  readonly subgraph: Subgraph | undefined;
  readonly options: NodeOptions;
  /** Tells it from every other node that was added, whatever their names and code. */
  readonly identity: NodeIdentity;
}

/** A set of routes as it was added. */
export interface RouterDefinition {
  readonly source: string;
  readonly action: RouterAction;
  /** Result → node name; absent if the router returns node names. */
  readonly paths: ReadonlyMap<string, string> | undefined;
}

/** Everything that was said of a graph, in the order in which it was said. */
export interface GraphDefinition {
  /** What it was said to. */
  readonly builder?: object;
  readonly state: StateInit;
  readonly input: StateInit | undefined;
  readonly output: StateInit | undefined;
  readonly context: ContextInit | undefined;
  readonly nodes: ReadonlyMap<string, NodeDefinition>;
  readonly edges: readonly (readonly [source: string, target: string])[];
  readonly barriers: readonly {
    readonly sources: readonly string[];
    readonly target: string;
  }[];
  readonly routers: readonly RouterDefinition[];
}
