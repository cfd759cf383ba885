import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { TestFiles, graphText, nodeText, problemsOf, until } from './testFiles.ts';

suite('the panel of a graph', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  test('previews 300 nodes and hostile names', async () => {
    const names = ['"quoted"', '[brackets]', 'end', '<b>html</b>', '🦊', 'x'.repeat(200)];
    const all = [...names, ...Array.from({ length: 294 }, (_, i) => `node ${i}`)];
    const calls = all.map((name) => `.addNode(${JSON.stringify(name)}, () => ({}))`);
    const edges = all.map((name) => `.addEdge(START, ${JSON.stringify(name)})`);
    const uri = files.write('many.graph.ts', graphText([...calls, ...edges].join('\n  ')));
    await commands.executeCommand('superstep.previewGraph', uri, 'g');
    // The editor tells of new tabs a moment later.
    const labels = () => window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await until('the panel', () => labels().includes('Preview g'));
    assert.deepEqual(problemsOf(uri), []);
  });

  test('keeps the panel beside its source, with a tab that says which graph it is', async () => {
    const first = files.write('one/trip.graph.ts', graphText(nodeText('a', '() => ({})')));
    const second = files.write('two/trip.graph.ts', graphText(nodeText('a', '() => ({})')));
    const tabs = () => window.tabGroups.all.flatMap(({ tabs }) => tabs);
    const labels = () => tabs().map(({ label }) => label);
    await commands.executeCommand('superstep.previewGraph', first, 'g');
    await until('the panel', () => labels().includes('Preview g'));
    await commands.executeCommand('superstep.lockPreview');
    await commands.executeCommand('superstep.previewGraph', second, 'g');
    await until('both panels', () => labels().includes('Preview g (two/trip.graph.ts)'));
    assert.ok(labels().includes('[Preview] g (one/trip.graph.ts)'));

    const panel = () => tabs().find(({ label }) => label.includes('(one/'));
    const column = panel()?.group.viewColumn;
    const editor = await window.showTextDocument(first, column && { viewColumn: column });
    await commands.executeCommand('superstep.previewGraph', first, 'g');
    await until('the panel in another column', () => panel()?.group.viewColumn !== column);
    assert.ok(window.visibleTextEditors.includes(editor));
  });
});
