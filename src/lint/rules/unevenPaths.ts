import type { LintEdge, LintGraph } from '../lintGraph.ts';
import type { LintedFile } from '../lintedFile.ts';
import type { Fix, Rule } from '../rule.ts';
import type { TextEdit } from '../span.ts';
import { spanOf } from '../syntax.ts';
import { addOption, removeCall, replace } from '../textEdits.ts';
import { plainTargets, runsAtOnce, superstepsAfter } from '../wiring.ts';

/** A fan-in of paths of unequal length. */
export const unevenPaths: Rule = {
  id: 'uneven-paths',
  severity: 'warning',
  title: 'Paths of unequal length meet in a node, which runs more than once',
  cause:
    'A node runs in the superstep after any node that has an edge to it. Where two branches of one node ' +
    'have different lengths, the node in which they meet runs once for the short one, without the ' +
    'results of the long one, and again for the long one; so does all that follows.',
  cure:
    "Wait for both with a join, `addEdge(['a', 'b'], 'c')`, or give the node `defer: true`: then it waits " +
    'until nothing else is left to do.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('split', () => ({}))
  .addNode('fast', () => ({}))
  .addNode('slow', () => ({}))
  .addNode('slower', () => ({}))
  .addNode('merge', () => ({}))
  .addEdge(START, 'split')
  .addEdge('split', 'fast')
  .addEdge('split', 'slow')
  .addEdge('slow', 'slower')
  .addEdge('fast', 'merge')
  .addEdge('slower', 'merge')
  .compile();`,
  *check(file) {
    for (const graph of file.graphs) {
      const targets = plainTargets(graph);
      const told = new Set<string>();
      for (const [source, all] of targets) {
        const first = [...all].filter((name) => runsAtOnce(graph.nodes.get(name)));
        if (first.length < 2) continue;
        for (const name of twiceAfter(first, { graph, targets })) {
          const into = graph.edges.filter(({ target }) => target === name);
          if (told.has(name) || into.length < 2 || isBehind(into, told)) continue;
          told.add(name);
          const sources = into.map((edge) => `"${edge.source}"`).join(' and ');
          yield {
            at: spanOf(into.at(-1)!.targetAt),
            message: `"${name}" runs more than once: the paths from ${source === '__start__' ? 'START' : `"${source}"`} to it over ${sources} have unequal lengths. Join them with addEdge([…], "${name}"), or give it defer: true.`,
            fixes: fixesOf(name, { into, graph, file }),
          };
        }
      }
    }
  },
};

/** Nodes that run in two supersteps for certain, loops aside. */
function* twiceAfter(
  first: readonly string[],
  { graph, targets }: { graph: LintGraph; targets: ReturnType<typeof plainTargets> },
): Generator<string> {
  const seen = new Set<string>();
  for (const step of superstepsAfter(first, { graph, targets })) {
    for (const name of step) {
      if (seen.has(name) && !isInLoop(name, targets)) yield name;
      seen.add(name);
    }
  }
}

function isInLoop(name: string, targets: ReturnType<typeof plainTargets>): boolean {
  const reached = new Set(targets.get(name));
  for (const each of reached) for (const next of targets.get(each) ?? []) reached.add(next);
  return reached.has(name);
}

/** What comes after a node that runs more than once does so as well; that is told once. */
function isBehind(into: readonly LintEdge[], told: ReadonlySet<string>): boolean {
  return into.some(({ source }) => told.has(source));
}

function fixesOf(
  name: string,
  { into, graph, file }: { into: readonly LintEdge[]; graph: LintGraph; file: LintedFile },
): Fix[] {
  const defer = addOption(file.text, graph.nodes.get(name)!, 'defer: true');
  const fixes: Fix[] = [];
  const isPlain = into.every(
    ({ call, source }) => call.method === 'addEdge' && source !== '__start__',
  );
  if (isPlain) {
    const [first, ...others] = into as [LintEdge, ...LintEdge[]];
    const list = into.map(({ sourceAt }) => file.cut(sourceAt)).join(', ');
    const edits: TextEdit[] = [
      replace(first.sourceAt, `[${list}]`),
      ...others.map(({ call }) => removeCall(file.text, call)),
    ];
    fixes.push({ title: `Let "${name}" wait for all of them (join)`, edits });
  }
  if (defer) fixes.push({ title: `Let "${name}" run last (defer: true)`, edits: [defer] });
  return fixes;
}
