import type { Node } from '@babel/types';
import { didYouMean } from '../../engine/model/errors.ts';
import type { LintGraph, LintRouter } from '../lintGraph.ts';
import type { Fix, Rule } from '../rule.ts';
import { bare, spanOf } from '../syntax.ts';

/** A router that returns what its path map does not have. */
export const unmappedResult: Rule = {
  id: 'unmapped-result',
  severity: 'error',
  sameAs: ['INVALID_ROUTE'],
  title: 'A router returns what its path map does not have',
  cause:
    'With a path map, each result of the router is looked up in it; a list stands for results that are ' +
    'names of nodes. A result that is not in it ends the run with `INVALID_ROUTE`.',
  cure: 'Add the result to the path map, or return one that it has.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('ask', () => ({}))
  .addNode('answer', () => ({}))
  .addEdge(START, 'ask')
  .addConditionalEdges('ask', ({ n }) => (n > 3 ? 'answer' : END), ['answer'])
  .compile();`,
  *check({ graphs }) {
    for (const graph of graphs) {
      for (const router of graph.routers) {
        const { code, paths, source } = router;
        if (!code || typeof paths !== 'object') continue;
        // A function that routes elsewhere as well may mean a result for there.
        const others = graphs
          .flatMap((each) => each.routers)
          .filter((each) => each !== router && each.code?.code === code.code);
        const told = new Set<string>();
        for (const { result, at } of resultsOf(router)) {
          if (paths.has(result) || told.has(result) || others.some(mayMap(result))) continue;
          told.add(result);
          const who = source === '__start__' ? 'START' : `"${source}"`;
          const has = [...paths.keys()].map(shown).join(', ');
          yield {
            at: spanOf(at),
            message: `The router of ${who} returns ${shown(result)}, which its path map does not have (it has ${has})${didYouMean(result, paths.keys()) || '; add it, or return one of these'}`,
            fixes: addition({ result, at }, router, graph),
          };
        }
      }
    }
  },
};

function mayMap(result: string) {
  return ({ paths }: LintRouter): boolean => typeof paths !== 'object' || paths.has(result);
}

interface Result {
  readonly result: string;
  readonly at: Node;
}

function resultsOf({ code }: LintRouter): Result[] {
  return code!.results().flatMap((result) => {
    if (!result) return [];
    const value = bare(result);
    if (value.type === 'BooleanLiteral' || value.type === 'NumericLiteral') {
      return [{ result: String(value.value), at: value }];
    }
    return code!
      .destinationsIn(value)
      .destinations.flatMap(({ name, at, isSend }) => (isSend ? [] : [{ result: name, at }]));
  });
}

function shown(name: string): string {
  return name === '__end__' ? 'END' : name === '__start__' ? 'START' : `"${name}"`;
}

/** Adds the result where it is the name of a node as well. */
function addition({ result, at }: Result, { pathsAt }: LintRouter, { nodes }: LintGraph): Fix[] {
  const isEnd = result === '__end__';
  if (!pathsAt || (!isEnd && !nodes.has(result))) return [];
  // What stands for END in the router may mean something else at the map.
  const name = isEnd ? (at.type === 'Identifier' ? at.name : undefined) : `'${result}'`;
  if (name === undefined) return [];
  const title = `Add ${shown(result)} to the path map`;
  if (pathsAt.type === 'ArrayExpression') {
    const last = pathsAt.elements.at(-1);
    const start = last ? spanOf(last).end : spanOf(pathsAt).end - 1;
    return [{ title, edits: [{ start, end: start, text: `${last ? ', ' : ''}${name}` }] }];
  }
  if (pathsAt.type !== 'ObjectExpression') return [];
  const last = pathsAt.properties.at(-1);
  const start = last ? spanOf(last).end : spanOf(pathsAt).start + 1;
  const entry = `${isEnd ? `[${name}]` : name}: ${name}`;
  return [{ title, edits: [{ start, end: start, text: `${last ? ', ' : ' '}${entry}` }] }];
}
