import type { CompiledStateGraph } from './compiledGraph.ts';
import type { GraphDefinition } from './definition.ts';
import { describe, type DrawableGraph } from './describe.ts';
import { Runnable } from './runnable.ts';

/** What a graph is made of: to draw it, and to find the graphs inside it. */
export abstract class GraphParts<Input = any, Output = any> extends Runnable<Input, Output> {
  /** What the graph was made of. */
  abstract readonly definition: GraphDefinition;

  /**
   * The graph's nodes and edges, for drawing.
   *
   * @param options.xray Shows the inside of subgraphs; a number limits the depth. Default `false`.
   * @example
   * ```ts
   * import { Annotation, END, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('a', () => ({ n: 1 }))
   *   .addEdge(START, 'a')
   *   .addEdge('a', END)
   *   .compile();
   * console.log(graph.getGraph().drawMermaid());
   * ```
   */
  getGraph(options: { xray?: boolean | number } = {}): DrawableGraph {
    return describe(this.definition, options.xray ?? false);
  }

  /** The same as {@link getGraph}, for code that awaits it. */
  async getGraphAsync(options: { xray?: boolean | number } = {}): Promise<DrawableGraph> {
    return this.getGraph(options);
  }

  /**
   * The graphs that are nodes of this one, with the names of their nodes.
   *
   * @param namespace Only the subgraph of this name, such as `outer|inner` (which needs `recurse`).
   * @param recurse Also those inside of them. Default `false`.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const State = Annotation.Root({ n: Annotation<number>() });
   * const inner = new StateGraph(State).addNode('a', () => ({ n: 1 })).addEdge(START, 'a').compile();
   * const graph = new StateGraph(State).addNode('inner', inner).addEdge(START, 'inner').compile();
   * for (const [name, subgraph] of graph.getSubgraphs()) console.log(name, subgraph === inner); // inner true
   * ```
   */
  *getSubgraphs(
    namespace?: string,
    recurse = false,
  ): Generator<[name: string, graph: CompiledStateGraph]> {
    for (const { name, subgraph } of this.definition.nodes.values()) {
      const isAround = namespace?.startsWith(`${name}|`) ?? true;
      if (!isGraph(subgraph) || !(isAround || namespace === name)) continue;
      if (namespace === undefined || namespace === name) yield [name, subgraph];
      if (!recurse || namespace === name) continue;
      for (const [inner, graph] of subgraph.getSubgraphs(namespace?.slice(name.length + 1), true)) {
        yield [`${name}|${inner}`, graph];
      }
    }
  }

  /** The same as {@link getSubgraphs}, for code that awaits it. */
  async *getSubgraphsAsync(
    namespace?: string,
    recurse = false,
  ): AsyncGenerator<[name: string, graph: CompiledStateGraph]> {
    yield* this.getSubgraphs(namespace, recurse);
  }
}

/** One of this copy of the library, which has such parts too. */
function isGraph(value: unknown): value is CompiledStateGraph {
  return value instanceof GraphParts;
}
