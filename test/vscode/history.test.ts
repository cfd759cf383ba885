import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Range, commands, window, workspace, type CompletionList, type TextDocument } from 'vscode';
import { TestFiles, nodeText, problemsOf, run, until, type Outcome } from './testFiles.ts';

suite('the history of runs', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  /** Runs a command that asks for runs; each time the first of the list is taken, which is the newest. */
  async function withNewest<T>(command: string): Promise<T | undefined> {
    let ended: { readonly value: T | undefined } | undefined;
    void commands.executeCommand<T | undefined>(command).then((value) => (ended = { value }));
    const { value } = await until(`the end of ${command}`, async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    return value;
  }

  const compared = (end: string): TextDocument | undefined =>
    workspace.textDocuments.find(
      ({ uri }) => uri.scheme === 'superstep-run' && uri.path.endsWith(end),
    );

  test('runs again with the input that a run had, compares the two, and opens one as it was', async () => {
    const text = (value: string) =>
      `${nodeText(`({ value }) => ({ value: value + ${value} })`)}\nexport const input = { value: 40 };\n`.replace(
        '<any>',
        '<number>',
      );
    const uri = files.write('kept.graph.ts', text('1'));
    const first = await run(uri);
    assert.deepEqual(first?.state, { value: 41 });

    files.write('kept.graph.ts', text('2').replace('40', '0'));
    const again = await until('the run to be kept and run again', () =>
      withNewest<Outcome>('superstep.runAgain'),
    );
    assert.deepEqual(again.state, { value: 42 });

    // A list closes when the focus goes elsewhere, as it may while an editor still opens: asked again.
    const times = await until('the table of times', async () => {
      await withNewest('superstep.compareRuns');
      return compared('times by node.txt');
    });
    await until('the times', () => /wall time +[\d.]+ m?s +[\d.]+ m?s/.test(times.getText()));
    const state = await until('a state', () => compared('final state.json'));
    await until('the state', () => /"value": 4[12]/.test(state.getText()));

    const from = await withNewest<Outcome>('superstep.runFrom');
    assert.deepEqual(from?.state, { value: 42 }, 'with the code as it is now');
    const opened = await until('the state of a checkpoint', async () => {
      await withNewest('superstep.editState');
      return workspace.textDocuments.find(({ uri }) => uri.scheme === 'superstep-state');
    });
    const edited = await window.showTextDocument(opened, { preview: false });
    assert.deepEqual(JSON.parse(edited.document.getText()), { value: 40 });
    const all = new Range(0, 0, edited.document.lineCount, 0);
    const { uri: place } = edited.document;
    await edited.edit((edit) => edit.replace(all, '{ "value": "five", "x": 1 }'));
    const marks = () => problemsOf(place).map(({ message }) => message);
    await until('what is wrong with the state', () => marks().length === 2);
    assert.deepEqual(marks(), [
      '"value" is "five", and should be of type number',
      '"x" is no key of the graph\'s state; its keys are value',
    ]);
    const replace = new Range(0, 0, edited.document.lineCount, 0);
    await edited.edit((edit) => edit.replace(replace, '{ "value": 5 }'));
    await until('nothing to be wrong', () => marks().length === 0);
    const forked = await commands.executeCommand<Outcome>('superstep.runWithState', place);
    assert.deepEqual(forked.state, { value: 7 });

    await commands.executeCommand('workbench.action.closeAllEditors');
    files.write('kept.graph.ts', 'broken(');
    await withNewest('superstep.openRun');
    await until('the panel of the run', () =>
      window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'Preview g')),
    );
  });

  test('offers the keys and values that a state may have where it is edited', async () => {
    const uri = files.write(
      'trip.graph.ts',
      `import { END, START, StateGraph, StateSchema } from 'superstep';
import * as z from 'zod';
const trip = z.object({ mode: z.enum(['fast', 'cheap']), legs: z.array(z.object({ by: z.string() })) });
export const g = new StateGraph(new StateSchema({ trip, note: z.string().default('') }))
  .addNode('say', ({ trip }) => ({ note: trip.mode }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile({ name: 'g' });
export const input = { trip: { mode: 'fast', legs: [] } };
`,
    );
    assert.equal((await run(uri))?.state['note'], 'fast');
    const state = await until('the state of a checkpoint', async () => {
      await withNewest('superstep.editState');
      return workspace.textDocuments.find(
        (each) => each.uri.scheme === 'superstep-state' && each.getText().includes('legs'),
      );
    });
    const editor = await window.showTextDocument(state, { preview: false });
    /** What the editor offers where the bar stands. */
    const offered = async (text: string): Promise<string[]> => {
      const all = new Range(0, 0, state.lineCount, 0);
      await editor.edit((edit) => edit.replace(all, text.replace('|', '')));
      const list = await commands.executeCommand<CompletionList>(
        'vscode.executeCompletionItemProvider',
        ...[state.uri, state.positionAt(text.indexOf('|'))],
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const isOffered = async (text: string, wanted: readonly string[]) => {
      const names = await offered(text);
      return wanted.every((name) => names.includes(name));
    };
    await until('the keys', () => isOffered('{ | }', ['trip', 'note']));
    await until('the values', () => isOffered('{ "trip": { "mode": | } }', ['"fast"', '"cheap"']));
    await until('the keys in a list', () => isOffered('{ "trip": { "legs": [{ | }] } }', ['by']));
    await offered('{ "trip": { "mode": "slow", "legs": [] } }|');
    await until('the problem', () => problemsOf(state.uri).length === 1);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('writes the run of a panel as one web page, beside the graph file', async () => {
    const uri = files.write('shared.graph.ts', nodeText('() => ({ value: "</script>" })'));
    await run(uri);
    let isOver = false;
    void commands.executeCommand('superstep.export').then(() => (isOver = true));
    // The first of the formats, then the place that is offered.
    await until('the file to be written', async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isOver;
    });
    const page = readFileSync(join(dirname(uri.fsPath), 'g.run.html'), 'utf8');
    assert.match(page, /^<!DOCTYPE html>[^]*<title>Run of g<\/title>/);
    assert.match(page, /"value":"\\u003c\/script>"/);
  });
});
