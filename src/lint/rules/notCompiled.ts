import type { Node } from '@babel/types';
import type { Fix, Rule } from '../rule.ts';
import type { LintGraph } from '../lintGraph.ts';
import { spanOf } from '../syntax.ts';

/** A graph file that exports what it has not compiled. */
export const notCompiled: Rule = {
  id: 'not-compiled',
  severity: 'information',
  sameAs: ['BUILDER_NOT_COMPILED'],
  title: 'A graph is exported without compile()',
  cause:
    'What is exported is the builder. Superstep compiles it to run it, but without options: it has no ' +
    'checkpointer and no name, and other code that imports it cannot call `invoke`.',
  cure: 'Export what `compile()` returns.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('count', () => ({ n: 1 }))
  .addEdge(START, 'count');`,
  *check({ graphs, isGraphFile }) {
    for (const graph of graphs) {
      const { builder } = graph;
      if (!isGraphFile || builder.isCompiled || builder.isOpen) continue;
      if (builder.exportName === undefined || graph.nodes.size === 0) continue;
      const { name, at } = builder.calls.at(-1)!;
      yield {
        at: spanOf(name),
        message: `"${builder.exportName}" is exported without compile(): it gets no options, and cannot be invoked by what imports it.`,
        fixes: isOneChain(graph, at as Node),
      };
    }
  },
};

/** Only a chain whose value is exported may end in another one: of single statements nothing is. */
function isOneChain({ builder }: LintGraph, last: Node): Fix[] {
  const inChain = new Set<unknown>();
  for (let node: Node | undefined = last; node;) {
    inChain.add(node);
    const callee: Node | undefined = node.type === 'CallExpression' ? node.callee : undefined;
    node = callee?.type === 'MemberExpression' ? callee.object : undefined;
  }
  const made = [...inChain].at(-1) as Node;
  if (made.type !== 'NewExpression' || !builder.calls.every(({ at }) => inChain.has(at))) return [];
  const { end } = spanOf(last);
  return [{ title: 'Compile it', edits: [{ start: end, end, text: '.compile()' }] }];
}
