// Threads kept by this library and by LangGraph.js: what both say of them must be the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as theirs from '@langchain/langgraph';
import * as ours from '../../src/engine/index.ts';

/** What the scenarios use of either library; both go by the same names. */
type Lib = any;

const { START, END } = ours;
const concat = (a: unknown[], b: unknown[]) => a.concat(b);
const thread = (thread_id = '1') => ({ configurable: { thread_id } });
const log = (lib: Lib) =>
  lib.Annotation.Root({
    log: lib.Annotation({ reducer: concat, default: () => [] }),
    last: lib.Annotation(),
  });

/** A node that writes its name, and to `last` as well. */
const says = (name: string) => () => ({ log: [name], last: name });

function chain(lib: Lib, nodes: Record<string, any>, options: object = {}) {
  const graph = new lib.StateGraph(log(lib));
  let before: string = START;
  for (const [name, action] of Object.entries(nodes)) {
    graph.addNode(name, action).addEdge(before, name);
    before = name;
  }
  return graph.addEdge(before, END).compile({ checkpointer: new lib.MemorySaver(), ...options });
}

/** A graph of one node, to be a node. */
const graphInside = (lib: Lib, action: any) =>
  new lib.StateGraph(log(lib)).addNode('inside', action).addEdge(START, 'inside').compile();

/** What is the same on every run: no ids, no times. */
function told(snapshot: any): unknown {
  const { values, next, tasks, metadata, parentConfig, config } = snapshot;
  return {
    values: plain(values),
    next: [...next].sort(),
    // The peer lists them in the order of their definition, we in the order in which writes apply.
    tasks: tasks.toSorted(byName).map(({ name, interrupts, error }: any) => ({
      name,
      interrupts: interrupts.map(({ value }: any) => value),
      ...(error && { error: String(error.message) }),
    })),
    source: metadata?.source,
    step: metadata?.step,
    hasParent: parentConfig !== undefined,
    isNamed: 'checkpoint_id' in config.configurable,
  };
}

const byName = (a: any, b: any) => (a.name < b.name ? -1 : 1);

/** Answers of interrupts without their ids, which are random. */
function plain(output: any): unknown {
  if (typeof output !== 'object' || output === null) return output;
  const { __interrupt__: asked, ...state } = output;
  return { ...state, ...(asked && { asked: asked.map(({ value }: any) => value) }) };
}

async function history(graph: any, config: object = thread()): Promise<unknown[]> {
  const states: unknown[] = [];
  for await (const state of graph.getStateHistory(config)) states.push(told(state));
  return states;
}

async function nth(graph: any, index: number): Promise<any> {
  const states: any[] = [];
  for await (const state of graph.getStateHistory(thread())) states.push(state);
  return states[index];
}

async function failing(work: Promise<unknown>): Promise<string> {
  return work.then(
    (value) => `no error: ${JSON.stringify(value)}`,
    (error: Error) => error.message.split('\n')[0]!,
  );
}

/** Each tells what it saw, step by step. */
const scenarios: Record<string, (lib: Lib) => Promise<unknown[]>> = {
  'a run, and one more on its thread': async (lib) => {
    const graph = chain(lib, { a: says('a'), b: says('b') });
    return [
      await graph.invoke({ log: ['in'] }, thread()),
      told(await graph.getState(thread())),
      await graph.invoke({ log: ['again'] }, thread()),
      ...(await history(graph)),
    ];
  },
  'threads that know nothing of each other': async (lib) => {
    const graph = chain(lib, { a: says('a') });
    await graph.invoke({ log: ['1'] }, thread('1'));
    await graph.invoke({ log: ['2'] }, thread('2'));
    const states = ['1', '2', '3'].map(async (id) => told(await graph.getState(thread(id))));
    return Promise.all(states);
  },
  'a question before anything is written, and after': async (lib) => {
    const states: unknown[] = [];
    for (const input of [{}, { log: ['in'] }]) {
      const graph = chain(lib, {
        a: () => ({ last: lib.interrupt('?') }),
        b: () => ({ last: lib.interrupt('and?') }),
      });
      states.push(plain(await graph.invoke(input, thread())));
      states.push(plain(await graph.invoke(new lib.Command({ resume: 'A' }), thread())));
    }
    return states;
  },
  'null on a thread that is done': async (lib) => {
    let runs = 0;
    const graph = chain(lib, { a: () => ({ log: [`run ${++runs}`] }) });
    await graph.invoke({}, thread());
    return [await graph.invoke(null, thread()), runs, (await history(graph)).length];
  },
  'a failure, and going on after it': async (lib) => {
    let fails = true;
    const ran: string[] = [];
    const note = (name: string) => () => {
      ran.push(name);
      return { log: [name] };
    };
    const graph = new lib.StateGraph(log(lib))
      .addNode('a', note('a'))
      .addNode('good', note('good'))
      .addNode('bad', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        ran.push('bad');
        if (fails) throw new Error('no luck');
        return { log: ['bad'] };
      })
      .addNode('end', note('end'))
      .addEdge(START, 'a')
      .addEdge('a', 'good')
      .addEdge('a', 'bad')
      .addEdge(['good', 'bad'], 'end')
      .compile({ checkpointer: new lib.MemorySaver() });
    const failure = await failing(graph.invoke({}, thread()));
    const state = told(await graph.getState(thread()));
    fails = false;
    return [failure, state, await graph.invoke(null, thread()), ran, ...(await history(graph))];
  },
  'an interrupt, and its answer': async (lib) => {
    const graph = chain(lib, {
      a: says('a'),
      ask: () => ({ log: [`answer: ${lib.interrupt({ question: 'go on?' })}`] }),
      b: says('b'),
    });
    return [
      plain(await graph.invoke({}, thread())),
      told(await graph.getState(thread())),
      plain(await graph.invoke(new lib.Command({ resume: 'yes' }), thread())),
      ...(await history(graph)),
    ];
  },
  'an answer after an update of the state': async (lib) => {
    const ask = ({ last }: any) => ({ log: [`${lib.interrupt('?')} after ${last}`] });
    const graph = chain(lib, { a: says('a'), ask, b: says('b') });
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { last: 'u' });
    const alone = await graph.invoke(new lib.Command({ resume: 'yes' }), thread());
    const outer = chain(lib, { before: says('before'), child: graphInside(lib, ask) });
    await outer.invoke({}, thread());
    const { tasks } = await outer.getState(thread(), { subgraphs: true });
    await outer.updateState(tasks[0].state.config, { last: 'u' });
    return [alone, await outer.invoke(new lib.Command({ resume: 'yes' }), thread())];
  },
  'values of a thread that goes on': async (lib) => {
    const ask = () => ({ log: [lib.interrupt('?')] });
    const graph = chain(lib, { a: says('a'), ask, child: graphInside(lib, ask), b: says('b') });
    const chunks: unknown[] = [];
    const stream = async (input: unknown) => {
      const config = { ...thread(), streamMode: ['values', 'updates'], subgraphs: true };
      for await (const [namespace, mode, chunk] of await graph.stream(input, config)) {
        chunks.push([namespace.length, mode, plain(chunk)]);
      }
    };
    await stream({});
    await stream(null);
    await stream(new lib.Command({ resume: 1, update: { last: 'u' } }));
    await stream(new lib.Command({ resume: 2 }));
    await stream(null);
    await stream(new lib.Command({ goto: 'b' }));
    return chunks;
  },
  'a thread that is made of updates': async (lib) => {
    const graph = new lib.StateGraph(log(lib))
      .addNode('a', says('a'))
      .addNode('b', says('b'))
      .addNode('c', says('c'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'c')
      .compile({ checkpointer: new lib.MemorySaver() });
    await graph.bulkUpdateState(thread(), [
      { updates: [{ values: { log: ['in'] }, asNode: START }] },
      {
        updates: [
          { values: { log: ['A'] }, asNode: 'a' },
          { values: { log: ['B'] }, asNode: 'b' },
        ],
      },
    ]);
    return [...(await history(graph)), await graph.invoke(null, thread())];
  },
  'the subgraphs inside a graph': async (lib) => {
    const deep = graphInside(lib, says('deep'));
    const graph = chain(lib, { a: says('a'), outer: graphInside(lib, deep) });
    const listed = [
      [],
      [undefined, true],
      ['outer'],
      ['outer|inside', true],
      ['outer|inside'],
      ['a'],
    ];
    const both = await Promise.all(
      listed.map(async (args) => {
        const names: unknown[] = [...graph.getSubgraphs(...args)].map(([name]: any) => name);
        for await (const [name] of graph.getSubgraphsAsync(...args)) names.push(name);
        return names;
      }),
    );
    return both;
  },
  'updates of tasks that are done when a thread goes on': async (lib) => {
    const graph = new lib.StateGraph(log(lib))
      .addNode('a', () => ({ log: [lib.interrupt('?')] }))
      .addNode('b', () => ({ log: ['b'] }))
      .addNode('nothing', () => ({}))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'nothing')
      .compile({ checkpointer: new lib.MemorySaver() });
    await graph.invoke({}, thread());
    const chunks: unknown[] = [];
    const resume = new lib.Command({ resume: 'a' });
    for await (const chunk of await graph.stream(resume, thread())) chunks.push(chunk);
    return chunks;
  },
  'several questions of one node': async (lib) => {
    const graph = chain(lib, {
      ask: () => ({ log: [lib.interrupt('first?'), lib.interrupt('second?')] }),
    });
    const resume = (answer: unknown) =>
      graph.invoke(new lib.Command({ resume: answer }), thread()).then(plain);
    return [
      plain(await graph.invoke({ log: ['in'] }, thread())),
      await resume(0),
      await resume(['a', 'b']),
    ];
  },
  'questions of two nodes, answered by their ids': async (lib) => {
    const asks = (name: string) => () => ({ log: [`${name}: ${lib.interrupt(name)}`] });
    const graph = new lib.StateGraph(log(lib))
      .addNode('a', asks('a'))
      .addNode('b', asks('b'))
      .addNode('quiet', says('quiet'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'quiet')
      .compile({ checkpointer: new lib.MemorySaver() });
    const first = await graph.invoke({}, thread());
    const state = told(await graph.getState(thread()));
    const ids: string[] = first.__interrupt__.map(({ id }: any) => id);
    const answers = Object.fromEntries(ids.map((id, index) => [id, `answer ${index}`]));
    const last = await graph.invoke(new lib.Command({ resume: answers }), thread());
    return [plain(first), state, plain(last), told(await graph.getState(thread()))];
  },
  'breakpoints before and after a node': async (lib) => {
    const results: unknown[] = [];
    for (const options of [{ interruptBefore: ['b'] }, { interruptAfter: ['b'] }]) {
      const graph = chain(lib, { a: says('a'), b: says('b'), c: says('c') }, options);
      results.push(plain(await graph.invoke({}, thread())), told(await graph.getState(thread())));
      results.push(plain(await graph.invoke(null, thread())), ...(await history(graph)));
    }
    return results;
  },
  'an update by hand, and what follows from it': async (lib) => {
    const graph = chain(
      lib,
      { a: says('a'), b: says('b'), c: says('c') },
      { interruptBefore: ['b'] },
    );
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { log: ['by hand'] });
    const first = told(await graph.getState(thread()));
    await graph.updateState(thread(), { log: ['as b'] }, 'b');
    const second = told(await graph.getState(thread()));
    return [first, second, await graph.invoke(null, thread()), ...(await history(graph))];
  },
  'an update of a thread that never ran': async (lib) => {
    const graph = chain(lib, { a: says('a'), b: says('b') });
    await graph.updateState(thread(), { log: ['by hand'] }, 'a');
    return [told(await graph.getState(thread())), await graph.invoke(null, thread())];
  },
  'back in time, and on from there': async (lib) => {
    let runs = 0;
    const graph = chain(lib, { a: says('a'), b: () => ({ log: [`b ${++runs}`] }), c: says('c') });
    await graph.invoke({}, thread());
    const before = await nth(graph, 2);
    const again = await graph.invoke(null, before.config);
    return [told(before), again, told(await graph.getState(thread())), ...(await history(graph))];
  },
  'a fork with another value': async (lib) => {
    const graph = chain(lib, {
      a: says('a'),
      b: ({ last }: any) => ({ log: [`b after ${last}`] }),
    });
    await graph.invoke({}, thread());
    const before = await nth(graph, 1);
    const fork = await graph.updateState(before.config, { last: 'hand' });
    return [told(before), await graph.invoke(null, fork), ...(await history(graph))];
  },
  'a new input while a question waits': async (lib) => {
    const graph = chain(lib, {
      a: says('a'),
      ask: ({ log }: any) => (log.length > 3 ? { log: ['enough'] } : { log: [lib.interrupt('?')] }),
    });
    await graph.invoke({ log: ['one'] }, thread());
    const second = plain(await graph.invoke({ log: ['two'] }, thread()));
    return [second, ...(await history(graph))];
  },
  'a command as input': async (lib) => {
    const graph = new lib.StateGraph(log(lib))
      .addNode('a', says('a'), { ends: ['b'] })
      .addNode('b', says('b'))
      .addEdge(START, 'a')
      .addEdge('a', END)
      .addEdge('b', END)
      .compile({ checkpointer: new lib.MemorySaver(), interruptAfter: ['a'] });
    await graph.invoke({}, thread()).catch(() => {});
    return [
      plain(await graph.invoke(new lib.Command({ goto: 'b', update: { log: ['up'] } }), thread())),
      (told(await graph.getState(thread())) as any).values,
    ];
  },
  'sent tasks that pause and go on': async (lib) => {
    const graph = new lib.StateGraph(log(lib))
      .addNode('part', ({ n }: any) => ({
        log: [n === 1 ? `answer ${lib.interrupt(`for ${n}?`)}` : `part ${n}`],
      }))
      .addNode('end', says('end'))
      .addConditionalEdges(START, () => [0, 1, 2].map((n) => new lib.Send('part', { n })), ['part'])
      .addEdge('part', 'end')
      .compile({ checkpointer: new lib.MemorySaver() });
    return [
      plain(await graph.invoke({}, thread())),
      (told(await graph.getState(thread())) as any).values,
      plain(await graph.invoke(new lib.Command({ resume: 'yes' }), thread())),
    ];
  },
  'a subgraph that asks': async (lib) => {
    const inner = new lib.StateGraph(log(lib))
      .addNode('first', () => ({ last: 'first' }))
      .addNode('ask', () => ({ last: `got ${lib.interrupt('inside?')}` }))
      .addEdge(START, 'first')
      .addEdge('first', 'ask')
      .compile();
    const graph = chain(lib, {
      a: says('a'),
      sub: async (state: any) => ({ last: (await inner.invoke({ last: state.last })).last }),
      b: says('b'),
    });
    return [
      plain(await graph.invoke({}, thread())),
      told(await graph.getState(thread())),
      plain(await graph.invoke(new lib.Command({ resume: 'yes' }), thread())),
    ];
  },
  'an entrypoint that keeps what its tasks gave': async (lib) => {
    let runs = 0;
    const work = lib.task('work', async (n: number) => `work ${n}, run ${++runs}`);
    const flow = lib.entrypoint(
      { name: 'flow', checkpointer: new lib.MemorySaver() },
      async (n: number) => {
        const done = await work(n);
        const answer = lib.interrupt('sure?');
        return lib.entrypoint.final({ value: [done, answer, runs], save: { kept: done } });
      },
    );
    const first = plain(await flow.invoke(1, thread()));
    const second = await flow.invoke(new lib.Command({ resume: 'yes' }), thread());
    return [first, second];
  },
  'what an entrypoint saved for the next run': async (lib) => {
    const flow = lib.entrypoint(
      { name: 'flow', checkpointer: new lib.MemorySaver() },
      (n: number) => {
        const before = lib.getPreviousState() ?? 0;
        return lib.entrypoint.final({ value: before, save: before + n });
      },
    );
    const results: unknown[] = [];
    for (const n of [1, 2, 3]) results.push(await flow.invoke(n, thread()));
    return results;
  },
  'only the end, with durability exit': async (lib) => {
    const graph = chain(lib, { a: says('a'), b: says('b'), c: says('c') });
    await graph.invoke({}, { ...thread(), durability: 'exit' });
    return history(graph);
  },
  'no more of a history than was asked for': async (lib) => {
    const graph = chain(lib, { a: says('a'), b: says('b') });
    await graph.invoke({}, thread());
    const states: unknown[] = [];
    for await (const state of graph.getStateHistory(thread(), { limit: 2 }))
      states.push(told(state));
    return states;
  },
};

describe('persistence in both libraries', () => {
  for (const [name, play] of Object.entries(scenarios)) {
    it(name, async () => {
      assert.deepEqual(clean(await play(ours)), clean(await play(theirs)));
    });
  }
});

/** The same data, whatever its prototypes. */
function clean(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
