import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shiftGraphs } from '../../../src/extension/graphs/shiftGraphs.ts';
import type { StaticGraph } from '../../../src/loader/source/staticGraph.ts';

/** A graph on lines 10 to 14 with one node on line 11. */
const graph: StaticGraph = {
  localName: 'g',
  kind: 'graph',
  range: { line1: 10, column1: 1, endLine1: 14, endColumn1: 20 },
  nodes: [{ name: 'n', range: { line1: 11, column1: 4, endLine1: 11, endColumn1: 9 } }],
  edges: [],
  compiled: true,
};

/** An edit of whole lines, 1-based as people count them. */
function edit(fromLine1: number, toLine1: number, text: string) {
  return { range: { start: { line: fromLine1 - 1 }, end: { line: toLine1 - 1 } }, text };
}

function linesAfter(...edits: ReturnType<typeof edit>[]): number[] {
  const [shifted] = shiftGraphs([graph], edits);
  assert.ok(shifted);
  return [shifted.range.line1, shifted.nodes[0]?.range.line1 ?? 0, shifted.range.endLine1];
}

test('shiftGraphs() moves a graph with lines that are added or removed above it', () => {
  assert.deepEqual(linesAfter(edit(3, 3, 'a\nb\n')), [12, 13, 16]);
  assert.deepEqual(linesAfter(edit(3, 5, '')), [8, 9, 12]);
});

test('shiftGraphs() leaves a graph alone for edits below it and within a line', () => {
  assert.deepEqual(linesAfter(edit(20, 20, '\n\n')), [10, 11, 14]);
  assert.deepEqual(linesAfter(edit(3, 3, 'no new line')), [10, 11, 14]);
});

test('shiftGraphs() never moves a graph above the edit that swallowed its first line', () => {
  assert.equal(linesAfter(edit(8, 11, ''))[0], 8);
});

test('shiftGraphs() applies several edits one after the other', () => {
  assert.deepEqual(linesAfter(edit(2, 2, '\n'), edit(1, 1, '\n\n')), [13, 14, 17]);
});
