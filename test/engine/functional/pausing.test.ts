import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  getPreviousState,
  interrupt,
  task,
} from '../../../src/engine/index.ts';
import { collect, recorder, settle } from '../support.ts';

const config = { configurable: { thread_id: '1' } };
const resume = (answer: unknown) => new Command({ resume: answer });

/** A task that counts its runs. */
function counted<T>(name: string, action: () => T) {
  const counter = { runs: 0 };
  const call = task(name, async () => {
    counter.runs++;
    return action();
  });
  return { call, counter };
}

describe('an entrypoint with a checkpointer', () => {
  it('pauses in its body and in its tasks, and gets the results of tasks that had ended', async () => {
    const first = counted('first', () => 'first');
    const ask = counted('ask', () => interrupt<string>('who?'));
    const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async () => [
      await first.call(),
      await ask.call(),
      interrupt<string>('why?'),
    ]);
    const who: any = await workflow.invoke({}, config);
    assert.equal(who.__interrupt__[0].value, 'who?');
    const why: any = await workflow.invoke(resume('Ann'), config);
    assert.equal(why.__interrupt__[0].value, 'why?');
    assert.deepEqual(await workflow.invoke(resume('because'), config), ['first', 'Ann', 'because']);
    assert.equal(first.counter.runs, 1);
    assert.equal(ask.counter.runs, 2);
  });

  it('runs only what did not end, after a failure', async () => {
    let isBroken = true;
    const fine = counted('fine', () => 1);
    const breaks = counted('breaks', () => {
      if (isBroken) throw new Error('broken');
      return 2;
    });
    const workflow = entrypoint(
      { name: 'workflow', checkpointer: new MemorySaver() },
      async () => (await fine.call()) + (await breaks.call()),
    );
    await assert.rejects(workflow.invoke({}, config), /broken/);
    isBroken = false;
    assert.equal(await workflow.invoke(null, config), 3);
    assert.deepEqual([fine.counter.runs, breaks.counter.runs], [1, 2]);
  });

  it('lets tasks that run beside a question come to their end', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = counted('slow', () => gate.promise.then(() => 'slow'));
    const ask = counted('ask', () => interrupt<string>('who?'));
    const outer = task('outer', () => Promise.all([slow.call(), ask.call()]));
    const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, () =>
      outer(),
    );
    const running = workflow.invoke({}, config);
    await settle();
    gate.resolve();
    const paused: any = await running;
    assert.equal(paused.__interrupt__.length, 1);
    assert.deepEqual(await workflow.invoke(resume('Ann'), config), ['slow', 'Ann']);
    assert.equal(slow.counter.runs, 1);
  });

  it('pauses even if a task that asks has retries and a timeout', async () => {
    const ask = task({ name: 'ask', retry: {}, timeout: 1000 }, () => interrupt<string>('who?'));
    const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, () => ask());
    const { onEvent, of } = recorder();
    await workflow.invoke({}, { ...config, onEvent });
    assert.equal(of('taskRetrying').length, 0);
    assert.deepEqual(
      of('taskInterrupted').map((event) => event.task.node),
      ['ask', 'workflow'],
    );
    assert.equal(await workflow.invoke(resume('Ann'), config), 'Ann');
  });

  it('pauses though nobody waits for the task that asks', async () => {
    const ask = task('ask', () => interrupt<string>('who?'));
    const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, () => {
      void ask();
      return 'done';
    });
    const paused: any = await workflow.invoke({}, config);
    assert.equal(paused.__interrupt__[0].value, 'who?');
    assert.equal(await workflow.invoke(resume('Ann'), config), 'done');
  });

  it('remembers what it returned, or saved, for its next run', async () => {
    const returned = entrypoint(
      { name: 'returned', checkpointer: new MemorySaver() },
      (n: number) => n + (getPreviousState<number>() ?? 0),
    );
    assert.deepEqual(
      [
        await returned.invoke(1, config),
        await returned.invoke(2, config),
        await returned.invoke(3, config),
      ],
      [1, 3, 6],
    );
    const saved = entrypoint({ name: 'saved', checkpointer: new MemorySaver() }, (n: number) => {
      const value = getPreviousState<number>();
      return entrypoint.final({ value, save: n * 10 });
    });
    assert.deepEqual(
      [await saved.invoke(1, config), await saved.invoke(2, config), await saved.invoke(3, config)],
      [undefined, 10, 20],
    );
  });

  it('does not return what an earlier run did', async () => {
    const workflow = entrypoint(
      { name: 'workflow', checkpointer: new MemorySaver() },
      (n: number) => (n === 1 ? 'one' : undefined),
    );
    assert.equal(await workflow.invoke(1, config), 'one');
    assert.equal(await workflow.invoke(2, config), undefined);
  });

  it('streams its question once a mode', async () => {
    const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, () =>
      interrupt<string>('who?'),
    );
    const chunks: any[] = await collect(
      workflow.stream({}, { ...config, streamMode: ['updates', 'values'] }),
    );
    assert.deepEqual(
      chunks.map(([mode, chunk]) => [mode, chunk.__interrupt__[0].value]),
      [
        ['updates', 'who?'],
        ['values', 'who?'],
      ],
    );
  });
});

describe('the results of tasks that had ended', () => {
  it('are those of calls with the same arguments, in whatever order they come', async () => {
    let runs = 0;
    const calls: string[] = [];
    const work = task('work', async (name: string) => {
      calls.push(name);
      return `result of ${name}`;
    });
    const workflow = entrypoint({ name: 'e', checkpointer: new MemorySaver() }, async () => {
      const names = runs++ === 0 ? ['a', 'b', 'b'] : ['new', 'b', 'a', 'b'];
      const results = await Promise.all(names.map((name) => work(name)));
      return [...results, interrupt<string>('go on?')];
    });
    await workflow.invoke({}, config);
    assert.deepEqual(await workflow.invoke(resume('yes'), config), [
      'result of new',
      'result of b',
      'result of a',
      'result of b',
      'yes',
    ]);
    assert.deepEqual(calls, ['a', 'b', 'b', 'new']);
  });

  it('are told apart by all that is data in the arguments', async () => {
    const given = [new Map([['k', 1]]), new Map([['k', 2]]), new Date(1), new Date(2), { a: [1n] }];
    let runs = 0;
    let works = 0;
    const work = task('work', async (value: unknown) => {
      works++;
      return structuredClone(value);
    });
    const workflow = entrypoint({ name: 'e', checkpointer: new MemorySaver() }, async () => {
      const order = runs++ === 0 ? given : given.toReversed();
      const results = await Promise.all(order.map((value) => work(value)));
      interrupt('go on?');
      return results;
    });
    await workflow.invoke({}, config);
    assert.deepEqual(await workflow.invoke(resume('yes'), config), given.toReversed());
    assert.equal(works, given.length);
  });

  it('stay when the state is updated while their node waits', async () => {
    const pay = counted('pay', () => 'paid');
    const graph = new StateGraph(
      Annotation.Root({ log: Annotation<string[]>(), x: Annotation<number>() }),
    )
      .addNode('node', async ({ x }) => ({
        log: [await pay.call(), interrupt<string>('?'), `${x}`],
      }))
      .addEdge(START, 'node')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    await graph.updateState(config, { x: 1 }, START);
    const { log } = await graph.invoke(resume('yes'), config);
    assert.deepEqual([log, pay.counter.runs], [['paid', 'yes', '1'], 1]);
  });
});

it('a node that calls tasks gets their results when it runs again', async () => {
  const work = counted('work', () => 1);
  const graph = new StateGraph(
    Annotation.Root({ n: Annotation<number>(), by: Annotation<string>() }),
  )
    .addNode('node', async () => ({ n: await work.call(), by: interrupt<string>('who?') }))
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, config);
  assert.deepEqual(await graph.invoke(resume('Ann'), config), { n: 1, by: 'Ann' });
  assert.equal(work.counter.runs, 1);
});
