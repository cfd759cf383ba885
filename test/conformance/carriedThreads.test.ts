// Threads that one library has begun and the other goes on with, in a saver of LangGraph.js.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as theirs from '@langchain/langgraph';
import { MemorySaver } from '@langchain/langgraph-checkpoint';
import * as fc from 'fast-check';
import * as ours from '../../src/engine/index.ts';
import { collect } from '../engine/support.ts';
import { RowSaver } from './rowSaver.ts';

/** What is used of either library; both go by the same names. */
type Lib = any;

const { START } = ours;
const config = { configurable: { thread_id: '1' }, recursionLimit: 60 };
const concat = (a: unknown[], b: unknown[]) => a.concat(b);
const names = ['a', 'b', 'c', 'd', 'e'];

/** What a node does, and where it goes. */
interface Step {
  /** Edges to later nodes, by how far they are away. */
  readonly to: readonly number[];
  readonly does: 'write' | 'send' | 'command' | 'fail' | 'speak';
  readonly defer: boolean;
}

interface Shape {
  readonly steps: readonly Step[];
  readonly asks: number;
  /** The sources of a join of the last node. */
  readonly join: readonly number[];
  /** At which cuts the other library goes on. */
  readonly turns: readonly boolean[];
  readonly stopsBefore: readonly number[];
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  steps: fc.array(
    fc.record({
      to: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      does: fc.constantFrom('write', 'send', 'command', 'fail', 'speak'),
      defer: fc.boolean(),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  asks: fc.integer({ min: -1, max: 4 }),
  join: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  turns: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  stopsBefore: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
});

/** The same graph of either library; `failed` is shared, so that what fails does so once. */
function build(lib: Lib, shape: Shape, checkpointer: unknown, failed: Set<string>) {
  const { steps, asks, join } = shape;
  // LangGraph.js loses nodes that wait where the run pauses, and does not wait for what was sent.
  const mayWait =
    asks < 0 && shape.stopsBefore.length === 0 && steps.every(({ does }) => does !== 'send');
  const State = lib.Annotation.Root({
    log: lib.Annotation({ reducer: concat, default: () => [] }),
    count: lib.Annotation({ reducer: (a: number, b: number) => a + b, default: () => 0 }),
    messages: lib.Annotation({ reducer: lib.messagesStateReducer, default: () => [] }),
  });
  const graph = new lib.StateGraph(State);
  const last = steps.length - 1;
  const sources = join.filter((at) => at < last).map((at) => names[at]!);
  const isJoined = sources.length > 1;
  steps.forEach(({ to, does, defer }, i) => {
    const name = names[i]!;
    // A join and an edge to one node are two starts with LangGraph.js, even at once.
    const targets = to
      .map((far) => i + far)
      .filter((at) => at < last || (at === last && !isJoined));
    const goto = targets.map((at) => names[at]!);
    const node = ({ log }: any) => {
      // LangGraph.js loses where a node leads that ends as another one fails.
      if (does === 'fail' && lib === ours && !failed.has(name)) {
        failed.add(name);
        throw new Error(`${name} failed`);
      }
      const answer = asks === i ? [`${name} was told ${lib.interrupt(`${name}?`)}`] : [];
      const update = { log: [name, ...answer], count: log.length };
      if (does === 'command') return new lib.Command({ update, goto });
      if (does !== 'speak') return update;
      return { ...update, messages: [{ role: 'ai', content: `I am ${name}`, id: `m-${name}` }] };
    };
    graph.addNode(name, node, {
      defer: defer && mayWait,
      ...(does === 'command' && { ends: goto }),
    });
    if (does === 'send') {
      graph.addConditionalEdges(
        name,
        () => [1, 2].map((n) => new lib.Send('sent', { n, of: name })),
        ['sent'],
      );
    }
    if (does !== 'command') for (const target of goto) graph.addEdge(name, target);
  });
  graph.addNode('sent', ({ n, of }: any) => ({ log: [`${of}${n}`] }));
  graph.addConditionalEdges(START, () => [names[0]!], [...names.slice(0, last + 1), 'sent']);
  if (isJoined) graph.addEdge(sources, names[last]!);
  return graph.compile({ checkpointer: saverFor(lib, checkpointer) });
}

/** A saver of either library, as the library takes it. */
function saverFor(lib: Lib, saver: unknown): unknown {
  return lib === theirs && saver instanceof ours.MemorySaver ? ours.asLangGraphSaver(saver) : saver;
}

/** Runs to the end, or to the next thing in the way. */
async function step(graph: any, input: unknown, stops: readonly string[]): Promise<void> {
  try {
    await graph.invoke(input, { ...config, interruptBefore: stops });
  } catch (error) {
    if (!/failed|Multiple errors/.test((error as Error).message)) throw error;
  }
}

/** @param turn Which library goes on after each cut. */
async function run(shape: Shape, saver: unknown, turn: (cut: number) => Lib): Promise<unknown> {
  const failed = new Set<string>();
  // LangGraph.js loses tasks where a breakpoint and a question fall together.
  const places = shape.asks < 0 ? shape.stopsBefore : [];
  const stops = places.filter((at) => at < shape.steps.length).map((at) => names[at]!);
  await step(build(turn(0), shape, saver, failed), { log: ['in'] }, stops);
  for (let cut = 1; cut < 40; cut++) {
    const lib = turn(cut);
    const graph = build(lib, shape, saver, failed);
    const now = await graph.getState(config);
    if (now.next.length === 0) return plain(now.values);
    const asks = now.tasks.some(({ interrupts }: any) => interrupts.length > 0);
    await step(graph, asks ? new lib.Command({ resume: 'yes' }) : null, stops);
  }
  throw new Error('It does not end');
}

function plain({ log, count, messages = [] }: any): unknown {
  return { log, count, messages: messages.map(({ id, content }: any) => ({ id, content })) };
}

for (const Saver of [MemorySaver, RowSaver, ours.MemorySaver]) {
  describe(`a thread in a ${Saver.name} of ${Saver === ours.MemorySaver ? 'ours' : 'theirs'}, cut anywhere and gone on with by the other library,`, () => {
    it('ends as if one of them had run all of it', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (shape) => {
          const expected = await run(shape, new Saver(), () => theirs);
          const turn = (cut: number) => (shape.turns[cut % 4] ? ours : theirs);
          assert.deepEqual(await run(shape, new Saver(), turn), expected);
        }),
        { numRuns: Number(process.env['RUNS'] ?? 30), seed: Number(process.env['SEED'] ?? 7) },
      );
    });
  });
}

/** A graph of either library that asks, twice if it is told to, with a graph inside if that is asked for. */
function asking(lib: Lib, checkpointer: unknown, { inside = false, times = 1 } = {}): any {
  const State = lib.Annotation.Root({
    log: lib.Annotation({ reducer: concat, default: () => [] }),
  });
  const ask = (name: string) => () => {
    const answers = Array.from(
      { length: times },
      (_, i) => lib.interrupt(`${name}${i}?`) as string,
    );
    return { log: answers };
  };
  const inner = new lib.StateGraph(State)
    .addNode('before', () => ({ log: ['before'] }))
    .addNode('ask', ask('inner'))
    .addEdge(START, 'before')
    .addEdge('before', 'ask')
    .compile();
  const graph = new lib.StateGraph(State)
    .addNode('one', inside ? async () => ({ log: (await inner.invoke({})).log }) : ask('one'))
    .addNode('two', ask('two'))
    .addNode('end', () => ({ log: ['end'] }))
    .addEdge(START, 'one')
    .addEdge('one', 'end');
  if (!inside) graph.addEdge(START, 'two');
  if (inside) graph.addEdge('end', 'two');
  return graph.compile({ checkpointer: saverFor(lib, checkpointer) });
}

const openOf = ({ tasks }: any) => tasks.flatMap(({ interrupts }: any) => interrupts);

describe('a thread that LangGraph.js has begun', () => {
  it('takes answers by the ids that were told there', async () => {
    const saver = new MemorySaver();
    await asking(theirs, saver).invoke({ log: ['in'] }, config);
    const open = openOf(await asking(theirs, saver).getState(config));
    const graph = asking(ours, saver);
    assert.deepEqual(openOf(await graph.getState(config)), open);
    const resume = Object.fromEntries(open.map(({ id, value }: any) => [id, `to ${value}`]));
    const { log } = await graph.invoke(new ours.Command({ resume }), config);
    assert.deepEqual(log, ['in', 'to one0?', 'to two0?', 'end']);
  });

  it('keeps the answers that a node was given before it asked again', async () => {
    const saver = new MemorySaver();
    const graph = (lib: Lib) => asking(lib, saver, { times: 2 });
    await graph(theirs).invoke({}, config);
    const [one] = openOf(await graph(theirs).getState(config));
    await graph(theirs).invoke(new theirs.Command({ resume: { [one.id]: 'first' } }), config);
    const open = openOf(await graph(ours).getState(config));
    assert.deepEqual(open.map(({ value }: any) => value).sort(), ['one1?', 'two0?']);
    const resume = Object.fromEntries(open.map(({ id, value }: any) => [id, `to ${value}`]));
    await graph(ours).invoke(new ours.Command({ resume }), config);
    const { log } = await graph(ours).invoke(new ours.Command({ resume: 'last' }), config);
    assert.deepEqual(log, ['first', 'to one1?', 'to two0?', 'last', 'end']);
  });

  it('goes on inside a graph that asks, where that had come to', async () => {
    const saver = new MemorySaver();
    const graph = (lib: Lib) => asking(lib, saver, { inside: true });
    await graph(theirs).invoke({}, config);
    let runs = 0;
    const again = graph(ours);
    const { log } = await again.invoke(new ours.Command({ resume: 'yes' }), {
      ...config,
      onEvent: ({ type, task }: any) =>
        void (runs += Number(type === 'taskStarted' && task?.node === 'before')),
    });
    assert.deepEqual(log, ['before', 'yes', 'end']);
    assert.equal(runs, 0);
  });

  it('takes over what a node has done beside one that failed', async () => {
    const saver = new MemorySaver();
    let runs = 0;
    const graph = (lib: Lib) =>
      new lib.StateGraph(lib.Annotation.Root({ log: lib.Annotation({ reducer: concat }) }))
        .addNode('a', () => {
          if (lib === theirs) throw new Error('a failed');
          return { log: ['a'] };
        })
        .addNode('b', () => ({ log: [`b${++runs}`] }))
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .compile({ checkpointer: saver });
    await assert.rejects(graph(theirs).invoke({ log: ['in'] }, config), /a failed/);
    const { tasks, values } = await graph(ours).getState(config);
    assert.deepEqual(values.log, ['in', 'b1']);
    assert.equal(tasks[0].error.message, 'a failed');
    assert.deepEqual((await graph(ours).invoke(null, config)).log, ['in', 'a', 'b1']);
  });

  it('has its history, and goes on from any point of it', async () => {
    const saver = new RowSaver();
    const graph = (lib: Lib) =>
      new lib.StateGraph(lib.Annotation.Root({ log: lib.Annotation({ reducer: concat }) }))
        .addSequence([
          ['a', () => ({ log: ['a'] })],
          ['b', () => ({ log: ['b'] })],
        ])
        .addEdge(START, 'a')
        .compile({ checkpointer: saver });
    await graph(theirs).invoke({ log: ['in'] }, config);
    const histories = [];
    for (const lib of [theirs, ours]) {
      const states: any[] = await collect(graph(lib).getStateHistory(config));
      histories.push(
        states.map(({ values, next, metadata, config, parentConfig, createdAt }) => {
          const ids = [config, parentConfig].map(
            (each) => each?.configurable.checkpoint_id as string,
          );
          return {
            log: values.log ?? [],
            next,
            step: metadata.step,
            source: metadata.source,
            ids,
            createdAt,
          };
        }),
      );
    }
    assert.deepEqual(histories[1], histories[0]);
    const states: any[] = await collect(graph(ours).getStateHistory(config));
    assert.deepEqual(await graph(ours).invoke(null, states[1].config), { log: ['in', 'a', 'b'] });
    await graph(ours).updateState(config, { log: ['more'] });
    assert.deepEqual((await graph(theirs).getState(config)).values.log, ['in', 'a', 'b', 'more']);
  });

  it('gives an entrypoint what was returned last', async () => {
    const saver = new MemorySaver();
    const counter = (lib: Lib) =>
      lib.entrypoint({ name: 'counter', checkpointer: saver }, (by: number) => {
        return ((lib.getPreviousState() as number | undefined) ?? 0) + by;
      });
    assert.equal(await counter(theirs).invoke(1, config), 1);
    assert.equal(await counter(ours).invoke(10, config), 11);
    assert.equal(await counter(theirs).invoke(100, config), 111);
  });

  it('inside an entrypoint is refused by an error that says so', async () => {
    const saver = new MemorySaver();
    const flow = (lib: Lib) =>
      lib.entrypoint({ name: 'flow', checkpointer: saver }, async () => {
        const one = await lib.task('one', () => 1)();
        return `${one} ${lib.interrupt('Go on?')}`;
      });
    await flow(theirs).invoke('x', config);
    const error: any = await flow(ours)
      .invoke(new ours.Command({ resume: 'yes' }), config)
      .catch((thrown: unknown) => thrown);
    assert.equal(error.code, 'STORAGE_VERSION');
    assert.match(error.message, /MemorySaver: LangGraph\.js has stopped there inside a task/);
  });
});

describe('a thread that was begun here', () => {
  it('keeps values that LangGraph.js has no form for, and messages are those of LangChain there', async () => {
    const saver = new RowSaver();
    const graph = (lib: Lib) =>
      new lib.StateGraph(
        lib.Annotation.Root({
          at: lib.Annotation(),
          names: lib.Annotation(),
          messages: lib.Annotation({ reducer: lib.messagesStateReducer, default: () => [] }),
        }),
      )
        .addNode('a', () => ({ messages: [{ role: 'ai', content: 'Hello', id: '1' }] }))
        .addNode('b', ({ messages }: any) => ({
          messages: [{ role: 'user', content: messages[0].text, id: '2' }],
        }))
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile({ checkpointer: saver, interruptBefore: ['b'] });
    const at = new Date(0);
    await graph(ours).invoke({ at, names: new Set(['Ada']) }, config);
    const { values } = await graph(ours).getState(config);
    assert.deepEqual(values.at, at);
    assert.ok(values.messages[0] instanceof ours.AIMessage);
    const { messages, names } = await graph(theirs).invoke(null, config);
    assert.deepEqual(
      messages.map((each: any) => [each.constructor.name, each.lc_namespace[1], each.text]),
      [
        ['AIMessage', 'messages', 'Hello'],
        ['HumanMessage', 'messages', 'Hello'],
      ],
    );
    assert.deepEqual([...names], ['Ada']);
    assert.equal((await graph(ours).getState(config)).values.messages.length, 2);
  });
});
