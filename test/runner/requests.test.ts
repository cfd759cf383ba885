import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { Answerer, Asker, type Answers } from '../../src/runner/requests.ts';

type Counting = {
  readonly count: { readonly request: number; readonly part: number };
  readonly double: { readonly request: number; readonly part: number };
};

/** Both sides of a port. */
function connect(t: TestContext, answers: Partial<Answers<Counting>>) {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  const asker = new Asker<Counting>((message) => port1.postMessage(message));
  const answerer = new Answerer<Counting>(answers as Answers<Counting>, (message) =>
    port2.postMessage(message),
  );
  port1.on('message', (message) => asker.onMessage(message));
  port2.on('message', (message) => answerer.onMessage(message));
  return { asker, answerer };
}

async function* count(to: number) {
  for (let i = 1; i <= to; i++) yield i;
}

async function* double(n: number) {
  yield 2 * n;
}

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

/** Tells one part, then nothing until its signal is aborted. */
function endless() {
  const ended = Promise.withResolvers<unknown>();
  async function* answer(_: number, signal: AbortSignal) {
    yield 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ended.resolve(signal.reason);
  }
  return { answer, ended: ended.promise };
}

test('an answer comes in parts, several at the same time, each to whoever asked', async (t) => {
  const { asker } = connect(t, { count, double });
  const [three, two, doubled] = await Promise.all([
    all(asker.stream('count', 3)),
    all(asker.stream('count', 2)),
    asker.ask('double', 21),
  ]);
  assert.deepEqual([three, two, doubled], [[1, 2, 3], [1, 2], 42]);
});

test('what the answering side throws is thrown where it was asked, after the parts before it', async (t) => {
  const { asker } = connect(t, {
    async *count() {
      yield 1;
      throw Object.assign(new RangeError('Too far'), { code: 'FAR', cause: new Error('why') });
    },
  });
  const parts: number[] = [];
  const asked = async () => {
    for await (const part of asker.stream('count', 2)) parts.push(part);
  };
  await assert.rejects(asked(), (error: Error & { code?: string }) => {
    const { name, message, code, cause } = error;
    assert.deepEqual([name, message, code], ['RangeError', 'Too far', 'FAR']);
    return (cause as Error).message === 'why';
  });
  assert.deepEqual(parts, [1]);
});

test('an answer that is given up ends on the other side, by a signal or by reading no further', async (t) => {
  for (const isAborted of [true, false]) {
    const { answer, ended } = endless();
    const { asker } = connect(t, { count: answer });
    const abort = new AbortController();
    const read = async () => {
      for await (const _ of asker.stream('count', 1, abort.signal)) {
        if (!isAborted) break;
        abort.abort(new Error('enough'));
      }
    };
    if (isAborted) await assert.rejects(read(), /enough/);
    else await read();
    assert.match(String(await ended), /Nobody waits/);
  }
});

test('close() gives up what is being answered, and answers nothing after it', async (t) => {
  const { answer, ended } = endless();
  const { asker, answerer } = connect(t, { count: answer });
  const parts = asker.stream('count', 1);
  await parts.next();
  answerer.close(new Error('over'));
  assert.match(String(await ended), /over/);
  const told: unknown[] = [];
  const closed = new Answerer<Counting>({ count, double }, (message) => told.push(message));
  closed.close(new Error('over'));
  closed.onMessage({ type: 'ask', id: 1, request: { name: 'double', request: 1 } });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, []);
});

test('an answer without a part is an error where one was asked for', async (t) => {
  const { asker } = connect(t, { async *count() {} });
  await assert.rejects(asker.ask('count', 1), /No answer to "count"/);
});
