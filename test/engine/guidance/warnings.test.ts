import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  MessagesAnnotation,
  Overwrite,
  RemoveMessage,
  START,
  Send,
  StateGraph,
  append,
  sum,
  union,
  type RunConfig,
  type WarningEvent,
} from '../../../src/engine/index.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { LogState, recorder, says, withEffects } from '../support.ts';

interface Invocable {
  invoke(input: any, config?: RunConfig): Promise<unknown>;
}

/** The warnings of a run. */
async function warningsOf(
  graph: Invocable,
  input: object = {},
  config: RunConfig = {},
): Promise<WarningEvent[]> {
  const { onEvent, of } = recorder();
  await graph.invoke(input, { ...config, onEvent });
  return of('warning');
}

const codes = (warnings: readonly WarningEvent[]) => warnings.map(({ code }) => code);

function says2(message: string, ...parts: string[]): void {
  for (const part of parts) assert.ok(message.includes(part), `"${message}" lacks ${part}`);
}

describe('a join that was never complete', () => {
  const build = (route: string[]) =>
    new StateGraph(LogState)
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addNode('d', says('d'))
      .addConditionalEdges(START, () => route as any, ['a', 'b', 'c'])
      .addEdge(['a', 'b', 'c'], 'd')
      .compile();

  it('is told with the nodes that never finished', async () => {
    const [warning, ...more] = await warningsOf(build(['a', 'c']));
    assert.equal(warning?.code, 'UNFINISHED_JOIN');
    says2(warning.message, '"d" never ran', '"b" never finished');
    assert.equal(more.length, 0);
  });

  it('is not told if it was complete, or if none of its sources ran', async () => {
    assert.deepEqual(await warningsOf(build(['a', 'b', 'c'])), []);
    assert.deepEqual(await warningsOf(build([])), []);
  });

  it('is not told of a join that ran before, in a loop', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('a', ({ n }) => ({ n: n + 1 }))
      .addNode('b', () => ({}))
      .addNode('d', () => ({}))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(['a', 'b'], 'd')
      .addConditionalEdges('d', ({ n }) => (n < 3 ? 'a' : []), ['a'])
      .compile();
    assert.deepEqual(await warningsOf(graph, { n: 0 }), []);
  });

  it('is told of a subgraph with the task that it is', async () => {
    const outer = new StateGraph(LogState)
      .addNode('inner', build(['a']), { returns: 'updates' })
      .addEdge(START, 'inner')
      .compile();
    const [warning] = await warningsOf(outer);
    assert.equal(warning?.task?.node, 'inner');
  });
});

describe('a straggler', () => {
  /** slow beside quick → after; times in milliseconds of a clock that the test moves. */
  async function race(
    times: { slow: number; quick: number },
    wire: (graph: any) => any = (graph) => graph.addEdge('quick', 'after'),
  ): Promise<WarningEvent[]> {
    const clock = new FakeClock();
    const wait = (ms: number) => () =>
      new Promise<object>((resolve) => clock.after(ms, () => resolve({})));
    const builder = new StateGraph(LogState)
      .addNode('slow', wait(times.slow))
      .addNode('quick', wait(times.quick))
      .addNode('after', says('after'))
      .addEdge(START, 'slow')
      .addEdge(START, 'quick');
    const running = warningsOf(withEffects({ clock })(wire(builder).compile()));
    await clock.advance(10_000);
    return running;
  }

  it('is told with what it held back, and for how long', async () => {
    const [warning, ...more] = await race({ slow: 2000, quick: 300 });
    assert.equal(warning?.code, 'STRAGGLER');
    says2(warning.message, '"slow" took 2000 ms', '"after"', '300 ms');
    assert.equal(warning.task?.node, 'slow');
    assert.equal(more.length, 0);
  });

  it('is not told if it is not much slower', async () => {
    assert.deepEqual(await race({ slow: 2000, quick: 1500 }), []);
    assert.deepEqual(await race({ slow: 60, quick: 1 }), []);
  });

  it('is not told if nothing waited for it', async () => {
    const times = { slow: 2000, quick: 300 };
    assert.deepEqual(await race(times, (graph) => graph.addEdge('slow', 'after')), []);
    assert.deepEqual(await race(times, (graph) => graph.addEdge(['slow', 'quick'], 'after')), []);
    const both = (graph: any) => graph.addEdge('slow', 'after').addEdge('quick', 'after');
    assert.deepEqual(await race(times, both), []);
  });

  it('is told if it held back what others have sent', async () => {
    const send = (graph: any) =>
      graph.addConditionalEdges('quick', () => [new Send('after', {})], ['after']);
    assert.deepEqual(codes(await race({ slow: 2000, quick: 300 }, send)), ['STRAGGLER']);
  });

  it('is told once, however often it comes', async () => {
    const clock = new FakeClock();
    const wait = (ms: number) => () => new Promise<void>((resolve) => clock.after(ms, resolve));
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('slow', wait(1000))
      .addNode('quick', wait(10))
      .addNode('count', ({ n }) => ({ n: n + 1 }))
      .addEdge(START, 'slow')
      .addEdge(START, 'quick')
      .addEdge('quick', 'count')
      .addConditionalEdges('count', ({ n }) => (n < 3 ? ['slow', 'quick'] : []), ['slow', 'quick'])
      .compile();
    const running = warningsOf(withEffects({ clock })(graph), { n: 0 });
    await clock.advance(10_000);
    assert.deepEqual(codes(await running), ['STRAGGLER']);
  });
});

describe('a subgraph that hands back what it was given', () => {
  /** A graph with a subgraph that leaves a key as it is. */
  const pair = (State: any, options = {}) => {
    const inner = new StateGraph(State)
      .addNode('x', () => undefined)
      .addEdge(START, 'x')
      .compile();
    return new StateGraph(State).addNode('inner', inner, options).addEdge(START, 'inner').compile();
  };
  const list = () =>
    Annotation.Root({ list: Annotation<string[]>({ reducer: append, default: () => [] }) });

  it('is told with node and key, if a reducer makes more of it', async () => {
    const [warning, ...more] = await warningsOf(pair(list()), { list: ['in'] });
    assert.equal(warning?.code, 'REPEATED_WRITES');
    says2(warning.message, '"inner"', '"list"', `returns: 'updates'`);
    assert.equal(warning.task?.node, 'inner');
    assert.equal(more.length, 0);
    const total = Annotation.Root({ total: Annotation<number>({ reducer: sum }) });
    assert.deepEqual(codes(await warningsOf(pair(total), { total: 5 })), ['REPEATED_WRITES']);
  });

  it('is not told if there is nothing to make more of', async () => {
    assert.deepEqual(await warningsOf(pair(list()), {}), []);
    assert.deepEqual(await warningsOf(pair(LogState, { returns: 'updates' }), { log: ['in'] }), []);
    const total = Annotation.Root({ total: Annotation<number>({ reducer: sum }) });
    assert.deepEqual(await warningsOf(pair(total), { total: 0 }), []);
  });

  it('is told if the reducer brings back what the one inside has left out', async () => {
    const State = (reducer: (a: string[], b: string[]) => string[]) =>
      Annotation.Root({ list: Annotation<string[]>({ reducer }) });
    const Short = State((a, b) => [...a, ...b].filter((item) => !b.includes(`-${item}`)));
    const inner = new StateGraph(Short)
      .addNode('x', () => ({ list: ['-a'] }))
      .addEdge(START, 'x')
      .compile();
    const around = (Outer: any) =>
      new StateGraph(Outer).addNode('inner', inner).addEdge(START, 'inner').compile();
    const [warning, ...more] = await warningsOf(around(State(append)), { list: ['a', 'b'] });
    assert.equal(warning?.code, 'REPEATED_WRITES');
    says2(warning.message, '"inner"', '"list"', 'taken out', `returns: 'updates'`);
    assert.equal(more.length, 0);
    assert.deepEqual(await warningsOf(around(State((_, b) => b)), { list: ['a', 'b'] }), []);
  });

  it('is not told of what is taken out outside too', async () => {
    const removing = new StateGraph(MessagesAnnotation)
      .addNode('x', ({ messages }) => ({ messages: new RemoveMessage({ id: messages[0]!.id! }) }))
      .addEdge(START, 'x')
      .compile();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('inner', removing)
      .addEdge(START, 'inner')
      .compile();
    assert.deepEqual(await warningsOf(graph, { messages: ['hi', 'there'] }), []);
    const overwriting = new StateGraph(LogState)
      .addNode('x', () => ({ log: new Overwrite(['in', 'x']) as any }))
      .addEdge(START, 'x')
      .compile();
    const logs = new StateGraph(LogState).addNode('inner', overwriting).addEdge(START, 'inner');
    assert.deepEqual(await warningsOf(logs.compile(), { log: ['in'] }), []);
  });

  it('is not told of reducers that make nothing of what is there already', async () => {
    assert.deepEqual(await warningsOf(pair(MessagesAnnotation), { messages: ['hi'] }), []);
    const set = Annotation.Root({ set: Annotation<Set<number>>({ reducer: union as any }) });
    assert.deepEqual(await warningsOf(pair(set), { set: new Set([1]) }), []);
    const last = Annotation.Root({ v: Annotation<string>({ reducer: (_a, b) => b }) });
    assert.deepEqual(await warningsOf(pair(last), { v: 'x' }), []);
  });
});

describe('a config key', () => {
  const graph = new StateGraph(LogState).addNode('a', says('a')).addEdge(START, 'a').compile();

  it('that belongs into configurable is told where it belongs', async () => {
    const [warning] = await warningsOf(graph, {}, { thread_id: '1' } as any);
    assert.equal(warning?.code, 'UNKNOWN_CONFIG_KEY');
    says2(warning.message, '"thread_id"', 'configurable');
  });

  it('that is misspelt is told with what may be meant', async () => {
    const [warning] = await warningsOf(graph, {}, { recursionlimit: 5 } as any);
    says2(warning!.message, '"recursionlimit"', '"recursionLimit"');
  });

  it('of LangChain, or of the config of a node, is not told', async () => {
    assert.deepEqual(await warningsOf(graph, {}, { callbacks: [], runName: 'x' } as any), []);
    const set = { callbacks: [{}], runId: 'x', outputKeys: ['l'], encoding: 'text/event-stream' };
    const told = await warningsOf(graph, {}, set as any);
    assert.equal(told.length, 2);
    assert.match(JSON.stringify(told), /output schema.*encode the chunks/);
    const outer = new StateGraph(LogState)
      .addNode('outer', async (_, config) => {
        await graph.invoke({}, config as RunConfig);
      })
      .addEdge(START, 'outer')
      .compile();
    assert.deepEqual(await warningsOf(outer), []);
  });
});
