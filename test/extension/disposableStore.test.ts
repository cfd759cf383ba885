import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DisposableStore } from '../../src/extension/disposableStore.ts';

function recorder() {
  const released: string[] = [];
  return { released, item: (name: string) => ({ name, dispose: () => released.push(name) }) };
}

test('DisposableStore releases what it owns, the newest first, and once only', () => {
  const { released, item } = recorder();
  const store = new DisposableStore();
  const first = store.add(item('first'));
  store.add(item('second'));
  store.dispose();
  store.dispose();
  assert.equal(first.name, 'first');
  assert.deepEqual(released, ['second', 'first']);
});

test('DisposableStore releases at once what is added after its end', () => {
  const { released, item } = recorder();
  const store = new DisposableStore();
  store.dispose();
  store.add(item('late'));
  assert.deepEqual(released, ['late']);
});

test('DisposableStore.delete() releases one item and forgets it', () => {
  const { released, item } = recorder();
  const store = new DisposableStore();
  const one = store.add(item('one'));
  store.delete(one);
  store.delete(one);
  store.dispose();
  assert.deepEqual(released, ['one']);
});
