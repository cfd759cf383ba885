import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  Range,
  TabInputText,
  Uri,
  WorkspaceEdit,
  commands,
  window,
  workspace,
  type TextDocument,
} from 'vscode';
import {
  TestFiles,
  graphText,
  lensTitles,
  nodeText,
  problemsOf,
  run,
  show,
  until,
} from './testFiles.ts';

/** Opens the graph's gate by its end: `folder` is where the gate is, wherever the file goes. */
function gated(folder: string, end: string): string {
  return nodeText(
    `async (_state, { signal }) => {
    writeFileSync(folder + '/started', '');
    while (!existsSync(folder + '/gate')) {
      await new Promise((r) => setTimeout(r, 10));
      signal.throwIfAborted();
    }
    ${end}
  }`,
    `import { existsSync, writeFileSync } from 'node:fs';
const folder = ${JSON.stringify(folder)};`,
  );
}

/** Renames or moves as the explorer does. */
async function rename(from: Uri, to: Uri): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.renameFile(from, to);
  assert.equal(await workspace.applyEdit(edit), true);
}

/** The inputs that are open, as paths of their graph's file. */
function openInputs(): string[] {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) =>
      input instanceof TabInputText && input.uri.scheme === 'superstep-input'
        ? [dirname(input.uri.path)]
        : [],
    );
}

function inputOf(uri: Uri): Uri {
  return Uri.from({ scheme: 'superstep-input', path: `${uri.path}/g.input.json` });
}

async function setText(document: TextDocument, text: string): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, new Range(0, 0, document.lineCount, 0), text);
  await workspace.applyEdit(edit);
}

suite('a file that is renamed in the editor', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    files.write('gate', '');
    await files.clean();
  });

  /** A URI in the folder of the test. */
  const at = (name: string): Uri => Uri.file(join(files.folder, name));
  const started = () => until('the start', () => existsSync(join(files.folder, 'started')));

  test('has its Stop in the lens and in the command, while its graph runs', async () => {
    const uri = files.write('old.graph.ts', gated(files.folder, 'return {};'));
    await show(uri);
    const running = run(uri, 'g');
    await started();
    await rename(uri, at('new.graph.ts'));
    await until('the lens', async () =>
      (await lensTitles(at('new.graph.ts'))).includes('$(debug-stop) Stop'),
    );
    await commands.executeCommand('superstep.stopRun', at('new.graph.ts'), 'g');
    assert.equal((await running)?.status, 'cancelled');
  });

  test('has the problems of its run, which had begun before, and none at its old place', async () => {
    const uri = files.write('old.graph.ts', gated(files.folder, "throw new Error('oops');"));
    await show(uri);
    const running = run(uri, 'g');
    await started();
    await rename(uri, at('new.graph.ts'));
    files.write('gate', '');
    assert.equal((await running)?.status, 'failed');
    const [problem] = problemsOf(at('new.graph.ts'));
    assert.match(problem?.message ?? '', /oops/);
    assert.ok((problem?.range.start.line ?? 0) > 0, 'no place');
    assert.deepEqual(problemsOf(uri), []);
    await rename(at('new.graph.ts'), at('newer.graph.ts'));
    await until('the end of the problem', () => problemsOf(at('new.graph.ts')).length === 0);
  });

  test('moves with its folder, and keeps its input and what is open of that', async () => {
    const node = "(state) => ({ value: 'got ' + state.value })";
    const uri = files.write('old/deep/a.graph.ts', nodeText(node));
    const moved = at('new/deep/a.graph.ts');
    await show(uri);
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const document = await workspace.openTextDocument(inputOf(uri));
    await setText(document, '{ "value": "kept" }\n');
    await document.save();
    assert.deepEqual(openInputs(), [uri.path]);
    await rename(at('old'), at('new'));
    await until('the input', () => openInputs().join() === moved.path);
    const kept = await workspace.openTextDocument(inputOf(moved));
    assert.equal(kept.getText(), '{ "value": "kept" }\n');
    assert.equal((await run(inputOf(moved)))?.state['value'], 'got kept');
  });

  test('keeps the edits of its input that are not saved', async () => {
    const uri = files.write('old.graph.ts', nodeText('() => ({})'));
    const moved = at('new.graph.ts');
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const document = await workspace.openTextDocument(inputOf(uri));
    const saved = document.getText();
    await setText(document, '{ "value": "half');
    await rename(uri, moved);
    await until('the input', () => openInputs().join() === moved.path);
    const kept = await workspace.openTextDocument(inputOf(moved));
    assert.equal(kept.getText(), '{ "value": "half');
    assert.equal(kept.isDirty, true);
    await commands.executeCommand('workbench.action.files.revert');
    assert.equal(kept.getText(), saved);
  });

  test('leaves nothing behind for another file that takes its old name', async () => {
    const uri = files.write('old.graph.ts', nodeText('() => ({})'));
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const document = await workspace.openTextDocument(inputOf(uri));
    await setText(document, '{ "value": "theirs" }');
    await document.save();
    await setText(document, '{ "value": "edited" }');
    await rename(uri, at('new.graph.ts'));
    await until('the input', () => openInputs().join() === at('new.graph.ts').path);
    files.write('old.graph.ts', graphText(".addNode('n', () => ({})).addEdge(START, 'n')"));
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const other = await workspace.openTextDocument(inputOf(uri));
    await until('its own input', () => !/theirs|edited/.test(other.getText()));
    await window.showTextDocument(await workspace.openTextDocument(inputOf(at('new.graph.ts'))));
    await commands.executeCommand('workbench.action.files.revert');
  });
});
