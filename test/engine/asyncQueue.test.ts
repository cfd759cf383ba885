import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AsyncQueue } from '../../src/engine/model/asyncQueue.ts';

async function readAll<T>(queue: AsyncQueue<T>): Promise<{ values: T[]; error?: unknown }> {
  const values: T[] = [];
  try {
    for await (const value of queue) values.push(value);
    return { values };
  } catch (error) {
    return { values, error };
  }
}

describe('AsyncQueue', () => {
  it('gives the reader every value in order, whenever it is pushed', async () => {
    const bursts = fc.array(fc.array(fc.integer(), { maxLength: 5 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bursts, async (values) => {
        const queue = new AsyncQueue<number>();
        const read = readAll(queue);
        for (const burst of values) {
          for (const value of burst) queue.push(value);
          await Promise.resolve();
        }
        queue.end();
        assert.deepEqual(await read, { values: values.flat() });
      }),
    );
  });

  it('gives what waits before the error it fails with, whatever the error is', async () => {
    for (const error of [new Error('no more'), undefined]) {
      const queue = new AsyncQueue<number>();
      queue.push(1);
      queue.fail(error);
      assert.deepEqual(await readAll(queue), { values: [1], error });
    }
  });

  it('ends once, and takes nothing after that', async () => {
    const queue = new AsyncQueue<number>();
    queue.end();
    queue.push(1);
    queue.fail(new Error('too late'));
    assert.deepEqual(await readAll(queue), { values: [] });
  });

  it('tells how many values wait, and when the reader has taken them', async () => {
    const queue = new AsyncQueue<number>();
    queue.push(1);
    queue.push(2);
    assert.equal(queue.unread, 2);
    let isRead = false;
    const whenRead = queue.whenRead().then(() => (isRead = true));
    const reader = queue[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    assert.deepEqual([queue.unread, isRead], [0, false]);
    const third = reader.next();
    await whenRead;
    queue.push(3);
    assert.deepEqual(await third, { done: false, value: 3 });
  });
});
