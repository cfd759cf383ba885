import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LintedFile } from '../../src/lint/lintedFile.ts';
import { EXAMPLE_IMPORTS } from '../../src/lint/rulesPage.ts';
import { allTargets, reachable } from '../../src/lint/wiring.ts';
import { readSource } from '../../src/loader/source/readSource.ts';

/** A graph of nodes whose code is not known: each may lead to each. */
function targetsOf(nodes: number): ReadonlyMap<string, ReadonlySet<string>> {
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  const text = `${EXAMPLE_IMPORTS}
declare const unknown: () => object;
export const graph = new StateGraph(Annotation.Root({ text: Annotation<string>() }))
  ${names.map((name) => `.addNode('${name}', unknown).addConditionalEdges('${name}', unknown)`).join('\n  ')}
  .addEdge(START, 'n0')
  .compile();`;
  const [graph] = new LintedFile(text, 'x.graph.ts', readSource(text, 'x.graph.ts')).graphs;
  assert.ok(graph);
  return allTargets(graph);
}

const sizeOf = (targets: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...targets.values()].reduce((sum, { size }) => sum + size, 0);

test('what nodes of unknown code may lead to takes room in proportion to the text', () => {
  const [small, large] = [targetsOf(20), targetsOf(200)];
  assert.ok(sizeOf(large) <= 10 * sizeOf(small), `${sizeOf(small)} and ${sizeOf(large)}`);
});

test('whatever may lead anywhere leads to every node', () => {
  const reached = reachable(['__start__'], targetsOf(30));
  for (let i = 0; i < 30; i++) assert.ok(reached.has(`n${i}`), `n${i}`);
});
