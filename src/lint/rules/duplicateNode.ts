import type { BuilderCall } from '../../loader/source/graphDraft.ts';
import { textOf } from '../lintGraph.ts';
import type { Rule } from '../rule.ts';
import { isPlaced, spanOf } from '../syntax.ts';

/** Two nodes of a graph with one name. */
export const duplicateNode: Rule = {
  id: 'duplicate-node',
  severity: 'error',
  sameAs: ['DUPLICATE_NODE'],
  title: 'Two nodes of a graph have the same name',
  cause:
    'Edges, routers and checkpoints know a node by its name; `addNode` refuses one that is there already.',
  cure: 'Give one of them another name.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('work', () => ({ n: 1 }))
  .addNode('work', () => ({ n: 2 }))
  .addEdge(START, 'work')
  .compile();`,
  *check({ graphs }) {
    for (const { builder } of graphs) {
      const seen = new Map<string, BuilderCall>();
      for (const call of builder.calls) {
        const [first] = call.args;
        const name = call.method === 'addNode' ? textOf(first?.value) : undefined;
        if (name === undefined || !first || !isPlaced(first.at)) continue;
        const before = seen.get(name);
        seen.set(name, call);
        if (!before || !isChained(before, call)) continue;
        yield {
          at: spanOf(first.at),
          message: `A node "${name}" was added before: addNode() refuses a second one of that name.`,
        };
      }
    }
  },
};

/** Both are made in any case: of calls that stand apart, a condition may choose one. */
function isChained(before: BuilderCall, call: BuilderCall): boolean {
  return (
    isPlaced(before.at) &&
    isPlaced(call.at) &&
    spanOf(before.at).start === spanOf(call.at).start &&
    spanOf(before.at).end < spanOf(call.at).end
  );
}
