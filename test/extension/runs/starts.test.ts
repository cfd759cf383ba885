import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Starts } from '../../../src/extension/runs/starts.ts';

test('a second start of the same thing is the first one, until that has begun', async () => {
  const starts = new Starts<string>();
  const ends: ((result: string) => void)[] = [];
  const begins: (() => void)[] = [];
  const start = (key: string) =>
    starts.join(key, (begun) => {
      begins.push(begun);
      return new Promise((resolve) => ends.push(resolve));
    });
  const [one, again, other] = [start('a'), start('a'), start('b')];
  assert.equal(ends.length, 2);
  begins[0]!();
  const later = start('a');
  assert.equal(ends.length, 3);
  // The first has begun long ago: its end is no news for the second.
  ends[0]!('one');
  await one;
  const joined = start('a');
  assert.equal(ends.length, 3);
  ends[1]!('other');
  ends[2]!('later');
  assert.deepEqual(await Promise.all([one, again, other, later, joined]), [
    'one',
    'one',
    'other',
    'later',
    'later',
  ]);
});

test('a start that fails, or ends before it has begun, is forgotten', async () => {
  const starts = new Starts<number>();
  await assert.rejects(
    starts.join('a', async () => {
      throw new Error('not today');
    }),
    /not today/,
  );
  assert.equal(await starts.join('a', async () => 1), 1);
  assert.equal(await starts.join('a', async () => 2), 2);
});
