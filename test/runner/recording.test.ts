// Calls of models are written down in a run, and answered from there in a later one.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { fails, says, startModelServer, type ModelServer } from '../fakes/modelServer.ts';
import type { RecordingOptions } from '../../src/protocol/recording.ts';
import type { RunResult } from '../../src/runner/runner.ts';
import { createTestRunner, fixture } from './testRunner.ts';

const file = fixture('recorded.graph.ts');
const runner = createTestRunner({ after });
const key = 'k3y-of-the-test-0815';
const otherKey = 'other-k3y-of-the-test-4711';
const nobody = 'http://127.0.0.1:9/v1';

type Mode = RecordingOptions['mode'];
type Options = Partial<RecordingOptions> & { question?: string; server?: ModelServer };

/** Runs graphs of the fixture with a folder of its own. */
async function recordings(t: TestContext, exportName: string) {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-recording-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const run = (mode: Mode, { question = 'Why?', server, ...more }: Options = {}) =>
    runner.run({
      file,
      exportName,
      input: { question },
      recording: { folder, mode, ...more },
      env: server
        ? { OPENAI_API_KEY: key, OPENAI_BASE_URL: server.baseURL, OTHER_API_KEY: otherKey }
        : { OPENAI_BASE_URL: nobody },
    });
  const files = async () => {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  };
  return { folder, run, files };
}

const saidIn = ({ status, state, error }: RunResult) => {
  assert.equal(status, 'done', error?.message);
  return (state as { said: string[] }).said;
};

const numbered = { choose: (_request: unknown, i: number) => says({ pieces: ['No', `. ${i}`] }) };

test('a run is replayed without key and server, with the same result', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'asks');
  assert.deepEqual(saidIn(await run('record', { server })), ['No. 0']);
  assert.deepEqual(saidIn(await run('replay')), ['No. 0']);
  assert.equal(server.requests.length, 1);
  const [path, ...others] = await files();
  assert.deepEqual(others, []);
  assert.match(path!, /recorded[\\/]asks[\\/]ask[\\/]ask-1\.json$/);
  const call = JSON.parse(await readFile(path!, 'utf8'));
  assert.deepEqual(call.request.body.messages, [{ role: 'user', content: 'Why?' }]);
  assert.equal(call.answer.events[0].data.choices[0].delta.content, 'No');
  assert.ok(call.answer.events.every(({ ms }: { ms: unknown }) => Number.isInteger(ms)));
});

test('a stream that is replayed at its pace comes whole', async (t) => {
  await using server = await startModelServer(numbered);
  const { run } = await recordings(t, 'asks');
  await run('record', { server });
  assert.deepEqual(saidIn(await run('replay', { pace: 'recorded' })), ['No. 0']);
});

test('equal requests of branches that run at once each get the answers of their own branch', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'branches');
  const said = saidIn(await run('record', { server }));
  assert.equal(new Set(said).size, 3);
  assert.equal((await files()).length, 6);
  assert.deepEqual(saidIn(await run('replay')), said);
});

test('requests of other clients are recorded and replayed as ours are', async (t) => {
  await using server = await startModelServer(numbered);
  const { run } = await recordings(t, 'fetches');
  assert.deepEqual(saidIn(await run('record', { server })), ['No. 0']);
  assert.deepEqual(saidIn(await run('replay')), ['No. 0']);
  assert.equal(server.requests.length, 1);
});

test('the stream of a client that stops at its last event is recorded', async (t) => {
  await using server = await startModelServer(numbered);
  const { run } = await recordings(t, 'stops');
  const said = saidIn(await run('record', { server }));
  assert.match(said.join(), /No[^]*\. 0[^]*\[DONE\]/);
  assert.match(saidIn(await run('replay')).join(), /No[^]*\. 0[^]*\[DONE\]/);
  assert.equal(server.requests.length, 1);
});

test('a request that is not recorded fails, and is told beside the one most like it', async (t) => {
  await using server = await startModelServer(numbered);
  const { run } = await recordings(t, 'asks');
  await run('record', { server });
  const { status, error } = await run('replay', { question: 'Why not?' });
  assert.equal(status, 'failed');
  assert.equal(error?.code, 'MODEL_NOT_RECORDED');
  const told = /Call 1 of "ask".*\n {2}messages\.0\.content:\n {2}- Why\?\n {2}\+ Why not\?\n/;
  assert.match(error.message, told);
  assert.equal(error.cause, undefined, 'nothing is told twice');
});

test('without any recording, that is said', async (t) => {
  const { run } = await recordings(t, 'asks');
  const { error } = await run('replay');
  assert.equal(error?.code, 'MODEL_NOT_RECORDED');
  assert.match(error.message, /There are no recorded calls of this graph/);
});

test('what is missing alone is recorded, beside what is there', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'asks');
  await run('record', { server });
  assert.deepEqual(saidIn(await run('missing', { server })), ['No. 0']);
  assert.equal(server.requests.length, 1);
  assert.deepEqual(saidIn(await run('missing', { server, question: 'Who?' })), ['No. 1']);
  assert.equal((await files()).length, 2);
  assert.deepEqual(saidIn(await run('replay')), ['No. 0']);
  assert.deepEqual(saidIn(await run('replay', { question: 'Who?' })), ['No. 1']);
});

test('a new recording takes the place of the old one, but not if no call is answered', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'branches');
  await run('record', { server });
  await run('record', { question: 'Who?' });
  assert.equal((await files()).length, 6);
  await run('record', { server, question: 'Who?' });
  assert.equal((await files()).length, 6);
  assert.equal((await run('replay')).error?.code, 'MODEL_NOT_RECORDED');
  saidIn(await run('replay', { question: 'Who?' }));
});

test('refusals are recorded too: what was tried again then is tried again', async (t) => {
  await using server = await startModelServer([fails(429, { message: 'Busy' }), says('No')]);
  const { run, files } = await recordings(t, 'asks');
  assert.deepEqual(saidIn(await run('record', { server })), ['No']);
  assert.equal((await files()).length, 2);
  assert.deepEqual(saidIn(await run('replay')), ['No']);
});

test('keys in headers, addresses, requests and answers are in no file', async (t) => {
  const shaped = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
  const pieces = ['The keys: ', key.slice(0, 9), `${key.slice(9)} `, otherKey, ' and ', shaped];
  await using server = await startModelServer(says({ pieces }));
  for (const graph of ['asks', 'fetches']) {
    const { run, files } = await recordings(t, graph);
    const question = `Is ${key} or ${otherKey} or ${shaped} a key?`;
    saidIn(await run('record', { server, question }));
    const [path] = await files();
    const text = await readFile(path!, 'utf8');
    assert.match(text, /"Is \[redacted\] or \[redacted\] or \[redacted\] a key\?"/);
    const call = JSON.parse(text);
    const whole = JSON.stringify(call.answer);
    for (const secret of [key, otherKey, shaped, key.slice(9), shaped.slice(4)]) {
      assert.ok(!text.includes(secret) && !whole.includes(secret), `${graph}: ${secret}`);
    }
    assert.match(whole, /The keys: \[redacted\] \[redacted\] and \[redacted\]/);
  }
});

const mistakes: readonly (readonly [what: string, text: (text: string) => string, told: RegExp])[] =
  [
    ['is cut off', (text) => text.slice(0, -20), /not valid JSON/],
    [
      'is of a newer version',
      (text) => text.replace('"version": 1', '"version": 7'),
      /version 7.*update/,
    ],
    ['has lost its answer', (text) => text.replace('"answer"', '"anser"'), /"answer\.status" must/],
    [
      'has a number for an address',
      (text) => text.replace(/"url": ".*"/, '"url": 5'),
      /"request" must/,
    ],
    [
      'has an event without a time',
      (text) => text.replace('"ms"', '"when"'),
      /"answer\.events\[0\]"/,
    ],
  ];
for (const [what, change, told] of mistakes) {
  test(`a file that ${what} is named, with what is wrong`, async (t) => {
    await using server = await startModelServer(numbered);
    const { run, files } = await recordings(t, 'asks');
    await run('record', { server });
    const [path] = await files();
    await writeFile(path!, change(await readFile(path!, 'utf8')));
    const { error } = await run('replay');
    assert.equal(error?.code, 'RECORDING_UNREADABLE');
    assert.match(error.message, told);
    assert.ok(error.message.includes('ask-1.json'));
  });
}

test('a recording that is a file and no folder is named, and not taken for a network that fails', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'asks');
  await run('record', { server });
  const folder = dirname(dirname((await files())[0]!));
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  const { error } = await run('replay');
  assert.equal(error?.code, 'RECORDING_UNREADABLE');
  assert.ok(error.message.includes(folder));
});

test('an answer that was edited by hand is given as it stands', async (t) => {
  await using server = await startModelServer(numbered);
  const { run, files } = await recordings(t, 'asks');
  await run('record', { server });
  const [path] = await files();
  await writeFile(path!, `\uFEFF${(await readFile(path!, 'utf8')).replace('". 0"', '" idea"')}`);
  assert.deepEqual(saidIn(await run('replay')), ['No idea']);
});
