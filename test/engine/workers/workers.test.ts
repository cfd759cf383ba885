// Nodes and tasks with `thread: true`, in plain Node.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Command,
  InMemoryStore,
  MemorySaver,
  START,
  StateGraph,
  isSuperstepError,
  SuperstepError,
  AIMessage,
  taskOf,
  type RunEvent,
} from '../../../src/engine/index.ts';
import { poolOfModule } from '../../../src/engine/run/workers/workerPool.ts';
import { failsWith, mentions, thrownBy } from '../support.ts';
import { ModelError } from '../../../src/openai/modelError.ts';
import {
  Overdrawn,
  State,
  builder,
  graph,
  makeLate,
  map,
  squares,
  talk,
  withoutModule,
} from './graphs.ts';

const module = new URL('graphs.ts', import.meta.url).href;
const out = async (wanted: string, config: object = {}) =>
  (await graph.invoke({ wanted }, { threads: 1, ...config })).out;
const eventsOf = async (wanted: string) => {
  const events: RunEvent[] = [];
  await graph.invoke({ wanted }, { threads: 1, onEvent: (event) => void events.push(event) });
  return events;
};

describe('a node with thread: true', () => {
  it('runs on a worker thread', async () => {
    assert.equal(await out('thread'), 'worker');
  });

  it('returns values with their classes', async () => {
    const { map: dates, message } = (await out('classes')) as any;
    assert.deepEqual(dates, new Map([[1, new Date(5)]]));
    assert.ok(message instanceof AIMessage);
  });

  it('returns commands', async () => {
    const { out: got, items } = await graph.invoke({ wanted: 'command' });
    assert.deepEqual([got, items], ['by command', [1]]);
  });

  it('fails with the error that it threw, and its place', async () => {
    const error = (await thrownBy(out('range'))) as Error;
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, 'too far');
    assert.ok(error.cause instanceof TypeError);
    assert.match(error.stack!, /graphs\.ts/);
    assert.equal(taskOf(error)?.node, 'work');
  });

  it('fails with an error of the library that is one', async () => {
    const error = await failsWith('INVALID_INPUT', out('ours'));
    assert.ok(isSuperstepError(error) && error instanceof SuperstepError);
    assert.equal(error.details.key, 'out');
  });

  it('fails with an error of a model that is one', async () => {
    const error = await failsWith('MODEL_SERVER_ERROR', out('model'));
    assert.ok(error instanceof ModelError && isSuperstepError(error));
    assert.equal(error.status, 503);
  });

  it('fails with an error of a class that the module exports', async () => {
    const error = (await thrownBy(out('exported'))) as Overdrawn;
    assert.ok(error instanceof Overdrawn);
    assert.deepEqual([error.name, error.message, error.half], ['Overdrawn', 'too much', 2.5]);
    assert.match(error.stack!, /graphs\.ts/);
    assert.equal(taskOf(error)?.node, 'work');
  });

  it('fails with an error of the nearest class that the module exports', async () => {
    const error = (await thrownBy(out('derived'))) as Overdrawn;
    assert.ok(error instanceof Overdrawn);
    assert.deepEqual([error.name, error.half], ['FarOverdrawn', 25]);
  });

  it('fails with as much of its error as can be sent', async () => {
    const error = (await thrownBy(out('bulky'))) as Error & { status: number };
    assert.deepEqual(
      [error.name, error.message, error.cause, error.status],
      ['TypeError', 'no socket', 7, 404],
    );
    assert.ok(!('close' in error));
    assert.match(error.stack!, /graphs\.ts/);
  });

  it('fails with an error that tells what it threw, where that is none', async () => {
    mentions(await failsWith('NON_ERROR_THROWN', out('text')), 'just text');
  });

  it('writes to the stream at once', async () => {
    const chunks = await graph.invoke({ wanted: 'write' }, { streamMode: 'custom' });
    assert.deepEqual(chunks, [{ at: 1 }, { at: 2 }]);
  });

  it('reaches the store of its run', async () => {
    const store = new InMemoryStore();
    assert.deepEqual(await out('store', { store }), { n: 1 });
    assert.deepEqual((await store.get(['a'], 'k'))!.value, { n: 1 });
    await failsWith('INVALID_NAMESPACE', out('badStore', { store }));
  });

  it('is given its config', async () => {
    const config = { configurable: { user: 'ada' }, context: { a: 1 }, tags: ['t'] };
    assert.deepEqual(await out('config', config), ['ada', { a: 1 }, 'work', ['t']]);
  });

  it('asks, and gets the answers', async () => {
    const asking = builder.compile({ name: 'work', checkpointer: new MemorySaver(), module });
    const config = { configurable: { thread_id: '1' } };
    const ask = async (input: any) => (await asking.invoke(input, config)) as any;
    assert.equal((await ask({ wanted: 'ask' })).__interrupt__[0].value, 'first?');
    const second = await ask(new Command({ resume: 'one' }));
    assert.equal(second.__interrupt__[0].value, 'second?');
    assert.deepEqual((await ask(new Command({ resume: 'two' }))).out, ['one', 'two', 'worker']);
  });

  it('cannot ask where nothing keeps the question', async () => {
    mentions(await failsWith('MISSING_CHECKPOINTER', out('ask')), 'work');
  });

  it('tells of the models that it calls', async () => {
    const events = await eventsOf('call');
    const ofModels = events.filter(({ type }) => type.startsWith('model'));
    assert.deepEqual(
      ofModels.map(({ type, ...event }) => [type, (event as any).task.node]),
      [
        ['modelStarted', 'work'],
        ['modelStreamed', 'work'],
        ['modelFinished', 'work'],
      ],
    );
  });

  it('calls tasks and graphs, which are told of', async () => {
    assert.deepEqual(await out('inner'), [2, 4]);
    assert.equal(await out('graph'), 2);
    const events = await eventsOf('inner');
    const started = events.filter((event) => event.type === 'taskStarted');
    const [work, ...inside] = started.map(({ task }) => task);
    assert.deepEqual(
      inside.map(({ node, parent }) => [node, parent]),
      [
        ['double', work!.id],
        ['double', work!.id],
      ],
    );
    assert.equal(new Set(started.map(({ task }) => task.id)).size, 3);
  });

  it('shows messages before it ends', async () => {
    const { messages } = await talk.invoke({});
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['On it', 'Done'],
    );
  });

  it('fails if what it returns cannot be sent', async () => {
    mentions(await failsWith('NOT_SERIALIZABLE', out('function')), 'what "work" returns');
  });

  it('fails if its thread ends, and the next has another', async () => {
    mentions(await failsWith('WORKER_ENDED', out('exit')), 'work', 'process.exit(3)');
    assert.equal(await out('thread'), 'worker');
  });
});

describe('a task with thread: true', () => {
  it('runs on a worker thread', async () => {
    assert.deepEqual(await squares.invoke([1, 2, 3]), [1, 4, 9]);
  });
});

describe('the worker threads', () => {
  it('give back results in order, and none leaks after 1,000 tasks', async () => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    const { items, threads } = await map.invoke({ items: numbers }, { threads: 2 });
    assert.deepEqual(
      items.slice(1000),
      numbers.map((n) => n * n),
    );
    assert.ok(new Set(threads).size <= 2);
    assert.ok(poolOfModule(module).size <= 2);
  });

  it('hear that their task is given up', async () => {
    const stop = new AbortController();
    const running = graph.invoke({ wanted: 'untilAbort' }, { threads: 1, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await failsWith('ABORTED', running);
    assert.equal(await out('thread'), 'worker');
  });

  it('are ended where a task that was given up goes on', async () => {
    const stop = new AbortController();
    // As many as there can be threads by now.
    const running = [1, 2].map(() =>
      failsWith('ABORTED', graph.invoke({ wanted: 'hang' }, { threads: 2, signal: stop.signal })),
    );
    setTimeout(() => stop.abort(), 50);
    await Promise.all(running);
    assert.equal(await out('thread'), 'worker');
  });

  it('are refused where nothing says which module they load', async () => {
    const error = await failsWith('MISSING_MODULE', withoutModule.invoke({}));
    mentions(error, 'lost', 'compile({ module: import.meta.url })');
  });

  it('leave to the thread of the run what they do not find, with a warning', async () => {
    const events: RunEvent[] = [];
    const { out: where } = await makeLate().invoke(
      {},
      { onEvent: (event) => void events.push(event) },
    );
    assert.equal(where, 'main');
    const warnings = events.filter((event) => event.type === 'warning');
    assert.deepEqual(
      warnings.map(({ code, task }) => [code, task?.node]),
      [['NOT_ON_WORKER', 'late']],
    );
  });

  it('leave to the thread of the run what cannot be sent to them, with a warning', async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => void events.push(event);
    const context = { log: () => {} };
    const { out: where } = await graph.invoke({ wanted: 'thread' }, { context, onEvent });
    assert.equal(where, 'main');
    assert.ok(events.some((event) => event.type === 'warning' && event.message.includes('log')));
  });

  it('are not for graphs that are nodes', async () => {
    const add = () => new StateGraph(State).addNode('inner', graph, { thread: true } as never);
    await failsWith('INVALID_NODE', () => add().addEdge(START, 'inner').compile());
  });
});
