import type { LintGraph, LintNode } from './lintGraph.ts';

const END = '__end__';

/** Source → targets of the edges that are always taken. */
export function plainTargets({ edges }: LintGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map<string, Set<string>>();
  for (const { source, target } of edges) {
    const known = targets.get(source) ?? new Set();
    targets.set(source, known.add(target));
  }
  return targets;
}

/** Whether a node runs as soon as it is its turn; unknown options may say otherwise. */
export function runsAtOnce(node: LintNode | undefined): boolean {
  return node?.options !== undefined && !node.options.has('defer');
}

/** More than that many supersteps are not looked at: graphs that long are loops. */
const MAX_STEPS = 30;

/**
 * The nodes that run in each superstep after the given ones, as far as edges alone say so: whatever
 * else may run, these do. Ends where a node would run again that has run.
 */
export function* superstepsAfter(
  start: readonly string[],
  { graph, targets }: { graph: LintGraph; targets: ReadonlyMap<string, ReadonlySet<string>> },
): Generator<ReadonlySet<string>> {
  let step = new Set(start);
  for (let count = 0; count < MAX_STEPS && step.size > 0; count++) {
    yield step;
    const next = [...step].flatMap((name) => [...(targets.get(name) ?? [])]);
    step = new Set(next.filter((name) => name !== END && runsAtOnce(graph.nodes.get(name))));
  }
}

/** All that can be reached from some nodes by edges of any kind; unknown routers lead everywhere. */
export function reachable(
  from: Iterable<string>,
  successors: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const reached = new Set(from);
  for (const name of reached) for (const next of successors.get(name) ?? []) reached.add(next);
  return reached;
}

/**
 * Source → all that may follow it: edges, joins, path maps, `ends`, and what the code of routers and
 * nodes names. A node whose code is not known, or a router without a path map, may lead anywhere.
 */
export function allTargets(graph: LintGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const { nodes, edges, joins, routers } = graph;
  const targets = new Map<string, Set<string>>();
  const add = (source: string, names: Iterable<string>): void => {
    const known = targets.get(source) ?? new Set();
    for (const name of names) known.add(name);
    targets.set(source, known);
  };
  for (const { source, target } of edges) add(source, [target]);
  for (const { sources, target } of joins) for (const { name } of sources) add(name, [target]);
  for (const { source, paths } of routers) {
    if (paths === undefined || paths === 'unknown') add(source, nodes.keys());
    else
      add(
        source,
        [...paths.values()].map(({ target }) => target),
      );
  }
  for (const { name, code, options } of nodes.values()) {
    if (!code || !options || options.has('ends') || options.has('errorHandler'))
      add(name, nodes.keys());
    for (const { destinations, isWhole } of code?.gotos() ?? []) {
      add(name, isWhole ? destinations.map((each) => each.name) : nodes.keys());
    }
    for (const send of code?.sends() ?? []) add(name, [send.name]);
    if (code?.updates().includes(undefined)) add(name, nodes.keys());
  }
  return targets;
}
