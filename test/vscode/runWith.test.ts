import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationTarget, commands, extensions, workspace, type Uri } from 'vscode';
import type { Parity } from '../../src/runner/parity/parity.ts';
import { TestFiles, nodeText, problemsOf, run } from './testFiles.ts';

suite('the setting superstep.runWith', () => {
  let files: TestFiles;
  const choose = (who: string | undefined) =>
    workspace.getConfiguration('superstep').update('runWith', who, ConfigurationTarget.Global);
  // One of the known differences tells who has run it.
  const write = () =>
    files.write(
      'who.graph.ts',
      nodeText(
        `({ value }) => { value.push('changed'); return {}; }`,
        `export const input = { value: ['given'] };`,
      ),
    );

  const installLangGraph = () => {
    const { extensionPath } = extensions.getExtension('superstep.superstep')!;
    const packages = join(extensionPath, 'node_modules');
    symlinkSync(packages, join(files.folder, 'node_modules'), 'junction');
  };
  const compare = (uri: Uri) =>
    commands.executeCommand<Parity | undefined>('superstep.compareWithLangGraph', uri);

  setup(() => {
    files = new TestFiles();
  });
  teardown(async () => {
    await choose(undefined);
    await files.clean();
  });

  test('lets the LangGraph.js that is installed run a graph, until it is changed back', async () => {
    const uri = write();
    installLangGraph();
    await choose('langgraph');
    assert.deepEqual((await run(uri))?.state, { value: ['given', 'changed'] });
    await choose(undefined);
    assert.deepEqual((await run(uri))?.state, { value: ['given'] });
  });

  test('is not needed to compare the two: what differs is told, with the reason where it is known', async () => {
    const uri = write();
    installLangGraph();
    const parity = await compare(uri);
    assert.deepEqual(parity?.differences.at(-1)?.langgraphSide, { value: ['given', 'changed'] });
    assert.match(parity?.reasons[0]?.title ?? '', /Changes in place/);
  });

  test('reports how to install LangGraph.js where it is not', async () => {
    const uri = write();
    await choose('langgraph');
    assert.equal(await run(uri), undefined);
    const told = problemsOf(uri).map(({ message }) => message);
    assert.match(told.join('\n'), /is not installed .*npm install @langchain\/langgraph/);
    assert.equal(await compare(uri), undefined);
  });
});
