import type { GraphDefinition } from '../engine/graph/definition.ts';
import { describe } from '../engine/graph/describe.ts';
import { END } from '../engine/model/constants.ts';
import type { GraphRun } from './graphRun.ts';

/** How often each part of a graph was reached, in its subgraphs as well. */
export interface GraphCoverage {
  /** By id, such as `judge`, or `review:judge` in a subgraph: how often the node ran. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Edges, and ways that routers and commands may take, by the ids of their nodes. */
  readonly edges: readonly {
    readonly source: string;
    readonly target: string;
    /** A router or a command decides whether it is taken. */
    readonly conditional: boolean;
    readonly count: number;
  }[];
}

/** What a run has reached. */
export function coverageOf(definition: GraphDefinition, run: GraphRun): GraphCoverage {
  const nodes: Record<string, number> = {};
  const edges: GraphCoverage['edges'][number][] = [];
  const add = (of: GraphDefinition, prefix: string): void => {
    for (const { source, target, conditional } of describe(of, 0).edges) {
      const ids = [prefix + source, prefix + target] as const;
      // Where nothing else follows, the end does, without an edge.
      const ended = target === END && !conditional ? run.ran(ids[0]) : 0;
      const count = Math.max(run.took(...ids), ended);
      edges.push({ source: ids[0], target: ids[1], conditional, count });
    }
    for (const { name, subgraph } of of.nodes.values()) {
      nodes[prefix + name] = run.ran(prefix + name);
      if (subgraph) add(subgraph.definition, `${prefix}${name}:`);
    }
  };
  add(definition, '');
  return { nodes, edges };
}
