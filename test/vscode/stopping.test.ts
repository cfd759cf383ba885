import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, workspace, type TextDocument } from 'vscode';
import { TestFiles, lensTitles, nodeText, problemsOf, run, show, until } from './testFiles.ts';

suite('a run that does not end by itself', () => {
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

  test('stops a node that never settles', async () => {
    const node = "() => { console.log('waits'); return new Promise(() => {}); }";
    const uri = files.write('endless.graph.ts', nodeText(node));
    const running = run(uri);
    const document = await output();
    await until('the first line', () => document.getText().includes('[n] waits'));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal((await running)?.status, 'cancelled');
  });

  test('stops a busy loop, and answers meanwhile', async () => {
    const uri = files.write('busy.graph.ts', nodeText("() => { console.log('spins'); for (;;); }"));
    await show(uri);
    const running = run(uri);
    const document = await output();
    await until('the first line', () => document.getText().includes('[n] spins'));
    await until('the lens', async () => (await lensTitles(uri)).includes('$(debug-stop) Stop'));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal((await running)?.status, 'cancelled');
  });

  test('stops a file that loops for ever while it is loaded', async () => {
    const started = join(files.folder, 'started');
    const uri = files.write(
      'endless.graph.ts',
      `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(started)}, '');
for (;;);
`,
    );
    const running = run(uri);
    await until('the start', () => existsSync(started));
    await commands.executeCommand('superstep.stopRun', uri);
    assert.equal(await running, undefined);
    assert.deepEqual(problemsOf(uri), []);
  });
});
