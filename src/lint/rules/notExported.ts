import type { Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';

/** A graph file that compiles graphs and exports none. */
export const notExported: Rule = {
  id: 'not-exported',
  severity: 'warning',
  sameAs: ['NO_GRAPH'],
  title: 'A graph file exports no graph',
  cause: 'Superstep runs what a graph file exports; a graph that stays inside cannot be run.',
  cure: 'Write `export` before its declaration.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

const graph = new StateGraph(State)
  .addNode('count', () => ({ n: 1 }))
  .addEdge(START, 'count')
  .compile();`,
  *check({ compiled, graphs, statements, isGraphFile, isCommonJs }) {
    const isExported = [...compiled, ...graphs.map(({ builder }) => builder)].some(
      ({ exportName }) => exportName !== undefined,
    );
    if (!isGraphFile || isExported || isCommonJs) return;
    for (const { localName, isTemplate } of compiled) {
      const statement = statements.find(
        (each) =>
          each.type === 'VariableDeclaration' &&
          each.declarations.some(({ id }) => id.type === 'Identifier' && id.name === localName),
      );
      if (localName === undefined || isTemplate || statement?.type !== 'VariableDeclaration')
        continue;
      const id = statement.declarations.find(
        (each) => each.id.type === 'Identifier' && each.id.name === localName,
      )!.id;
      const { start } = spanOf(statement);
      yield {
        at: spanOf(id),
        message: `The file exports no graph, so none can be run: write export before "${localName}"`,
        fixes: [{ title: 'Export it', edits: [{ start, end: start, text: 'export ' }] }],
      };
      return;
    }
  },
};
