import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LastValues } from '../../../src/runner/report/lastValues.ts';
import { failed, started, task, wrote } from './events.ts';

test('the last input, update and error of a node are kept, of several at once those of the last', () => {
  const values = new LastValues();
  const [one, two] = [task(1, 'a'), task(2, 'a')];
  for (const event of [
    started(one, 1, { i: 1 }),
    started(two, 1, { i: 2 }),
    wrote(two, 2, { n: 2 }),
    wrote(one, 3, { n: 1 }),
  ]) {
    values.add(event);
  }
  assert.deepEqual(
    { input: values.get('a')?.input, update: values.get('a')?.update },
    { input: { i: 2 }, update: { n: 2 } },
  );
  values.add(failed(two, 4, { cancelled: true }));
  assert.equal(values.get('a')?.error, undefined);
  values.add(failed(two, 4, { message: 'broken' }));
  assert.equal(values.get('a')?.error?.message, 'broken');
  assert.equal(values.get('b'), undefined);
});

test('of very many nodes those are forgotten that started longest ago', () => {
  const values = new LastValues();
  for (let i = 0; i < 1000; i++) values.add(started(task(i, `n${i}`), i));
  assert.equal(values.get('n0'), undefined);
  assert.ok(values.get('n999'));
  assert.ok(values.get('n801'));
});
