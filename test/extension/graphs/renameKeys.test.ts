import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memento } from 'vscode';
import '../../fakes/vscode.ts';

const { InputMemory } = await import('../../../src/extension/input/inputMemory.ts');
const { renameKeys } = await import('../../../src/extension/graphs/renameKeys.ts');

/** A storage, and what is in it. */
function storage(kept: Readonly<Record<string, unknown>>) {
  const values = new Map(Object.entries(kept));
  const state = {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    },
  } as Memento;
  return { state, kept: () => Object.fromEntries(values) };
}

test('what is kept of a file is found under its new path, with all its graphs', async () => {
  const { state, kept } = storage({ answerer: 'offline', 'lastGraph:/a.ts': 'two' });
  const memory = new InputMemory(state);
  await memory.set({ file: '/a.ts', exportName: 'one' }, '1');
  await memory.set({ file: '/a.ts', exportName: 'two' }, '2');
  await memory.set({ file: '/c.ts', exportName: 'one' }, '3');
  await renameKeys(state, (path) => (path === '/a.ts' ? '/b.ts' : path));
  assert.equal(memory.get({ file: '/b.ts', exportName: 'two' }), '2');
  assert.equal(memory.get({ file: '/a.ts', exportName: 'two' }), undefined);
  assert.deepEqual(kept(), {
    answerer: 'offline',
    'lastGraph:/b.ts': 'two',
    'input:/b.ts#one': '1',
    'input:/b.ts#two': '2',
    'input:/c.ts#one': '3',
  });
});

test('files that change places keep what is theirs, also with a # in their names', async () => {
  const { state, kept } = storage({ 'input:/a#1.ts#g': 'a', 'input:/b.ts#g': 'b' });
  const swap: Record<string, string> = { '/a#1.ts': '/b.ts', '/b.ts': '/a#1.ts' };
  await renameKeys(state, (path) => swap[path] ?? path);
  assert.deepEqual(kept(), { 'input:/b.ts#g': 'a', 'input:/a#1.ts#g': 'b' });
});

test('what was kept of a file that was replaced goes with it', async () => {
  const { state, kept } = storage({ 'input:/a.ts#g': 'new', 'input:/b.ts#g': 'old' });
  await renameKeys(state, (path) => (path === '/a.ts' ? '/b.ts' : path));
  assert.deepEqual(kept(), { 'input:/b.ts#g': 'new' });
});

test('once the renaming has begun, the new keys can be read', () => {
  const { state, kept } = storage({ 'lastGraph:/a.ts': 'g' });
  void renameKeys(state, () => '/b.ts');
  assert.deepEqual(kept(), { 'lastGraph:/b.ts': 'g' });
});
