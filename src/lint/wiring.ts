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

type Targets = ReadonlyMap<string, ReadonlySet<string>>;

/** Stands between what may lead anywhere and all nodes, so that not each such place names each node. */
const ANYWHERE = '\0anywhere';

/**
 * All that can be reached from some nodes.
 * @param without A node after which nothing comes.
 */
export function reachable(
  from: Iterable<string>,
  targets: Targets,
  without?: string,
): ReadonlySet<string> {
  const reached = new Set(from);
  for (const name of reached) {
    if (name !== without) for (const next of targets.get(name) ?? []) reached.add(next);
  }
  return reached;
}

/** Source → all that may follow it: those of edges, joins and routers, and what is added. */
export class Successors {
  readonly #graph: LintGraph;
  readonly #targets = new Map<string, Set<string>>();

  constructor(graph: LintGraph) {
    this.#graph = graph;
    const { edges, joins, routers } = graph;
    for (const { source, target } of edges) this.add(source, [target]);
    for (const { sources, target } of joins) {
      for (const { name } of sources) this.add(name, [target]);
    }
    for (const { source, paths } of routers) {
      if (typeof paths !== 'object') this.addAll(source);
      else for (const { target } of paths.values()) this.add(source, [target]);
    }
  }

  get targets(): Targets {
    return this.#targets;
  }

  add(source: string, targets: Iterable<string>): void {
    const known = this.#targets.get(source) ?? new Set();
    for (const target of targets) known.add(target);
    this.#targets.set(source, known);
  }

  /** Any node may follow. */
  addAll(source: string): void {
    if (!this.#targets.has(ANYWHERE)) this.add(ANYWHERE, this.#graph.nodes.keys());
    this.add(source, [ANYWHERE]);
  }
}

/**
 * Source → all that may follow it: edges, joins, path maps, `ends`, and what the code of routers and
 * nodes names. A node whose code is not known, or a router without a path map, may lead anywhere. For
 * {@link reachable}; its size grows with the text.
 */
export function allTargets(graph: LintGraph): Targets {
  const successors = new Successors(graph);
  for (const { name, code, options } of graph.nodes.values()) {
    if (!code || !options || options.has('ends') || options.has('errorHandler')) {
      successors.addAll(name);
    }
    for (const { destinations, isWhole } of code?.gotos() ?? []) {
      if (!isWhole) successors.addAll(name);
      else
        successors.add(
          name,
          destinations.map((each) => each.name),
        );
    }
    for (const send of code?.sends() ?? []) successors.add(name, [send.name]);
    if (code?.updates().includes(undefined)) successors.addAll(name);
  }
  return successors.targets;
}
