import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Memento, SecretStorage } from 'vscode';
import { quickPicks } from '../../fakes/vscode.ts';

const { ModelSource } = await import('../../../src/extension/models/modelSource.ts');
const { StoredKey } = await import('../../../src/extension/models/storedKey.ts');

beforeEach(() => {
  quickPicks.splice(0);
});

/** A source with its memory, and what it has told. */
function makeSource(remembered?: string) {
  const state = new Map<string, unknown>(remembered ? [['answerer', remembered]] : []);
  const secrets = new Map<string, string>();
  const memento = {
    get: (key: string) => state.get(key),
    update: async (key: string, value: unknown) => void state.set(key, value),
  } as unknown as Memento;
  const storedKey = new StoredKey({
    get: async (key: string) => secrets.get(key),
    store: async (key: string, value: string) => void secrets.set(key, value),
    delete: async (key: string) => void secrets.delete(key),
  } as unknown as SecretStorage);
  const told: string[] = [];
  const source = new ModelSource(memento, storedKey);
  const choose = (signal = new AbortController().signal) =>
    source.provider((line) => told.push(line)).choose({ model: 'm', signal });
  return { choose, source, storedKey, told };
}

/** The pick list on the screen, once there is one. */
async function shownList() {
  for (;;) {
    const list = quickPicks.find(({ isShown }) => isShown);
    if (list) return list;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('ModelSource asks nobody where the workspace has chosen, and tells of it', async () => {
  const { choose, storedKey, told } = makeSource('offline');
  await storedKey.set({ apiKey: 'k', baseURL: 'https://a/v1' });
  assert.deepEqual(await choose(), { kind: 'offline' });
  assert.match(told.join(), /^Models: the built-in offline model/);
  assert.equal(quickPicks.length, 0);
});

test('ModelSource uses the stored key, with its address, where nothing was chosen', async () => {
  const { choose, storedKey, told } = makeSource();
  await storedKey.set({ apiKey: 'secret-key', baseURL: 'https://a/v1' });
  assert.deepEqual(await choose(), {
    kind: 'key',
    apiKey: 'secret-key',
    baseURL: 'https://a/v1',
  });
  assert.match(told.join(), /https:\/\/a\/v1/);
  assert.doesNotMatch(told.join(), /secret-key/);
});

test('ModelSource asks once for all runs that wait, and remembers the answer', async () => {
  const { choose } = makeSource();
  const both = [choose(), choose()];
  (await shownList()).accept('Offline');
  assert.deepEqual(await Promise.all(both), [{ kind: 'offline' }, { kind: 'offline' }]);
  assert.deepEqual(await choose(), { kind: 'offline' });
  assert.equal(quickPicks.length, 1);
});

test('ModelSource takes its question away when the last run that waits has ended', async () => {
  const { choose } = makeSource();
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [choose(first.signal), choose(second.signal)];
  const list = await shownList();
  first.abort(new Error('first ended'));
  await assert.rejects(waiting[0]!, /first ended/);
  assert.equal(list.isShown, true);
  second.abort(new Error('second ended'));
  await assert.rejects(waiting[1]!, /second ended/);
  assert.equal(list.isShown, false);
  const again = choose();
  (await shownList()).accept('Offline');
  assert.deepEqual(await again, { kind: 'offline' });
});

test('ModelSource gives up for all runs that wait if the user does, and asks again the next time', async () => {
  const { choose, told } = makeSource();
  const both = [choose(), choose()];
  (await shownList()).hide();
  assert.deepEqual(await Promise.all(both), [undefined, undefined]);
  const line = 'Models: nobody was chosen to answer "m", so the run is cancelled';
  assert.deepEqual(told, [line, line]);
  const again = choose();
  (await shownList()).accept('Offline');
  await again;
  assert.equal(quickPicks.length, 2);
});
