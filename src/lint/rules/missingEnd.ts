import type { ArrayExpression } from '@babel/types';
import { textOf, type LintNode } from '../lintGraph.ts';
import type { Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';

/** A `goto` to a node that its `ends` leave out. */
export const missingEnd: Rule = {
  id: 'missing-end',
  severity: 'warning',
  title: 'A goto names a node that the ends leave out',
  cause:
    'The `ends` of a node say where its commands may go: diagrams draw edges to them, and `compile()` ' +
    'takes them for reachable. The command works all the same, but the diagram is wrong.',
  cure: 'Add the node to the `ends`.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('check', ({ n }) => new Command({ goto: n > 1 ? 'send' : 'mend' }), { ends: ['mend'] })
  .addNode('mend', () => ({}))
  .addNode('send', () => ({}))
  .addEdge(START, 'check')
  .addEdge('mend', 'send')
  .compile();`,
  *check({ graphs }) {
    for (const { nodes } of graphs) {
      for (const node of nodes.values()) {
        const ends = endsOf(node);
        const told = new Set<string>();
        if (!ends) continue;
        for (const { name, at } of [
          ...(node.code?.gotos().flatMap((goto) => goto.destinations) ?? []),
          ...(node.code?.sends() ?? []),
        ]) {
          if (ends.names.has(name) || name === '__end__' || told.has(name) || !nodes.has(name))
            continue;
          told.add(name);
          const { end } = spanOf(ends.at);
          const isFirst = ends.at.elements.length === 0;
          const text = `${isFirst ? '' : ', '}'${name}'`;
          const last = ends.at.elements.at(-1);
          const start = last ? spanOf(last).end : end - 1;
          yield {
            at: spanOf(at),
            message: `"${node.name}" goes to "${name}", which its ends do not name: the diagram lacks this edge. Add it to the ends.`,
            fixes: [{ title: `Add "${name}" to the ends`, edits: [{ start, end: start, text }] }],
          };
        }
      }
    }
  },
};

/** The list of ends, if it is written with the node. */
function endsOf({ options, call }: LintNode) {
  const ends = options?.get('ends')?.value;
  if (ends?.kind !== 'array' || ends.isGuess) return undefined;
  const names = ends.items.map(({ value }) => textOf(value));
  const given = call?.args[2]?.at as { type?: string; properties?: readonly unknown[] } | undefined;
  const property = given?.properties?.find(
    (each) => (each as { key?: { name?: string } }).key?.name === 'ends',
  ) as { value?: { type: string } } | undefined;
  if (names.includes(undefined) || property?.value?.type !== 'ArrayExpression') return undefined;
  return { names: new Set(names), at: property.value as ArrayExpression };
}
