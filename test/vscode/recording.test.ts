import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { commands, workspace } from 'vscode';
import { TestFiles, nodeText, type Outcome } from './testFiles.ts';

suite('calls of models that are recorded', () => {
  let files: TestFiles;
  let server: Server;
  let asked = 0;

  setup(async () => {
    files = new TestFiles();
    server = createServer((_request, response) => {
      asked++;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ said: `answer ${asked}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  teardown(async () => {
    server.closeAllConnections();
    server.close();
    await files.clean();
  });

  test('are answered from the folder beside the file, and a refusal names the command that records the rest', async () => {
    const { port } = server.address() as AddressInfo;
    const ask = (prompt: string) =>
      files.write(
        'asks.graph.ts',
        nodeText(`async () => {
    const answer = await fetch('http://127.0.0.1:${port}/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '${prompt}' }] }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return { value: (await answer.json()).said };
  }`),
      );
    const uri = ask('one');
    const run = (command: string) =>
      commands.executeCommand<Outcome>(`superstep.${command}`, uri, 'g');
    assert.equal((await run('recordModels')).state['value'], 'answer 1');
    const folder = join(dirname(uri.fsPath), '__recordings__/asks/g/n');
    assert.deepEqual(readdirSync(folder), ['n-1.json']);
    assert.equal((await run('replayModels')).state['value'], 'answer 1');
    ask('two');
    const refused = await run('replayModels');
    assert.match(refused.error!.message, /not recorded.*Run and Record What Is Missing/s);
    assert.equal((await run('recordMissingModels')).state['value'], 'answer 2');
    assert.equal(asked, 2);
    const settings = workspace.getConfiguration('superstep');
    await settings.update('record', 'replay', true);
    try {
      assert.equal((await run('runGraph')).state['value'], 'answer 2');
    } finally {
      await settings.update('record', undefined, true);
    }
    assert.equal(asked, 2);
  });
});
