import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Uri, WorkspaceEdit, commands, extensions, workspace, type TextDocument } from 'vscode';
import { TestFiles, nodeText, run, show, until } from './testFiles.ts';

const examples = join(import.meta.dirname, '../../examples');

suite('the extension', () => {
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

  test('has registered every command that package.json promises', async () => {
    const extension = extensions.all.find(({ id }) => id.endsWith('.superstep'));
    assert.ok(extension);
    await extension.activate();
    const { contributes } = extension.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await commands.getCommands(true));
    for (const { command } of contributes.commands) assert.ok(known.has(command), command);
    assert.equal(extension.exports, undefined);
  });

  test('runs the example of two parallel nodes in the time of the slower one', async () => {
    const result = await run(Uri.file(join(examples, 'node-parallelism.graph.ts')));
    assert.equal(result?.status, 'done');
    assert.equal((result.state['messages'] as unknown[]).length, 3);
    const document = await output();
    await until('the summary', () => /speed-up +1\.\d\d×/.test(document.getText()));
  });

  test('runs the example of parallel subgraphs', async () => {
    const result = await run(Uri.file(join(examples, 'subgraphs-basic.graph.ts')));
    assert.equal(result?.status, 'done');
    assert.match(String(result.state['article']), /questions about apples/);
  });

  test('a second start of a graph that is just being started is the same run', async () => {
    const uri = files.write(
      'twice.graph.ts',
      nodeText(
        `async () => {
    writeFileSync(folder + '/run-' + process.hrtime.bigint(), '');
    return { value: readdirSync(folder).filter((name) => name.startsWith('run-')).length };
  }`,
        `import { readdirSync, writeFileSync } from 'node:fs';
const folder = ${JSON.stringify(files.folder)};`,
      ),
    );
    const results = await Promise.all([run(uri), run(uri)]);
    assert.deepEqual(
      results.map((result) => result?.state['value']),
      [1, 1],
    );
    assert.equal((await run(uri))?.state['value'], 2);
  });

  test('evaluates a file once for a run with all that comes before it: a preview, or a save', async () => {
    const log = join(files.folder, 'loads');
    const top = `import { appendFileSync } from 'node:fs';
appendFileSync(${JSON.stringify(log)}, 'x');`;
    /** How often files were evaluated since the last call. */
    const loads = (): number => {
      const { length } = existsSync(log) ? readFileSync(log, 'utf8') : '';
      rmSync(log, { force: true });
      return length;
    };
    const unseen = files.write('unseen.graph.ts', nodeText('() => ({ value: 1 })', top));
    await show(unseen);
    for (let round = 0; round < 2; round++) {
      await run(unseen, 'g');
      assert.equal(loads(), 1);
    }
    const seen = files.write('seen.graph.ts', nodeText('() => ({ value: 2 })', top));
    await commands.executeCommand('superstep.previewGraph', seen, 'g');
    assert.equal(loads(), 1);
    await run(seen, 'g');
    assert.equal(loads(), 0);
    await show(seen);
    const document = await workspace.openTextDocument(seen);
    const edit = new WorkspaceEdit();
    edit.insert(
      seen,
      document.lineAt(document.lineCount - 1).range.end,
      'export const more = 1;\n',
    );
    assert.ok(await workspace.applyEdit(edit));
    await document.save();
    await run(seen, 'g');
    assert.equal(loads(), 1);
  });

  test('goes on with a run whose file is changed and deleted meanwhile', async () => {
    const uri = files.write(
      'gone.graph.ts',
      nodeText(
        `async () => {
    writeFileSync(folder + '/started', '');
    while (!existsSync(folder + '/gate')) await new Promise((r) => setTimeout(r, 10));
    return { value: 'through' };
  }`,
        `import { existsSync, writeFileSync } from 'node:fs';
const folder = ${JSON.stringify(files.folder)};`,
      ),
    );
    await show(uri);
    const running = run(uri);
    await until('the start', () => existsSync(join(files.folder, 'started')));
    writeFileSync(uri.fsPath, 'export const nothing = 1;\n');
    await commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(uri.fsPath);
    files.write('gate', '');
    assert.equal((await running)?.state['value'], 'through');
  });

  test('shows all of 100,000 console lines, in order', async () => {
    const uri = files.write(
      'loud.graph.ts',
      nodeText('() => { for (let i = 1; i <= 100_000; i++) console.log(`line ${i}`); return {}; }'),
    );
    assert.equal((await run(uri))?.status, 'done');
    const document = await output();
    await until('the last line', () => document.getText().includes('[n] line 100000'));
  });

  test('returns a state of 50 MB whole, and prints a part of it', async () => {
    const uri = files.write(
      'large.graph.ts',
      nodeText("() => ({ value: 'x'.repeat(50 * 1024 * 1024) })"),
    );
    const result = await run(uri);
    assert.equal((result?.state['value'] as string).length, 50 * 1024 * 1024);
    const document = await output();
    await until('the state', () => /Final state\n[^]*x{1000}/.test(document.getText()));
  });

  test('takes a state of values that cannot be sent between threads', async () => {
    const uri = files.write(
      'odd.graph.ts',
      nodeText(
        `() => {
    class Point { x = 1; }
    const cycle: any = { point: new Point(), call: () => 1, big: 12n, map: new Map([[1, 2]]) };
    cycle.self = cycle;
    return { value: cycle };
  }`,
      ),
    );
    assert.equal((await run(uri))?.status, 'done');
  });
});
