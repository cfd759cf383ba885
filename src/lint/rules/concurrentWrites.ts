import type { Node } from '@babel/types';
import type { LintGraph, LintKey } from '../lintGraph.ts';
import type { Finding, Fix, Rule } from '../rule.ts';
import { isPlaced, spanOf, walk } from '../syntax.ts';
import { plainTargets, runsAtOnce, superstepsAfter } from '../wiring.ts';

/** Several tasks of one superstep write a key that has no reducer. */
export const concurrentWrites: Rule = {
  id: 'concurrent-writes',
  severity: 'error',
  sameAs: ['INVALID_CONCURRENT_GRAPH_UPDATE'],
  title: 'Nodes that run at once write a key without a reducer',
  cause:
    'All tasks of a superstep write to the state together. A key without a reducer can take one value ' +
    'only, so two of them end the run with `INVALID_CONCURRENT_GRAPH_UPDATE`. Nodes run at once where ' +
    'edges of one node lead to them, and one node does where a router sends a list to it.',
  cure:
    'Give the key a reducer that joins the values, let each node write a key of its own, or let one ' +
    'node run after the other.',
  example: `const State = Annotation.Root({ found: Annotation<string[]>() });

export const graph = new StateGraph(State)
  .addNode('web', () => ({ found: ['a page'] }))
  .addNode('files', () => ({ found: ['a file'] }))
  .addEdge(START, 'web')
  .addEdge(START, 'files')
  .compile();`,
  *check({ graphs }) {
    for (const graph of graphs) {
      yield* sideBySide(graph);
      yield* mapped(graph);
    }
  },
};

function* sideBySide(graph: LintGraph): Generator<Finding> {
  const targets = plainTargets(graph);
  const written = new Map(
    [...graph.nodes.values()].map(({ name, code }) => [name, code?.keysAlwaysWritten()] as const),
  );
  const told = new Set<string>();
  for (const [, all] of targets) {
    const first = [...all].filter((name) => runsAtOnce(graph.nodes.get(name)));
    if (first.length < 2) continue;
    for (const step of superstepsAfter(first, { graph, targets })) {
      if (step.size < 2) break;
      const writers = new Map<string, string[]>();
      for (const name of step) {
        for (const key of written.get(name)?.keys() ?? []) {
          writers.set(key, [...(writers.get(key) ?? []), name]);
        }
      }
      for (const [key, names] of writers) {
        const known = lastValueKey(graph, key);
        if (names.length < 2 || !known || told.has(key)) continue;
        told.add(key);
        const at = written.get(names[1]!)!.get(key)!;
        const nodes = names.map((name) => `"${name}"`).join(' and ');
        yield {
          at: spanOf(at),
          message: `${nodes} run in the same superstep and both write "${key}", which has no reducer: the run ends with INVALID_CONCURRENT_GRAPH_UPDATE. Give the key a reducer, or each node a key of its own.`,
          fixes: appending(known),
        };
      }
    }
  }
}

/** A node that a list is sent to. */
function* mapped(graph: LintGraph): Generator<Finding> {
  const routers = graph.routers.flatMap(({ code }) => code ?? []);
  const nodes = [...graph.nodes.values()].flatMap(({ code }) => code ?? []);
  const told = new Set<string>();
  for (const code of new Set([...routers, ...nodes])) {
    const inMaps = mapCallbacks(code.code);
    for (const { name, at } of code.sends()) {
      if (!inMaps.some(({ start, end }) => start! <= at.start! && at.end! <= end!)) continue;
      const written = graph.nodes.get(name)?.code?.keysAlwaysWritten() ?? [];
      for (const [key, keyAt] of written) {
        const known = lastValueKey(graph, key);
        if (!known || told.has(key)) continue;
        told.add(key);
        yield {
          at: spanOf(keyAt),
          message: `"${name}" is sent a list, so it runs several times in one superstep, and each writes "${key}", which has no reducer: with more than one item the run ends with INVALID_CONCURRENT_GRAPH_UPDATE. Give the key a reducer.`,
          fixes: appending(known),
        };
      }
    }
  }
}

function mapCallbacks(code: Node): Node[] {
  const found: Node[] = [];
  walk(code, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { property } = node.callee;
    const isMap = property.type === 'Identifier' && property.name === 'map';
    // The length of what is written down is known: it may be one.
    if (isMap && node.callee.object.type !== 'ArrayExpression') found.push(...node.arguments);
  });
  return found;
}

/** A key of which the last value stays, in whatever schema it is declared. */
function lastValueKey({ state, hasOtherReducers }: LintGraph, name: string): LintKey | undefined {
  const key = state?.get(name);
  return key?.reducer === 'none' && !hasOtherReducers ? key : undefined;
}

/** For a list: it is appended to. */
function appending({ value }: LintKey): Fix[] {
  if (value?.kind !== 'key' || !value.type.type.endsWith('[]') || !isPlaced(value.at)) return [];
  const end = spanOf(value.at).end - 1;
  const text = '{ reducer: (a, b) => a.concat(b), default: () => [] }';
  return [{ title: 'Append to the list', edits: [{ start: end, end, text }] }];
}
