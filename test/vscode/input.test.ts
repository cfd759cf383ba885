import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Range, WorkspaceEdit, commands, window, workspace, type CompletionList } from 'vscode';
import { TestFiles, problemsOf, run, until } from './testFiles.ts';

suite('the input of a run', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  test('marks what does not fit in an input, and asks before it is run', async () => {
    const trace = join(files.folder, 'trace');
    const uri = files.write(
      'greet.graph.ts',
      `import { writeFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ name: Annotation<string>(), said: Annotation<string>() });
export const g = new StateGraph(State)
  .addNode('greet', ({ name }) => {
    writeFileSync(${JSON.stringify(trace)}, '');
    return { said: 'Hello, ' + name.toUpperCase() };
  })
  .addEdge(START, 'greet')
  .addEdge('greet', END)
  .compile({ name: 'g' });
`,
    );
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const input = await until('the input document', () => {
      const document = window.activeTextEditor?.document;
      return document?.uri.scheme === 'superstep-input' ? document : undefined;
    });
    const setText = async (text: string) => {
      const edit = new WorkspaceEdit();
      edit.replace(input.uri, new Range(0, 0, input.lineCount, 0), text);
      assert.ok(await workspace.applyEdit(edit));
    };
    const marks = () =>
      problemsOf(input.uri).map(
        ({ range, message }) => `${range.start.line}:${range.start.character} ${message}`,
      );
    assert.deepEqual(marks(), []);
    await setText('{\n  "name": 12,\n  "names": [1]\n}\n');
    await until('the warnings', () => marks().length === 2);
    assert.deepEqual(marks(), [
      '1:2 "name" is 12, and should be of type string',
      '2:2 "names" is no key of the graph\'s input; did you mean "name"?',
    ]);
    const refused = run(input.uri);
    // The first button edits the input.
    let isOver = false;
    void refused.then(() => (isOver = true));
    await until('the question', async () => {
      await commands.executeCommand('notification.acceptPrimaryAction');
      return isOver;
    });
    assert.equal(await refused, undefined);
    assert.equal(existsSync(trace), false);
    await setText('{ "name": "Ada" }\n');
    await until('no warnings', () => marks().length === 0);
    assert.equal((await run(input.uri))?.state['said'], 'Hello, ADA');
  });

  test('offers the keys and values that an input may have, and marks what does not fit inside of them', async () => {
    const uri = files.write(
      'plan.graph.ts',
      `import { END, START, StateGraph, StateSchema } from 'superstep';
import * as z from 'zod';
const plan = z.object({ mode: z.enum(['fast', 'good']), steps: z.array(z.object({ cost: z.number() })) });
export const g = new StateGraph(new StateSchema({ plan, note: z.string().default('') }))
  .addNode('say', ({ plan }) => ({ note: plan.mode }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile({ name: 'g' });
`,
    );
    await commands.executeCommand('superstep.runGraphWithInput', uri, 'g');
    const editor = await until('the input document', () => {
      const { activeTextEditor: active } = window;
      return active?.document.uri.scheme === 'superstep-input' ? active : undefined;
    });
    const { document } = editor;
    /** What the editor offers where the bar stands. */
    const offered = async (text: string): Promise<string[]> => {
      const at = text.indexOf('|');
      const all = new Range(0, 0, document.lineCount, 0);
      await editor.edit((edit) => edit.replace(all, text.replace('|', '')));
      const list = await commands.executeCommand<CompletionList>(
        'vscode.executeCompletionItemProvider',
        ...[document.uri, document.positionAt(at)],
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const has = (names: readonly string[], wanted: readonly string[]) =>
      wanted.every((name) => names.includes(name));
    await until('the keys', async () => has(await offered('{ | }'), ['plan', 'note']));
    assert.ok(has(await offered('{ "plan": { "mode": | } }'), ['"fast"', '"good"']));
    assert.ok(has(await offered('{ "plan": { "steps": [{ | }] } }'), ['cost']));
    await offered('{ "plan": { "mode": "slow", "steps": [{ "cost": 1 }] } }|');
    const marks = () =>
      problemsOf(document.uri).map(({ range, message }) => `${range.start.character} ${message}`);
    await until('the problem', () => marks().length === 1);
    assert.deepEqual(marks(), ['12 Plan.mode: expected one of "fast", "good" (got "slow")']);
    await commands.executeCommand('workbench.action.files.revert');
  });
});
