import type { LintGraph, LintJoin, LintRouter } from '../lintGraph.ts';
import type { Finding, Fix, Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { addOption } from '../textEdits.ts';
import type { LintedFile } from '../lintedFile.ts';
import { allTargets, reachable } from '../wiring.ts';

/** `addEdge([a, b], c)`, where a router may leave out `a`. */
export const skippedJoin: Rule = {
  id: 'skipped-join',
  severity: 'warning',
  title: 'A join waits for a node that may be skipped',
  cause:
    "`addEdge(['a', 'b'], 'c')` runs `c` when both `a` and `b` have run. Where a router chooses " +
    'between them, or leaves one out, the join waits in vain: the run ends without an error, and `c` has ' +
    'never run.',
  cure:
    'Draw an edge from each node instead, and give the target `defer: true` if it has to wait for ' +
    'those that do run.',
  example: `const State = Annotation.Root({ text: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('short', () => ({}))
  .addNode('long', () => ({}))
  .addNode('send', () => ({}))
  .addConditionalEdges(START, ({ text }) => (text.length > 80 ? 'long' : 'short'), ['short', 'long'])
  .addEdge(['short', 'long'], 'send')
  .compile();`,
  *check(file) {
    for (const graph of file.graphs) {
      if (!graph.isClosed || graph.joins.length === 0) continue;
      const targets = allTargets(graph);
      const entries = entriesByTarget(graph);
      for (const join of graph.joins) yield* checkJoin(join, { graph, targets, entries, file });
    }
  },
};

/** How a node can be come to: no more than two ways are told. */
type Entries = (target: string) => readonly Entry[];
type Entry = 'other' | LintRouter;

function entriesByTarget({ edges, joins, routers, nodes }: LintGraph): Entries {
  const entries = new Map<string, Entry[]>();
  /** What may lead to any node, but to itself. */
  const anywhere: { readonly source?: string; readonly entry: Entry }[] = [];
  const add = (target: string, entry: Entry): void => {
    const known = entries.get(target);
    if (known) known.push(entry);
    else entries.set(target, [entry]);
  };
  for (const { target } of edges) add(target, 'other');
  for (const { target } of joins) add(target, 'other');
  for (const router of routers) {
    const { paths } = router;
    if (typeof paths !== 'object') anywhere.push({ entry: router });
    else {
      const names = [...paths.values()].map(({ target }) => target);
      for (const name of new Set(names)) add(name, router);
    }
  }
  for (const { name, code, options } of nodes.values()) {
    const isKnown = code && options && !options.has('ends') && !code.updates().includes(undefined);
    const gotos = code?.gotos() ?? [];
    if (!isKnown || gotos.some(({ isWhole }) => !isWhole)) {
      anywhere.push({ source: name, entry: 'other' });
      continue;
    }
    for (const { destinations } of gotos) for (const each of destinations) add(each.name, 'other');
    for (const send of code.sends()) add(send.name, 'other');
  }
  // Of three at least two lead to any one of the nodes, and more need not be known.
  const some = anywhere.slice(0, 3);
  return (target) => [
    ...(entries.get(target) ?? []),
    ...some
      .filter(({ source }) => nodes.has(target) && source !== target)
      .map(({ entry }) => entry),
  ];
}

function* checkJoin(
  { sources, target, call, targetAt }: LintJoin,
  {
    graph,
    targets,
    entries,
    file,
  }: {
    graph: LintGraph;
    targets: ReadonlyMap<string, ReadonlySet<string>>;
    entries: Entries;
    file: LintedFile;
  },
): Generator<Finding> {
  for (const { name, at } of sources) {
    const [router, ...others] = entries(name);
    if (router === undefined || router === 'other' || others.length > 0) continue;
    const outcome = outcomesOf(router)?.find((each) => !each.has(name));
    if (!outcome) continue;
    const follows = reachable(outcome, targets);
    const fromStart = reachable(['__start__'], targets, router.source);
    // What is left out now may be chosen in the next round of a loop.
    if (follows.has(name) || follows.has(router.source) || fromStart.has(name)) continue;
    const waits = sources.find((each) => each.name !== name && follows.has(each.name));
    if (!waits) continue;
    const chosen = [...outcome]
      .map((each) => (each === '__end__' ? 'END' : `"${each}"`))
      .join(', ');
    const who = router.source === '__start__' ? 'START' : `"${router.source}"`;
    yield {
      at: spanOf(at),
      message: `"${target}" waits for "${name}", which does not run when the router of ${who} chooses ${chosen || 'nothing'}: then "${target}" never runs. Draw an edge from each node instead.`,
      fixes: separate({ sources, target, call, targetAt }, { graph, file }),
    };
    return;
  }
}

/** What a router may choose: one set for each of its results; `undefined` if that is not known. */
function outcomesOf({ code, paths }: LintRouter): Set<string>[] | undefined {
  if (!code || paths === 'unknown') return undefined;
  const outcomes: Set<string>[] = [];
  for (const result of code.results()) {
    const { destinations, isWhole } = result
      ? code.destinationsIn(result)
      : { destinations: [], isWhole: false };
    if (!isWhole) return undefined;
    const names = destinations.map(({ name, isSend }) =>
      paths && !isSend ? (paths.get(name)?.target ?? name) : name,
    );
    outcomes.push(new Set(names));
  }
  return outcomes;
}

function separate(
  { sources, target, call, targetAt }: LintJoin,
  { graph, file }: { graph: LintGraph; file: LintedFile },
): Fix[] {
  const node = graph.nodes.get(target);
  const defer = node && addOption(file.text, node, 'defer: true');
  const list = call.args[0]?.at;
  const { end } = spanOf(call.at);
  const [first, ...others] = sources.map(({ at }) => file.cut(at));
  if (!defer || !list || !first || node.options?.has('defer')) return [];
  const more = others.map((source) => `.addEdge(${source}, ${file.cut(targetAt)})`).join('');
  return [
    {
      title: `Draw an edge from each, and let "${target}" wait for those that run`,
      edits: [{ ...spanOf(list), text: first }, { start: end, end, text: more }, defer],
    },
  ];
}
