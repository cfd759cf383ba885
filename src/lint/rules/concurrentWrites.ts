import type { Destination } from '../functionCode.ts';
import type { LintGraph, LintKey, LintNode, Path } from '../lintGraph.ts';
import { listSends } from '../listSends.ts';
import type { Finding, Fix, Rule } from '../rule.ts';
import { isPlaced, spanOf } from '../syntax.ts';
import { removeElement } from '../textEdits.ts';
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
  *check({ graphs, text }) {
    for (const graph of graphs) {
      const told = new Set<string>();
      yield* sideBySide(graph, told);
      yield* startedTogether(graph, told);
      yield* mapped(graph, told);
      yield* handedBack(graph, text);
    }
  },
};

/** Nodes that edges start together. */
function* sideBySide(graph: LintGraph, told: Set<string>): Generator<Finding> {
  const targets = plainTargets(graph);
  const written = new Map(
    [...graph.nodes.values()].map(({ name, code }) => [name, code?.keysAlwaysWritten()] as const),
  );
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

/** What one result of a router, or one `goto`, starts. */
function* startedTogether(graph: LintGraph, told: Set<string>): Generator<Finding> {
  for (const tasks of startsIn(graph)) {
    const writers = new Map<string, LintNode[]>();
    for (const node of tasks) {
      for (const key of node.code?.keysAlwaysWritten().keys() ?? []) {
        writers.set(key, [...(writers.get(key) ?? []), node]);
      }
    }
    for (const [key, nodes] of writers) {
      const known = lastValueKey(graph, key);
      if (nodes.length < 2 || !known || told.has(key)) continue;
      told.add(key);
      const who = [...new Set(nodes.map(({ name }) => `"${name}"`))];
      const [one] = who;
      const what =
        who.length === 1
          ? `${one} is started ${nodes.length} times in one superstep, and each run writes`
          : `${who.join(' and ')} are started together and each write`;
      yield {
        at: spanOf(nodes[1]!.code!.keysAlwaysWritten().get(key)!),
        message: `${what} "${key}", which has no reducer: the run ends with INVALID_CONCURRENT_GRAPH_UPDATE. Give the key a reducer, or each node a key of its own.`,
        fixes: appending(known),
      };
    }
  }
}

/** The nodes of each fan-out: one for each of its tasks. */
function* startsIn({ routers, nodes }: LintGraph): Generator<readonly LintNode[]> {
  const tasksOf = (started: readonly Destination[], paths?: ReadonlyMap<string, Path>) => {
    const named = new Set<string>();
    return started.flatMap(({ name: label, isSend }) => {
      const name = isSend || !paths ? label : paths.get(label)?.target;
      const node = name === undefined ? undefined : nodes.get(name);
      // A node that is named runs once, however often it is, and one with a Send for each of them.
      if (!node || !runsAtOnce(node) || (!isSend && named.has(node.name))) return [];
      if (!isSend) named.add(node.name);
      return [node];
    });
  };
  for (const { code, paths } of routers) {
    if (paths === 'unknown') continue;
    for (const started of code?.chosenTogether() ?? []) yield tasksOf(started, paths);
  }
  for (const { code } of nodes.values()) {
    for (const started of code?.commandedTogether() ?? []) yield tasksOf(started);
  }
}

/** Nodes that run together and hand back the state that they were given. */
function* handedBack(graph: LintGraph, text: string): Generator<Finding> {
  const { state, nodes, hasOtherReducers } = graph;
  if (!state || hasOtherReducers) return;
  // Which keys are set is not known, but one is.
  if ([...state.values()].some(({ reducer }) => reducer !== 'none')) return;
  const targets = plainTargets(graph);
  for (const [, all] of targets) {
    const first = [...all].filter((name) => runsAtOnce(nodes.get(name)));
    for (const step of first.length < 2 ? [] : superstepsAfter(first, { graph, targets })) {
      const spreads = [...step].flatMap((name) => {
        const node = nodes.get(name);
        const at = node?.options?.has('input') ? undefined : node?.code?.spreadAlways();
        return at ? [{ name, at }] : [];
      });
      const [one, other] = spreads;
      if (!one || !other) continue;
      yield {
        at: spanOf(other.at),
        message: `"${one.name}" and "${other.name}" run in the same superstep, and both hand back all of the state that they were given: what is set is written twice, without a reducer, and the run ends with INVALID_CONCURRENT_GRAPH_UPDATE. Return only what changes.`,
        fixes: [{ title: 'Return only what changes', edits: [removeElement(text, other.at)] }],
      };
      return;
    }
  }
}

/** A node that each element of a list is sent to. */
function* mapped(graph: LintGraph, told: Set<string>): Generator<Finding> {
  const routers = graph.routers.flatMap(({ code }) => code ?? []);
  const nodes = [...graph.nodes.values()].flatMap(({ code }) => code ?? []);
  for (const code of new Set([...routers, ...nodes])) {
    for (const { name } of listSends(code)) {
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
