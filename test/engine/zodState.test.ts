// State in the forms that LangGraph has for zod, in both versions of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import {
  MemorySaver,
  MessagesZodMeta,
  MessagesZodState,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
  registry,
  withLangGraph,
  type BaseMessage,
} from '../../src/engine/index.ts';
import { collect, failsWith, mentions } from './support.ts';

const add = (a: number, b: number) => a + b;

/** Two nodes that write the same in one superstep. */
function twice(state: any, update: object) {
  return new StateGraph(state as typeof MessagesZodState)
    .addNode('a', () => update)
    .addNode('b', () => update)
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile();
}

describe('a key of a z.object', () => {
  for (const [form, state] of [
    [
      'zod 4, withLangGraph',
      z.object({ n: withLangGraph(z.number(), { reducer: { fn: add }, default: () => 1 }) }),
    ],
    [
      'zod 3, withLangGraph',
      z3.object({ n: withLangGraph(z3.number(), { reducer: { fn: add }, default: () => 1 }) }),
    ],
    [
      'zod 4, register',
      z.object({ n: z.number().register(registry, { reducer: { fn: add }, default: () => 1 }) }),
    ],
    [
      'zod 4, with its own default',
      z.object({ n: withLangGraph(z.number().default(1), { reducer: { fn: add } }) }),
    ],
  ] as const) {
    it(`is reduced, starts with its default and is checked: ${form}`, async () => {
      const graph = twice(state, { n: 2 });
      assert.deepEqual(await graph.invoke({}), { n: 5 });
      assert.deepEqual(await graph.invoke({ n: 10 } as never), { n: 15 });
      const wrong = twice(state, { n: 'x' }).invoke({});
      mentions(await failsWith('VALIDATION_FAILED', wrong), '"n"', '"a"');
    });
  }

  it('checks updates by the schema of its reducer', async () => {
    const lines = withLangGraph(z.array(z.string()), {
      reducer: { fn: (a, b: number) => [...a, String(b)], schema: z.number() },
      default: () => [],
    });
    const state = z.object({ lines });
    assert.deepEqual(await twice(state, { lines: 1 }).invoke({}), { lines: ['1', '1'] });
    await failsWith('VALIDATION_FAILED', twice(state, { lines: ['x'] }).invoke({}));
  });

  it('keeps its last value with a default only, as in LangGraph', async () => {
    const state = z.object({ n: withLangGraph(z.number(), { default: () => 7 }) });
    const graph = new StateGraph(state)
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'a')
      .compile();
    assert.deepEqual(await graph.invoke({}), { n: 8 });
    await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', twice(state, { n: 1 }).invoke({}));
  });

  it('holds messages with MessagesZodMeta', async () => {
    const state = z.object({
      messages: z.array(z.custom<BaseMessage>()).register(registry, MessagesZodMeta),
      calls: z.number().optional(),
    });
    const graph = twice(state, { messages: { role: 'assistant', content: 'Hi' } });
    const { messages } = await graph.invoke({ messages: ['Hello'] });
    assert.deepEqual(
      messages.map(({ type, text }) => `${type}: ${text}`),
      ['human: Hello', 'ai: Hi', 'ai: Hi'],
    );
    const wrong = twice(state, { messages: 7 }).invoke({});
    mentions(await failsWith('VALIDATION_FAILED', wrong), '"messages"');
  });

  it('is forgotten by the registry when asked to', () => {
    const schema = z.number();
    registry.add(schema, {});
    assert.ok(registry.has(schema));
    assert.equal(registry.remove(schema).get(schema), undefined);
  });
});

describe('MessagesZodState', () => {
  it('is a state, and can be extended', async () => {
    const state = MessagesZodState.extend({ n: z.number().default(3) });
    for (const each of [MessagesZodState, state]) {
      const result: any = await twice(each, { messages: ['Hi'] }).invoke({});
      assert.equal(result.messages.length, 2);
      assert.equal(result.n, each === state ? 3 : undefined);
    }
  });

  it('is a schema of its own: as a field, it checks what is in it', async () => {
    const outer = new StateSchema({ inner: MessagesZodState.extend({ n: z.number() }) });
    const graph = new StateGraph(outer)
      .addNode('a', () => ({ inner: { messages: ['Hi'], n: 'x' as never } }))
      .addEdge(START, 'a')
      .compile();
    mentions(await failsWith('VALIDATION_FAILED', graph.invoke({})), '"inner"', 'n: ');
  });
});

describe('an untracked value', () => {
  const State = new StateSchema({
    n: z.number().default(0),
    session: new UntrackedValue(z.custom<() => number>()),
    last: new UntrackedValue(z.number(), { guard: false }),
  });
  const session = () => 5;

  it('is there for the nodes of the run, and stored nowhere', async () => {
    const graph = new StateGraph(State)
      .addNode('a', (state) => ({ n: state.session(), session: () => 6 }))
      .addNode('b', (state) => ({ n: state.session() }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    // A function could not be stored.
    const result = await graph.invoke({ session }, config);
    assert.equal(result.n, 6);
    assert.equal(result.session(), 6);
    assert.deepEqual((await graph.getState(config)).values, { n: 6 });
    for (const { values } of await collect(graph.getStateHistory(config))) {
      assert.ok(!('session' in values));
    }
  });

  it('starts anew when a thread goes on', async () => {
    const seen: unknown[] = [];
    const graph = new StateGraph(State)
      .addNode('a', () => ({ session: () => 7 }))
      .addNode('b', (state) => void seen.push('session' in state))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: new MemorySaver(), interruptBefore: ['b'] });
    const config = { configurable: { thread_id: '1' } };
    await graph.invoke({ session }, config);
    await graph.invoke(null, config);
    assert.deepEqual(seen, [false]);
  });

  it('is written by one task of a superstep, or by several where it is not guarded', async () => {
    const both = (update: object) => twice(State, update).invoke({});
    await failsWith('INVALID_CONCURRENT_GRAPH_UPDATE', both({ session }));
    assert.equal(((await both({ last: 1 })) as any).last, 1);
    await failsWith('VALIDATION_FAILED', both({ last: 'x' }));
  });
});
