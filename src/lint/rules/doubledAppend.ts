import type { Node } from '@babel/types';
import { bare, keyOf, spanOf } from '../syntax.ts';
import type { LintGraph, LintKey } from '../lintGraph.ts';
import type { Finding, Rule } from '../rule.ts';
import { addOption, removeElement } from '../textEdits.ts';
import { plainTargets, reachable } from '../wiring.ts';

/** A list that comes back to what it is appended to. */
export const doubledAppend: Rule = {
  id: 'doubled-append',
  severity: 'warning',
  title: 'A list is handed back, and appended to itself',
  cause:
    'A subgraph is given the keys that both graphs have, and hands back its final values as one update. ' +
    'Where both append to a key, what was in the list at the start comes back and is appended to itself. ' +
    'So it is with a node that returns `{ ...state }`: all keys are updates then, those that are appended ' +
    'to among them.',
  cure:
    "Let the node hand back updates instead, with `returns: 'updates'`, or give the subgraph an `output` " +
    'without that key. Of a state, return only what changes.',
  example: `const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const inner = new StateGraph(State)
  .addNode('work', () => ({ log: ['work'] }))
  .addEdge(START, 'work')
  .compile();

export const graph = new StateGraph(State)
  .addNode('begin', () => ({ log: ['begin'] }))
  .addNode('inner', inner)
  .addEdge(START, 'begin')
  .addEdge('begin', 'inner')
  .compile();`,
  *check({ graphs, text }) {
    const byBuilder = new Map(graphs.map((graph) => [graph.builder, graph]));
    const told = new Set<Node>();
    for (const graph of graphs) {
      yield* spread(graph, { text, told });
      const targets = plainTargets(graph);
      for (const node of graph.nodes.values()) {
        const inner = node.subgraph && byBuilder.get(node.subgraph.builder);
        if (!inner || inner.hasOutput || !node.options || node.options.has('returns')) continue;
        for (const key of graph.state?.values() ?? []) {
          const twin = inner.state?.get(key.name);
          if (!appends(key) || !twin || !appends(twin)) continue;
          const writer = writerBefore(node.name, { key: key.name, graph, targets });
          if (writer === undefined) continue;
          const option = addOption(text, node, "returns: 'updates'");
          yield {
            at: spanOf(node.at),
            message: `"${node.name}" is given "${key.name}", which "${writer}" has written, and hands it back: both graphs append to it, so it is doubled. Hand back updates (returns: 'updates'), or give the subgraph an output without it.`,
            // A word of superstep's own.
            ...(option &&
              /from ['"]superstep['"]/.test(text) && {
                fixes: [{ title: 'Hand back updates', edits: [option] }],
              }),
          };
          break;
        }
      }
    }
  },
};

/** Nodes that return `...state`. */
function* spread(
  graph: LintGraph,
  { text, told }: { readonly text: string; readonly told: Set<Node> },
): Generator<Finding> {
  const keys = [...(graph.state?.values() ?? [])].filter(appends);
  if (keys.length === 0 || graph.hasOtherReducers) return;
  for (const { name, code, options } of graph.nodes.values()) {
    if (!code || !options || options.has('input') || !isGivenState(name, graph)) continue;
    for (const update of code.updates()) {
      const at = update?.spread;
      const key = keys.find((each) => !update?.keys.has(each.name));
      if (!at || !key || update.others.has(key.name) || told.has(at)) continue;
      told.add(at);
      yield {
        at: spanOf(at),
        message: `"${name}" hands back all of the state that it was given, and "${key.name}" is appended to: it is appended to itself, and so doubled. Return only what changes.`,
        fixes: [{ title: 'Return only what changes', edits: [removeElement(text, at)] }],
      };
    }
  }
}

/** Whether a node is given the state, and not what was sent to it. */
function isGivenState(name: string, { edges, joins }: LintGraph): boolean {
  return [...edges, ...joins].some(({ target }) => target === name);
}

/** Whether a reducer is one that joins two lists. */
function appends({ reducer }: LintKey): boolean {
  if (typeof reducer === 'string') return false;
  const { value } = reducer;
  if (value?.kind === 'library') return value.name === 'append';
  if (value?.kind !== 'function' || value.isGuess) return false;
  const { params, body } = value.code;
  const names = params.map((param) => (param.type === 'Identifier' ? param.name : ''));
  const [left = '', right = ''] = names;
  const result = bare(body);
  if (result.type === 'CallExpression' && result.callee.type === 'MemberExpression') {
    const { object, property, computed } = result.callee;
    const isConcat = keyOf(property, computed) === 'concat';
    return isConcat && isNamed(object, left) && isNamed(result.arguments[0], right);
  }
  if (result.type !== 'ArrayExpression' || result.elements.length !== 2) return false;
  return [left, right].every((name, i) => {
    const element = result.elements[i];
    return element?.type === 'SpreadElement' && isNamed(element.argument, name);
  });
}

function isNamed(node: Node | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name;
}

/** A node that always runs before another, and always writes the key. */
function writerBefore(
  name: string,
  {
    key,
    graph,
    targets,
  }: { key: string; graph: LintGraph; targets: ReturnType<typeof plainTargets> },
): string | undefined {
  for (const { name: writer, code } of graph.nodes.values()) {
    if (writer === name || !code?.keysAlwaysWritten().has(key)) continue;
    if (reachable(targets.get(writer) ?? [], targets).has(name)) return writer;
  }
  return undefined;
}
