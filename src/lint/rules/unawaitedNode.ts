import type { LintGraph, LintNode } from '../lintGraph.ts';
import type { LintedFile } from '../lintedFile.ts';
import type { Finding, Fix, Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { plainTargets, runsAtOnce } from '../wiring.ts';

/** A branch that ends by itself, beside others that meet. */
export const unawaitedNode: Rule = {
  id: 'unawaited-node',
  severity: 'information',
  title: 'A node that runs beside others, and that nobody waits for',
  cause:
    'Branches of one node meet in another, but one of them leads nowhere: what it writes is not there yet, or ' +
    'not for certain, when the others are brought together.',
  cure:
    "Add the node to those that are waited for, `addEdge(['a', 'b', 'c'], 'merge')`, or say by an edge to END " +
    'that nobody is to wait.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('web', () => ({}))
  .addNode('files', () => ({}))
  .addNode('mails', () => ({}))
  .addNode('merge', () => ({}))
  .addEdge(START, 'web')
  .addEdge(START, 'files')
  .addEdge(START, 'mails')
  .addEdge(['web', 'files'], 'merge')
  .addEdge('merge', END)
  .compile();`,
  *check(file) {
    for (const graph of file.graphs) if (graph.isClosed) yield* checkGraph(graph, file);
  },
};

function* checkGraph(graph: LintGraph, file: LintedFile): Generator<Finding> {
  const targets = plainTargets(graph);
  const told = new Set<string>();
  for (const all of targets.values()) {
    const branches = [...all].filter((name) => runsAtOnce(graph.nodes.get(name)));
    const loose = branches.filter((name) => leadsNowhere(graph.nodes.get(name)!, graph));
    const meeting = loose.length > 0 ? meetingOf(branches, graph) : undefined;
    if (!meeting) continue;
    for (const name of loose) {
      if (told.has(name)) continue;
      told.add(name);
      const others = meeting.sources.map((each) => `"${each}"`).join(' and ');
      yield {
        at: spanOf(graph.nodes.get(name)!.at),
        message: `"${meeting.target}" comes after ${others}, which run beside "${name}", and does not wait for that: nothing comes after it. Add it to those that are waited for, or an edge to END if nobody is to wait.`,
        fixes: fixesOf(name, meeting.target, { graph, file }),
      };
    }
  }
}

/** Whether nothing comes after a node, not even the end. */
function leadsNowhere({ name, code, options, subgraph }: LintNode, graph: LintGraph): boolean {
  const { edges, joins, routers } = graph;
  if (!options || options.has('ends') || options.has('errorHandler')) return false;
  // What code is not known, and no graph, may go anywhere.
  if (!code && !subgraph) return false;
  if (code && (code.gotos().length > 0 || code.sends().length > 0)) return false;
  if (code?.updates().includes(undefined)) return false;
  return ![
    ...edges.map(({ source }) => source),
    ...joins.flatMap(({ sources }) => sources.map((each) => each.name)),
    ...routers.map(({ source }) => source),
  ].includes(name);
}

/** A node in which several of some branches meet at once. */
function meetingOf(branches: readonly string[], { edges, joins }: LintGraph) {
  const join = joins.find(
    ({ sources }) => sources.length > 1 && sources.every(({ name }) => branches.includes(name)),
  );
  if (join) return { target: join.target, sources: join.sources.map(({ name }) => name) };
  const bySource = new Map<string, string[]>();
  for (const { source, target } of edges) {
    if (target === '__end__' || !branches.includes(source) || branches.includes(target)) continue;
    bySource.set(target, [...(bySource.get(target) ?? []), source]);
  }
  const [met] = [...bySource].filter(([, sources]) => sources.length > 1);
  return met && { target: met[0], sources: met[1] };
}

/** Adds it to the join. */
function fixesOf(
  name: string,
  target: string,
  { graph, file }: { readonly graph: LintGraph; readonly file: LintedFile },
): Fix[] {
  const join = graph.joins.find((each) => each.target === target);
  const last = join?.sources.at(-1);
  const node = graph.nodes.get(name)!;
  if (!last || node.at.type !== 'StringLiteral') return [];
  const { end } = spanOf(last.at);
  const edits = [{ start: end, end, text: `, ${file.cut(node.at)}` }];
  return [{ title: `Let "${target}" wait for "${name}" too`, edits }];
}
