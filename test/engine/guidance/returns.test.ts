import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  END,
  MemorySaver,
  Overwrite,
  START,
  Send,
  StateGraph,
  append,
  interrupt,
  sum,
} from '../../../src/engine/index.ts';
import { LogState, collect, failsWith, mentions, says } from '../support.ts';

/** x, then y and z at once. */
const inner = () =>
  new StateGraph(LogState)
    .addNode('x', says('x'))
    .addNode('y', says('y'))
    .addNode('z', says('z'))
    .addEdge(START, 'x')
    .addEdge('x', 'y')
    .addEdge('x', 'z');

const around = (child: any, options: object = { returns: 'updates' }) =>
  new StateGraph(LogState)
    .addNode('before', says('before'))
    .addNode('inner', child, options)
    .addNode('after', says('after'))
    .addEdge(START, 'before')
    .addEdge('before', 'inner')
    .addEdge('inner', 'after')
    .compile();

describe(`returns: 'updates'`, () => {
  it('hands back only what the nodes of the subgraph wrote, in order', async () => {
    const graph = around(inner().compile());
    assert.deepEqual(await graph.invoke({ log: ['in'] }), {
      log: ['in', 'before', 'x', 'y', 'z', 'after'],
    });
  });

  it('is not the default, which doubles as LangGraph does', async () => {
    const graph = around(inner().compile(), {});
    const { log } = await graph.invoke({ log: ['in'] });
    assert.deepEqual(log, ['in', 'before', 'in', 'before', 'x', 'y', 'z', 'after']);
  });

  it('works at any depth', async () => {
    const middle = new StateGraph(LogState)
      .addNode('own', says('own'))
      .addNode('inner', inner().compile(), { returns: 'updates' })
      .addEdge(START, 'own')
      .addEdge('own', 'inner')
      .compile();
    assert.deepEqual(await around(middle).invoke({}), {
      log: ['before', 'own', 'x', 'y', 'z', 'after'],
    });
  });

  it('keeps the task order of parallel and sent subgraphs', async () => {
    const child = inner().compile();
    const graph = new StateGraph(LogState)
      .addNode('a', child, { returns: 'updates' })
      .addNode('b', child, { returns: 'updates' })
      .addConditionalEdges(START, () => [new Send('b', { log: ['sent'] }), 'a'], ['a', 'b'])
      .compile();
    assert.deepEqual(await graph.invoke({}), { log: ['x', 'y', 'z', 'x', 'y', 'z'] });
  });

  it('hands on the last value of a key without reducer, and only if it was written', async () => {
    const State = Annotation.Root({
      topic: Annotation<string>(),
      draft: Annotation<string>(),
      turns: Annotation<number>({ reducer: sum, default: () => 0 }),
    });
    const child = (key: 'draft' | 'turns') =>
      new StateGraph(State)
        .addNode('one', () => (key === 'draft' ? { draft: 'first' } : { turns: 1 }))
        .addNode('two', () => (key === 'draft' ? { draft: 'second' } : { turns: 2 }))
        .addEdge(START, 'one')
        .addEdge('one', 'two')
        .compile();
    const graph = new StateGraph(State)
      .addNode('writes', child('draft'), { returns: 'updates' })
      .addNode('counts', child('turns'), { returns: 'updates' })
      .addEdge(START, 'writes')
      .addEdge(START, 'counts')
      .compile();
    // Both were given the topic; since neither wrote it, they do not get in each other's way.
    assert.deepEqual(await graph.invoke({ topic: 'cats', turns: 10 }), {
      topic: 'cats',
      draft: 'second',
      turns: 13,
    });
  });

  it('hands on the value of a key that only the subgraph reduces', async () => {
    const Inner = Annotation.Root({ list: Annotation<string[]>({ reducer: append }) });
    const Outer = Annotation.Root({ list: Annotation<string[]>() });
    const child = new StateGraph(Inner)
      .addNode('x', () => ({ list: ['x'] }))
      .addEdge(START, 'x')
      .compile();
    const graph = new StateGraph(Outer)
      .addNode('inner', child, { returns: 'updates' })
      .addEdge(START, 'inner')
      .compile();
    assert.deepEqual(await graph.invoke({ list: ['in'] }), { list: ['in', 'x'] });
  });

  it('respects the output schema of the subgraph', async () => {
    const State = Annotation.Root({
      a: Annotation<string[]>({ reducer: append, default: () => [] }),
      b: Annotation<string[]>({ reducer: append, default: () => [] }),
    });
    const child = new StateGraph(State, {
      output: Annotation.Root({ b: State.spec.b }),
    })
      .addNode('x', () => ({ a: ['a'], b: ['b'] }))
      .addEdge(START, 'x')
      .compile();
    const graph = new StateGraph(State)
      .addNode('inner', child, { returns: 'updates' })
      .addEdge(START, 'inner')
      .compile();
    assert.deepEqual(await graph.invoke({}), { a: [], b: ['b'] });
  });

  it('hands on overwrites as such', async () => {
    const child = new StateGraph(LogState)
      .addNode('x', () => ({ log: new Overwrite(['fresh']) as any }))
      .addEdge(START, 'x')
      .compile();
    assert.deepEqual(await around(child).invoke({ log: ['in'] }), { log: ['fresh', 'after'] });
  });

  it('shows its updates in the stream', async () => {
    const chunks = await collect(around(inner().compile()).stream({}));
    const twice: any = { inner: [{ log: ['x'] }, { log: ['y'] }, { log: ['z'] }] };
    assert.deepEqual(chunks[1], twice);
  });

  it('gives way to Command.PARENT', async () => {
    const child = new StateGraph(LogState)
      .addNode('x', says('x'))
      .addNode('up', () => new Command({ graph: Command.PARENT, update: { log: ['up'] } }))
      .addEdge(START, 'x')
      .addEdge('x', 'up')
      .addEdge('up', END)
      .compile();
    assert.deepEqual(await around(child).invoke({}), { log: ['before', 'up', 'after'] });
  });

  it('loses nothing when the subgraph pauses', async () => {
    const child = new StateGraph(LogState)
      .addNode('x', says('x'))
      .addNode('ask', () => ({ log: [interrupt('who?')] }))
      .addEdge(START, 'x')
      .addEdge('x', 'ask')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('inner', child, { returns: 'updates' })
      .addEdge(START, 'inner')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await graph.invoke({ log: ['in'] }, config);
    const answered = await graph.invoke(new Command({ resume: 'Ada' }), config);
    assert.deepEqual(answered, { log: ['in', 'x', 'Ada'] });
  });

  it('starts afresh with each run of a subgraph that keeps its state', async () => {
    const child = inner().compile({ checkpointer: true });
    const graph = new StateGraph(LogState)
      .addNode('inner', child, { returns: 'updates' })
      .addEdge(START, 'inner')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await graph.invoke({}, config);
    assert.deepEqual(await graph.invoke({}, config), { log: ['x', 'y', 'z', 'x', 'y', 'z'] });
  });

  it('is refused for functions, which return updates anyway', async () => {
    const options = { returns: 'updates' } as const;
    const error = await failsWith('INVALID_NODE', () =>
      new StateGraph(LogState).addNode('a', says('a'), options),
    );
    mentions(error, '"a"', 'compiled graph');
  });
});
