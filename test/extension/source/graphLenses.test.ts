import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { StaticGraph } from '../../../src/loader/source/staticGraph.ts';
import { FakeDocument, type CodeLens } from '../../fakes/vscode.ts';

const { GraphLenses } = await import('../../../src/extension/source/graphLenses.ts');

const nothing = () => ({ dispose() {} });

/** The titles of the lenses above graphs, line by line. */
async function titles(t: TestContext, ...graphs: [exportName: string, line1: number][]) {
  const read = async () =>
    graphs.map(([exportName, line1]) => ({
      ...{ exportName, localName: exportName, kind: 'graph', nodes: [], edges: [], compiled: true },
      range: { line1, column1: 1, endLine1: line1, endColumn1: 9 },
    })) satisfies StaticGraph[];
  const lenses = new GraphLenses({
    sources: { read },
    activities: { of: () => [], onDidChange: nothing, shown: [] },
    waits: { of: () => undefined, onDidChange: nothing },
  } as never);
  t.after(() => lenses.dispose());
  const found = await lenses.provideCodeLenses(new FakeDocument('/a.graph.ts') as never);
  return (found as unknown as CodeLens[]).map(({ command }) =>
    command.title.replaceAll('\u00a0', ' '),
  );
}

test('several graphs in one line have lenses with their names, others have none', async (t) => {
  assert.deepEqual(await titles(t, ['one', 3], ['two', 3], ['three', 4]), [
    ...['$(play) Run one', 'Debug one', 'Run with Input… one', 'Preview one'],
    ...['$(play) Run two', 'Debug two', 'Run with Input… two', 'Preview two'],
    ...['$(play) Run', 'Debug', 'Run with Input…', 'Preview'],
  ]);
});
