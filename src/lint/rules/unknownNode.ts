import type { Node } from '@babel/types';
import { didYouMean } from '../../engine/model/errors.ts';
import type { LintGraph } from '../lintGraph.ts';
import type { LintedFile } from '../lintedFile.ts';
import type { Finding, Rule } from '../rule.ts';
import { spanOf } from '../syntax.ts';
import { quoted, replace } from '../textEdits.ts';

/** An edge, a router, a `Send` or a `goto` to a node that is not there. */
export const unknownNode: Rule = {
  id: 'unknown-node',
  severity: 'error',
  sameAs: ['UNKNOWN_NODE', 'UNKNOWN_DESTINATION'],
  title: 'An edge, a Send or a goto leads to a node that does not exist',
  cause:
    'A name that no `addNode` adds is refused: by `compile()` in an edge, a path map or `ends`, and in ' +
    'the midst of a run in a `Send`, a `goto` or the result of a router.',
  cure: 'Name a node that the graph has, or add the node.',
  example: `const State = Annotation.Root({ n: Annotation<number>() });

export const graph = new StateGraph(State)
  .addNode('collect', () => ({}))
  .addNode('answer', () => ({}))
  .addEdge(START, 'collect')
  .addEdge('collect', 'answer')
  .addEdge('anwser', END)
  .compile();`,
  *check(file) {
    for (const graph of file.graphs) {
      if (!graph.isClosed) continue;
      const told = new Set<number>();
      for (const { name, at, what } of namesIn(graph)) {
        if (graph.nodes.has(name) || told.has(at.start!)) continue;
        told.add(at.start!);
        yield report({ name, at, what }, graph, file);
      }
    }
  },
};

interface Named {
  readonly name: string;
  readonly at: Node;
  /** What names it, as a subject. */
  readonly what: string;
}

function* namesIn({ edges, joins, routers, nodes }: LintGraph): Generator<Named> {
  for (const { source, target, sourceAt, targetAt } of edges) {
    if (source !== '__start__') yield { name: source, at: sourceAt, what: 'The edge starts at' };
    if (target !== '__end__') yield { name: target, at: targetAt, what: 'The edge leads to' };
  }
  for (const { sources, target, targetAt } of joins) {
    for (const { name, at } of sources) yield { name, at, what: 'The join waits for' };
    if (target !== '__end__') yield { name: target, at: targetAt, what: 'The join leads to' };
  }
  for (const { source, sourceAt, paths, code } of routers) {
    if (source !== '__start__') yield { name: source, at: sourceAt, what: 'The router follows' };
    for (const { target, at } of typeof paths === 'object' ? paths.values() : []) {
      if (target !== '__end__') yield { name: target, at, what: 'The path map names' };
    }
    if (!code) continue;
    for (const { name, at } of code.sends()) yield { name, at, what: 'The Send goes to' };
    if (paths !== undefined) continue;
    for (const result of code.results()) {
      for (const { name, at, isSend } of result ? code.destinationsIn(result).destinations : []) {
        if (!isSend && name !== '__end__') yield { name, at, what: 'The router chooses' };
      }
    }
  }
  for (const { code } of nodes.values()) {
    for (const { name, at } of code?.sends() ?? []) yield { name, at, what: 'The Send goes to' };
    for (const { name, at, isSend } of code?.gotos().flatMap((goto) => goto.destinations) ?? []) {
      if (!isSend && name !== '__end__') yield { name, at, what: 'The goto names' };
    }
  }
}

function report({ name, at, what }: Named, { nodes }: LintGraph, file: LintedFile): Finding {
  const hint = didYouMean(name, nodes.keys());
  const close = /"(.*)"/.exec(hint)?.[1];
  const isLiteral = at.type === 'StringLiteral';
  return {
    at: spanOf(at),
    message: `${what} "${name}", and the graph has no such node${hint || '; add it, or name one that is there'}`,
    ...(close !== undefined &&
      isLiteral && {
        fixes: [{ title: `Write "${close}"`, edits: [replace(at, quoted(close, file.cut(at)))] }],
      }),
  };
}
