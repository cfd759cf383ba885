import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseRuntime } from '../../src/extension/debug/chooseRuntime.ts';

const choose = (setting: string, versions: Readonly<Record<string, string>>) =>
  chooseRuntime(
    { path: setting, from: 'superstep.debug.runtime' },
    {
      versionOf: (program) => Promise.resolve(versions[program]),
      editor: '/opt/code',
    },
  );

test('chooseRuntime() takes the program of the setting first, then the Node of PATH', async () => {
  const versions = { '/my/node': '22.15.0', node: '24.1.0' };
  assert.deepEqual(await choose('/my/node', versions), { path: '/my/node' });
  assert.deepEqual(await choose('', versions), { path: 'node' });
});

test('chooseRuntime() takes the editor itself where PATH has no Node, or an old one', async () => {
  const editor = { path: '/opt/code', env: { ELECTRON_RUN_AS_NODE: '1' } };
  assert.deepEqual(await choose('', {}), editor);
  assert.deepEqual(await choose('', { node: '20.19.1' }), editor);
});

test('chooseRuntime() says what is wrong with the program of the setting', async () => {
  await assert.rejects(
    choose('/no', {}),
    /superstep\.debug\.runtime names \/no: it cannot be started/,
  );
  await assert.rejects(choose('/old', { '/old': '20.1.0' }), /Node 22\.15 or later is needed/);
});
