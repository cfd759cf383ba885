import type { Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { removeCall } from '../textEdits.ts';

/** `Command.goto` in a node that has an edge as well. */
export const gotoBesideEdge: Rule = {
  id: 'goto-beside-edge',
  severity: 'warning',
  title: 'A node goes somewhere by command, and its edge is taken as well',
  cause:
    'The `goto` of a `Command` adds to the edges of its node and does not replace them: the target of the ' +
    'edge runs as well, in the same superstep.',
  cure: 'Leave the edge out, and name its target in the `goto` where it is meant.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('check', () => new Command({ goto: 'mend' }), { ends: ['mend'] })
  .addNode('mend', () => ({}))
  .addNode('send', () => ({}))
  .addEdge(START, 'check')
  .addEdge('check', 'send')
  .addEdge('mend', 'send')
  .compile();`,
  *check({ graphs, text }) {
    for (const { nodes, edges } of graphs) {
      for (const edge of edges) {
        const node = nodes.get(edge.source);
        if (edge.target === '__end__' || !node?.code) continue;
        const destinations = node.code.gotos().flatMap((goto) => goto.destinations);
        const other = destinations.find(({ name, isSend }) => !isSend && name !== edge.target);
        if (!other) continue;
        const where = other.name === '__end__' ? 'END' : `"${other.name}"`;
        const results = node.code.updates();
        const always = node.code.gotos().length === results.length && !results.includes(undefined);
        const isReachedAnyway = edges.some(
          ({ source, target }) => target === edge.target && source !== edge.source,
        );
        yield {
          at: spanOf(edge.call.method === 'addEdge' ? edge.targetAt : edge.call.name),
          message: `"${edge.source}" goes to ${where} by command, and this edge leads to "${edge.target}" as well: both happen. Leave the edge out and name "${edge.target}" in the goto where it is meant.`,
          ...(always &&
            isReachedAnyway &&
            edge.call.method === 'addEdge' && {
              fixes: [{ title: 'Remove the edge', edits: [removeCall(text, edge.call)] }],
            }),
        };
      }
    }
  },
};
