import type { LintGraph } from '../lintGraph.ts';
import type { Fix, Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { reachable, Successors } from '../wiring.ts';

/** A node that no path from START leads to, as `compile` looks at it. */
export const unreachableNode: Rule = {
  id: 'unreachable-node',
  severity: 'error',
  sameAs: ['NO_ENTRY', 'UNREACHABLE_NODE'],
  title: 'A node that no path from START leads to, or no entry at all',
  cause:
    '`compile()` refuses a graph with nodes that can never run (`UNREACHABLE_NODE`), and one into which ' +
    'nothing leads from START (`NO_ENTRY`). What only a command goes to counts if it stands in the `ends` ' +
    'of the node that returns the command.',
  cure: 'Add the edge that is missing, or name the node in a path map or in `ends`.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('first', () => ({}))
  .addNode('second', () => ({}))
  .addEdge('first', 'second')
  .compile();`,
  *check({ graphs, text }) {
    for (const graph of graphs) {
      const { builder, nodes, isClosed } = graph;
      if (!isClosed || !builder.isCompiled || nodes.size === 0) continue;
      const successors = successorsOf(graph);
      if (!successors) continue;
      if (!successors.has('__start__')) {
        const compile = builder.calls.find(({ method }) => method === 'compile')!;
        yield {
          at: spanOf(compile.name),
          message:
            'Nothing leads from START into the graph: compile() refuses it. Add an edge from START.',
          fixes: entry(graph, { text, successors }),
        };
        continue;
      }
      const reached = reachable(['__start__'], successors);
      for (const { name, at } of nodes.values()) {
        if (reached.has(name)) continue;
        yield {
          at: spanOf(at),
          message: `No path from START leads to "${name}": compile() refuses the graph. Add an edge, or name it in a path map or in the ends of a node.`,
        };
      }
    }
  },
};

/** Source → targets; `undefined` where the text leaves some of them open. */
function successorsOf(graph: LintGraph) {
  const { builder, nodes, routers } = graph;
  // An error handler may go anywhere, and may be one for all nodes.
  if (builder.calls.some(({ method }) => method === 'setNodeDefaults')) return undefined;
  if (routers.some(({ paths }) => paths === 'unknown')) return undefined;
  const successors = new Successors(graph);
  for (const { name, options } of nodes.values()) {
    if (!options) return undefined;
    const ends = options.get('ends');
    if (!ends) {
      if (options.has('errorHandler')) successors.addAll(name);
      continue;
    }
    if (ends.value?.isGuess) return undefined;
    if (ends.value?.kind === 'object') successors.add(name, ends.value.entries.keys());
    else if (ends.value?.kind === 'array') {
      for (const { value } of ends.value.items) {
        if (value?.kind !== 'text') return undefined;
        successors.add(name, [value.text]);
      }
    } else return undefined;
  }
  return successors.targets;
}

/** The only node that nothing leads to is where it is meant to begin. */
function entry(
  { builder, nodes }: LintGraph,
  { text, successors }: { text: string; successors: ReadonlyMap<string, ReadonlySet<string>> },
): Fix[] {
  const targets = new Set([...successors.values()].flatMap((names) => [...names]));
  const [first, ...others] = [...nodes.values()].filter(({ name }) => !targets.has(name));
  const compile = builder.calls.find(({ method }) => method === 'compile')!;
  const at = spanOf((compile.at as unknown as { callee: { object: object } }).callee.object);
  if (!first || others.length > 0 || !/\bSTART\b/.test(text)) return [];
  // Between the chain and what comes after it: `.compile` stands on a line of its own, or beside.
  const gap = /^\s*/.exec(text.slice(at.end))?.[0] ?? '';
  const { start, end } = spanOf(first.at);
  const edge = `${gap}.addEdge(START, ${text.slice(start, end)})`;
  return [
    { title: `Begin with "${first.name}"`, edits: [{ start: at.end, end: at.end, text: edge }] },
  ];
}
