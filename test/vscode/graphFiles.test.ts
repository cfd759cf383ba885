import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationTarget, commands, workspace, type TextDocument } from 'vscode';
import { TestFiles, lensTitles, nodeText, problemsOf, run, show, until } from './testFiles.ts';

suite('the graphs of files', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  /** Shows the output channel and gives its document. */
  async function output(): Promise<TextDocument> {
    await commands.executeCommand('superstep.showOutput');
    return until('the output channel', () =>
      workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'output' && uri.path.endsWith('Superstep'),
      ),
    );
  }

  test('shows lenses above the graphs of a file, without running it, and none when switched off', async () => {
    const trace = join(files.folder, 'trace');
    const top = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(trace)}, '');`;
    const uri = files.write('a.graph.ts', nodeText('() => ({})', top));
    await show(uri);
    assert.deepEqual(await lensTitles(uri), ['$(play) Run', 'Debug', 'Run with Input…', 'Preview']);
    const settings = workspace.getConfiguration('superstep');
    await settings.update('codeLens', false, ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensTitles(uri), []);
    } finally {
      await settings.update('codeLens', undefined, ConfigurationTarget.Global);
    }
    assert.equal(existsSync(trace), false);
  });

  test('finds graphs in any file that imports LangGraph.js, and what functions make, and runs them', async () => {
    const make = `import { Annotation, START, StateGraph } from '@langchain/langgraph';
export async function make({ configurable }) {
  const State = Annotation.Root({ value: Annotation() });
  return new StateGraph(State).addNode('n', () => ({ value: typeof configurable })).addEdge(START, 'n').compile();
}
`;
    const uri = files.write('agent.js', make);
    const others = files.write('other.js', make.replace('@langchain/langgraph', './langgraph.js'));
    await show(others);
    assert.deepEqual(await lensTitles(others), []);
    await show(uri);
    const titles = ['$(play) Run', 'Debug', 'Run with Input…', 'Preview'];
    assert.deepEqual(await lensTitles(uri), titles);
    const settings = workspace.getConfiguration('superstep');
    await settings.update('files', ['elsewhere/**'], ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensTitles(uri), []);
    } finally {
      await settings.update('files', undefined, ConfigurationTarget.Global);
    }
    assert.deepEqual(await lensTitles(uri), titles);
    assert.deepEqual((await run(uri))?.state, { value: 'object' });
  });

  test('runs the graphs of a langgraph.json from there, under their names, and tells what is wrong in it', async () => {
    const graph = nodeText('() => ({ value: process.env.PLACE })').replace(`{ name: 'g' }`, '');
    const target = files.write('src/agent.ts', graph);
    const graphs = { agent: './src/agent.ts:g', other: './src/other.py:g' };
    const uri = files.write('langgraph.json', JSON.stringify({ graphs, env: { PLACE: 'Rome' } }));
    const document = await output();
    await show(uri);
    const told = await until('a problem', () => problemsOf(uri)[0]);
    assert.match(told.message, /"other" in ".\/src\/other\.py", which is neither TypeScript nor/);
    assert.deepEqual(await lensTitles(uri), ['$(play) Run', 'Debug', 'Run with Input…', 'Preview']);
    assert.deepEqual((await run(target, 'g'))?.state, { value: 'Rome' });
    await until('the name', () => /▶ agent$/m.test(document.getText()));
    writeFileSync(uri.fsPath, JSON.stringify({ graphs: { agent: graphs.agent } }));
    await until('no problem', () => problemsOf(uri).length === 0);
  });

  test('a lens says what a run waits for, until the graph is run again', async () => {
    const asking = (node: string) => nodeText(node).replace('END,', 'END, interrupt,');
    const uri = files.write('asks.graph.ts', asking("() => ({ value: interrupt('Really?') })"));
    await show(uri);
    assert.equal((await run(uri))?.status, 'waiting');
    const idle = ['$(play) Run', 'Debug', 'Run with Input…', 'Preview'];
    assert.deepEqual(await lensTitles(uri), ['$(comment-discussion) Answer (1)', ...idle]);
    writeFileSync(uri.fsPath, asking('() => ({ value: 1 })'));
    assert.equal((await run(uri))?.status, 'done');
    assert.deepEqual(await lensTitles(uri), idle);
  });

  test('runs files whose paths are hostile to URLs', async () => {
    const hostile = new TestFiles('100% größe #1 ? & 日本');
    try {
      const uri = hostile.write('a file #2.graph.ts', nodeText("() => ({ value: 'here' })"));
      await show(uri);
      assert.equal((await run(uri))?.state['value'], 'here');
      assert.deepEqual(await lensTitles(uri), [
        '$(play) Run',
        'Debug',
        'Run with Input…',
        'Preview',
      ]);
    } finally {
      await hostile.clean();
    }
  });
});
