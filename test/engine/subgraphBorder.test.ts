import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Annotation,
  Command,
  HumanMessage,
  MemorySaver,
  MessagesAnnotation,
  Overwrite,
  REMOVE_ALL_MESSAGES,
  RemoveMessage,
  START,
  Send,
  StateGraph,
  append,
  interrupt,
  merge,
  sum,
  type CompiledStateGraph,
  type MessagesUpdate,
} from '../../src/engine/index.ts';
import { LogState, failsWith, mentions } from './support.ts';

describe('what a subgraph takes out of a shared key', () => {
  const H = (id: string, content = id) => new HumanMessage({ id, content });
  const R = (id: string) => new RemoveMessage({ id });
  const overwrite = (value: unknown) => new Overwrite(value) as never;
  const texts = ({ messages }: { messages?: readonly { text: string }[] }) =>
    messages?.map(({ text }) => text);
  /** A graph of messages whose nodes write these, one after the other. */
  const writing = (...updates: (MessagesUpdate | (() => MessagesUpdate))[]) =>
    new StateGraph(MessagesAnnotation)
      .addSequence(
        updates.map((update, i): any => [
          `n${i}`,
          () => ({ messages: typeof update === 'function' ? update() : update }),
        ]),
      )
      .addEdge(START, 'n0');
  const around = (...inner: CompiledStateGraph<any, any>[]) => {
    const graph = new StateGraph(MessagesAnnotation) as any;
    inner.forEach((sub, i) => graph.addNode(`s${i}`, sub).addEdge(START, `s${i}`));
    return graph as StateGraph<typeof MessagesAnnotation>;
  };
  const ended = async (inner: CompiledStateGraph<any, any>, given = [H('a'), H('b'), H('c')]) =>
    texts(await around(inner).compile().invoke({ messages: given }));

  for (const [what, updates] of Object.entries<MessagesUpdate[]>({
    'single messages': [[R('a'), R('c')]],
    'what came after': [[H('n')], [R('b'), R('n')]],
    'all, and adds a summary': [[R(REMOVE_ALL_MESSAGES), H('sum')]],
    'all, and keeps the last after a summary': [[R(REMOVE_ALL_MESSAGES), H('sum'), H('c')]],
    'all, and puts the first at the end': [[R(REMOVE_ALL_MESSAGES), H('b'), H('c'), H('a')]],
    'a message, and writes it again later': [[R('a')], [H('a', 'new')]],
    'a message, and changes another': [[R('a'), H('b', 'changed')]],
    'all by an Overwrite': [overwrite([])],
    'some by an Overwrite, and goes on': [overwrite([H('sum'), H('b')]), [H('end')]],
  })) {
    it(`is gone outside, and the list is the same: ${what}`, async () => {
      const inner = writing(...updates).compile();
      const alone = texts(await inner.invoke({ messages: [H('a'), H('b'), H('c')] }));
      assert.notDeepEqual(alone?.slice(0, 3), ['a', 'b', 'c']);
      assert.deepEqual(await ended(inner), alone);
    });
  }

  it('leaves the list outside as it is inside, whatever the nodes add, change and remove', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const change = fc.oneof(
      fc.record({ id, text: fc.constantFrom('1', '2') }).map(({ id, text }) => H(id, text)),
      id.map(R),
      fc.constant(R(REMOVE_ALL_MESSAGES)),
    );
    const steps = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id), steps, async (ids, updates) => {
        const given = { messages: ids.map((given) => H(given)) };
        const inner = writing(...updates).compile();
        const shown = ({ messages }: { messages: readonly { id?: string; text: string }[] }) =>
          messages.map(({ id, text }) => `${id}: ${text}`);
        // What removes an unknown id fails, in a subgraph as well.
        const alone = await inner.invoke(given).catch(() => undefined);
        fc.pre(alone !== undefined);
        assert.deepEqual(shown(await around(inner).compile().invoke(given)), shown(alone));
      }),
    );
  });

  it('is gone from all graphs around', async () => {
    const middle = around(writing([R('a')]).compile()).compile();
    assert.deepEqual(await ended(middle), ['b', 'c']);
    const State = Annotation.Root({ list: Annotation<string[]>({ reducer: append }) });
    let graph = new StateGraph(State)
      .addNode('x', () => ({ list: overwrite(['only']) }))
      .addEdge(START, 'x')
      .compile();
    for (let level = 0; level < 3; level++) {
      graph = new StateGraph(State).addNode('in', graph).addEdge(START, 'in').compile() as never;
    }
    assert.deepEqual(await graph.invoke({ list: ['a'] }), { list: ['only'] });
  });

  it('takes nothing from what others write in the same superstep', async () => {
    for (const id of ['a', 'z']) {
      const graph = around(writing([R('b'), R(REMOVE_ALL_MESSAGES), H('sum')]).compile())
        .addNode(id, () => ({ messages: [H('beside')] }))
        .addEdge(START, id as never)
        .compile();
      const left = texts(await graph.invoke({ messages: [H('b'), H('c')] }));
      assert.deepEqual(left?.sort(), ['beside', 'sum']);
    }
  });

  it('may be taken out by two at once', async () => {
    const graph = around(writing([R('a')]).compile(), writing([R('a'), R('b')]).compile());
    const given = { messages: [H('a'), H('b'), H('c')] };
    assert.deepEqual(texts(await graph.compile().invoke(given)), ['c']);
  });

  it('is overwritten outside, whatever the reducer, if it is overwritten inside', async () => {
    const State = Annotation.Root({
      list: Annotation<string[]>({ reducer: append }),
      concat: Annotation<string[]>({ reducer: (a, b) => a.concat(b) }),
      sorted: Annotation<number[]>({ reducer: (a, b) => [...a, ...b].sort() }),
      total: Annotation<number>({ reducer: sum }),
      table: Annotation<Record<string, number>>({ reducer: merge }),
    });
    const inner = new StateGraph(State)
      .addNode('clear', ({ list }) => ({
        list: overwrite(['first', ...list]),
        concat: overwrite([]),
        sorted: overwrite([3]),
        total: overwrite(1),
        table: overwrite({ b: 1 }),
      }))
      .addNode('add', () => ({ sorted: [2], total: 1 }))
      .addEdge(START, 'clear')
      .addEdge('clear', 'add')
      .compile();
    const graph = new StateGraph(State).addNode('s', inner).addEdge(START, 's').compile();
    const given = { list: ['x'], concat: ['x'], sorted: [9, 1], total: 5, table: { a: 1 } };
    assert.deepEqual(await graph.invoke(given), {
      list: ['first', 'x'],
      concat: [],
      sorted: [2, 3],
      total: 2,
      table: { b: 1 },
    });
  });

  it('fails where two overwrite one key at once, as with other nodes', async () => {
    const inner = () =>
      new StateGraph(LogState)
        .addNode('x', () => ({ log: overwrite(['x']) }))
        .addEdge(START, 'x')
        .compile();
    const graph = new StateGraph(LogState)
      .addNode('left', inner())
      .addNode('right', inner())
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile();
    const error = await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', graph.invoke({ log: ['a'] }));
    mentions(error, '"log"', '"left"', '"right"', 'overwrite', 'output schema');
  });

  it('is its own matter if it is not the value of the graph around', async () => {
    const inner = new StateGraph(LogState)
      .addNode('x', ({ log }) => ({ log: overwrite(log.map((line) => `${line}!`)) }))
      .addEdge(START, 'x')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('s', inner)
      .addConditionalEdges(START, () => ['a', 'b'].map((a) => new Send('s', { log: [a] })), ['s'])
      .compile();
    assert.deepEqual((await graph.invoke({ log: ['in'] })).log, ['in', 'a!', 'b!']);
    const removing = writing([R('p')], [H('n')]).compile();
    const sending = new StateGraph(MessagesAnnotation)
      .addNode('s', removing)
      .addConditionalEdges(START, () => new Send('s', { messages: [H('p'), H('q')] }), ['s'])
      .compile();
    assert.deepEqual(texts(await sending.invoke({ messages: [H('a')] })), ['a', 'q', 'n']);
  });

  it('is gone outside after a pause too, and not what was added outside meanwhile', async () => {
    const ask = () => (interrupt('?'), H('answered'));
    const inner = writing([R('a'), H('sum')], ask).compile();
    const graph = around(inner).compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await graph.invoke({ messages: [H('a'), H('b')] }, config);
    const update = { messages: [H('meanwhile')] };
    const done = await graph.invoke(new Command({ resume: 'yes', update }), config);
    assert.deepEqual(texts(done), ['b', 'meanwhile', 'sum', 'answered']);
    assert.deepEqual(texts((await graph.invoke({ messages: [H('a')] }, config)) as never), [
      ...['b', 'meanwhile', 'sum', 'answered', 'a'],
    ]);
  });

  it('is overwritten after a pause too, and only in the run that overwrote it', async () => {
    const inner = new StateGraph(LogState)
      .addNode('x', ({ log }) => (log.includes('old') ? { log: overwrite(['new']) } : {}))
      .addNode('ask', () => void interrupt('?'))
      .addEdge(START, 'x')
      .addEdge('x', 'ask')
      .compile({ checkpointer: true });
    const graph = new StateGraph(LogState)
      .addNode('s', inner)
      .addEdge(START, 's')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    const resume = new Command({ resume: 'yes' });
    await graph.invoke({ log: ['old'] }, config);
    assert.deepEqual((await graph.invoke(resume, config)).log, ['new']);
    await graph.invoke({ log: ['more'] }, config);
    const { log } = await graph.invoke(resume, config);
    assert.deepEqual(log, ['new', 'more', 'new', 'new', 'more']);
  });
});
