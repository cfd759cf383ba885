import assert from 'node:assert/strict';
import { commands, type Uri } from 'vscode';
import { TestFiles, graphText, lensTitles, run, show, until, type Outcome } from './testFiles.ts';

const idle = ['$(play) Run', 'Debug', 'Run with Input…', 'Preview'];

suite('a graph that waits', () => {
  let files: TestFiles;

  setup(() => {
    files = new TestFiles();
  });

  teardown(async () => {
    await files.clean();
  });

  /** Answers by the command, with what the pick list has first. */
  async function answerWithFirst(uri: Uri): Promise<Outcome | undefined> {
    let ended: { readonly outcome: Outcome | undefined } | undefined;
    void commands
      .executeCommand<Outcome | undefined>('superstep.answerQuestion', uri, 'g')
      .then((outcome) => (ended = { outcome }));
    const { outcome } = await until('the end of the run', async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    return outcome;
  }

  test('goes on from a breakpoint, and its lens goes back', async () => {
    const text = graphText(
      ".addNode('a', () => ({ value: 1 }))\n  .addNode('b', ({ value }) => ({ value: value + 1 }))\n" +
        "  .addEdge(START, 'a')\n  .addEdge('a', 'b')\n  .addEdge('b', END)",
    ).replace("name: 'g'", "name: 'g', interruptBefore: ['b']");
    const uri = files.write('pauses.graph.ts', text);
    await show(uri);
    assert.equal((await run(uri))?.status, 'waiting');
    assert.deepEqual(await lensTitles(uri), ['$(comment-discussion) Go On (1)', ...idle]);
    const outcome = await answerWithFirst(uri);
    assert.deepEqual([outcome?.status, outcome?.state], ['done', { value: 2 }]);
    assert.deepEqual(await lensTitles(uri), idle);
    // One of the menu of a node holds a run as well.
    await commands.executeCommand('superstep.breakAfter', uri, 'g', 'b');
    assert.equal((await run(uri))?.status, 'waiting');
    assert.equal((await answerWithFirst(uri))?.status, 'waiting');
    assert.equal((await answerWithFirst(uri))?.status, 'done');
  });

  test('fails as usual if its node refuses the answer, or has gone meanwhile', async () => {
    const asking = (name: string) =>
      graphText(
        `.addNode('${name}', () => {\n` +
          "    const answer = interrupt({ options: ['no', 'yes'] });\n" +
          "    if (answer === 'no') throw new Error('refused');\n    return { value: answer };\n  })\n" +
          `  .addEdge(START, '${name}')\n  .addEdge('${name}', END)`,
      ).replace('END,', 'END, interrupt,');
    const uri = files.write('refuses.graph.ts', asking('ask'));
    await show(uri);
    assert.equal((await run(uri))?.status, 'waiting');
    const refused = await answerWithFirst(uri);
    assert.equal(refused?.status, 'failed');
    assert.match(refused.error?.message ?? '', /refused/);

    assert.equal((await run(uri))?.status, 'waiting');
    files.write('refuses.graph.ts', asking('other'));
    const gone = await answerWithFirst(uri);
    assert.equal(gone?.status, 'failed');
    assert.match(gone.error?.message ?? '', /"ask"/);
  });
});
