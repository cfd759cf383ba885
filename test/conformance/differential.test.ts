// The same graphs built with this library and with LangGraph.js: what both say is the same must be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as theirs from '@langchain/langgraph';
import * as fc from 'fast-check';
import { z } from 'zod';
import * as ours from '../../src/engine/index.ts';

/** What the scenarios use of either library; both go by the same names. */
type Lib = any;

interface Scenario {
  readonly build: (lib: Lib) => any;
  /** Default: one run on `{}`. */
  readonly inputs?: readonly object[];
  readonly config?: object;
}

const { START, END } = ours;
const concat = (a: unknown[], b: unknown[]) => a.concat(b);
const log = (lib: Lib) =>
  lib.Annotation.Root({ log: lib.Annotation({ reducer: concat, default: () => [] }) });
const says = (name: string) => () => ({ log: [name] });

/** A graph over `log` of nodes that write their names. */
function named(
  lib: Lib,
  names: string,
  edges: [string | string[], string][],
  options: any = {},
  addMore: (graph: any) => void = () => {},
) {
  const graph = new lib.StateGraph(log(lib));
  for (const name of names.split(' ')) graph.addNode(name, says(name), options[name]);
  addMore(graph);
  for (const [source, target] of edges) graph.addEdge(source, target);
  return graph;
}

const scenarios: Record<string, Scenario> = {
  'a chain': {
    build: (lib) =>
      named(lib, 'a b c', [
        [START, 'a'],
        ['a', 'b'],
        ['b', 'c'],
        ['c', END],
      ]).compile(),
  },
  'a diamond': {
    build: (lib) =>
      named(lib, 'a b c d', [
        [START, 'a'],
        ['a', 'b'],
        ['a', 'c'],
        ['b', 'd'],
        ['c', 'd'],
        ['d', END],
      ]).compile(),
  },
  'a barrier one of whose sources runs twice, the second time as the other one runs': {
    build: (lib) =>
      named(
        lib,
        'a f e',
        [
          [START, 'f'],
          [START, 'h'],
          ['f', 'a'],
          [['f', 'a'], 'e'],
        ],
        {},
        (graph) =>
          graph.addNode('h', () => new lib.Command({ goto: 'f', update: { log: ['h'] } }), {
            ends: ['f'],
          }),
      ).compile(),
  },
  'names in code-unit order': {
    build: (lib) =>
      named(lib, 'zeta b9 alpha b10 Mid', [
        [START, 'zeta'],
        [START, 'b9'],
        [START, 'alpha'],
        [START, 'b10'],
        [START, 'Mid'],
      ]).compile(),
  },
  'an uneven join by edges': {
    build: (lib) =>
      named(lib, 'a b b2 c d', [
        [START, 'a'],
        ['a', 'b'],
        ['b', 'b2'],
        ['a', 'c'],
        ['b2', 'd'],
        ['c', 'd'],
      ]).compile(),
  },
  'an uneven join by a barrier': {
    build: (lib) =>
      named(lib, 'a b b2 c d', [
        [START, 'a'],
        ['a', 'b'],
        ['b', 'b2'],
        ['a', 'c'],
        [['b2', 'c'], 'd'],
      ]).compile(),
  },
  'a barrier and an edge': {
    build: (lib) =>
      named(lib, 'a b b2 c d', [
        [START, 'a'],
        ['a', 'b'],
        ['b', 'b2'],
        ['a', 'c'],
        [['b2', 'c'], 'd'],
        ['c', 'd'],
      ]).compile(),
  },
  'a barrier in a loop': {
    build: (lib) =>
      named(lib, 'a b c d', [
        [START, 'a'],
        [START, 'b'],
        ['a', 'b'],
        ['a', 'c'],
        [['b', 'c'], 'd'],
      ])
        .addConditionalEdges('d', ({ log }: any) => (log.length < 8 ? ['a', 'b'] : END), [
          'a',
          'b',
          END,
        ])
        .compile(),
  },
  'a deferred join': {
    build: (lib) =>
      named(
        lib,
        'a b b2 c d e',
        [
          [START, 'a'],
          ['a', 'b'],
          ['b', 'b2'],
          ['a', 'c'],
          ['b2', 'd'],
          ['c', 'd'],
          ['d', 'e'],
        ],
        {
          d: { defer: true },
        },
      ).compile(),
  },
  'two deferred nodes': {
    build: (lib) =>
      named(
        lib,
        'a d e f',
        [
          [START, 'a'],
          [START, 'd'],
          ['a', 'e'],
          ['d', 'f'],
          ['e', 'f'],
        ],
        {
          d: { defer: true },
          e: { defer: true },
        },
      ).compile(),
  },
  'a deferred barrier': {
    build: (lib) =>
      named(
        lib,
        'a b c x y d',
        [
          [START, 'a'],
          ['a', 'b'],
          ['a', 'c'],
          ['a', 'x'],
          ['x', 'y'],
          [['b', 'c'], 'd'],
        ],
        {
          d: { defer: true },
        },
      ).compile(),
  },
  'a router with a path map': {
    build: (lib) =>
      named(lib, 'a b c', [[START, 'a']])
        .addConditionalEdges('a', ({ log }: any) => log[0] === 'yes', { true: 'b', false: 'c' })
        .compile(),
    inputs: [{ log: ['yes'] }, { log: ['no'] }],
  },
  'a router with a list': {
    build: (lib) =>
      named(lib, 'a b c', [[START, 'a']])
        .addConditionalEdges('a', ({ log }: any) => log.slice(0, -1), ['b', 'c', END])
        .compile(),
    inputs: [{}, { log: ['b'] }, { log: ['c', 'b', 'c'] }, { log: [END, 'b'] }],
  },
  'a router of START': {
    build: (lib) =>
      named(lib, 'a b', [])
        .addConditionalEdges(START, ({ log }: any) => log, ['a', 'b'])
        .compile(),
    inputs: [{ log: ['a'] }, { log: ['b', 'a'] }],
  },
  'sends beside edges': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode('map', (x: any) => ({ log: [typeof x === 'object' ? 'state' : x] }))
        .addNode('ape', (x: any) => ({ log: [`ape ${x}`] }))
        .addNode('last', ({ log }: any) => ({ log: [`last ${log.length}`] }))
        .addEdge(START, 'map')
        .addConditionalEdges(
          START,
          () => [
            ...Array.from({ length: 25 }, (_, i) => new lib.Send('map', `${i}`)),
            new lib.Send('ape', 'x'),
          ],
          ['map', 'ape'],
        )
        .addEdge('map', 'last')
        .compile(),
  },
  'nested sends': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode(
          'level',
          (at: string) => {
            const goto = at.length < 4 ? ['1', '2'].map((n) => new lib.Send('level', at + n)) : [];
            return new lib.Command({ update: { log: [at] }, goto });
          },
          { ends: ['level'] },
        )
        .addConditionalEdges(START, () => ['x', 'y'].map((n) => new lib.Send('level', n)), [
          'level',
        ])
        .compile(),
  },
  'commands beside edges': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode(
          'a',
          () => new lib.Command({ update: { log: ['a'] }, goto: ['c', new lib.Send('d', 1)] }),
          { ends: ['c', 'd'] },
        )
        .addNode('b', says('b'))
        .addNode('c', says('c'))
        .addNode('d', (x: any) => ({ log: [`d ${typeof x}`] }))
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile(),
  },
  'a list of commands and updates': {
    build: (lib) =>
      new lib.StateGraph(
        lib.Annotation.Root({ log: log(lib).spec.log, x: lib.Annotation(), y: lib.Annotation() }),
      )
        .addNode('a', () => [
          { log: ['1'] },
          new lib.Command({ update: { log: ['2'], x: 1 } }),
          { log: ['3'] },
        ])
        .addNode('b', () => [new lib.Command({ update: { x: 2 } }), { y: 3 }])
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile(),
  },
  'defaults, input and order of keys': {
    build: (lib) =>
      new lib.StateGraph(
        lib.Annotation.Root({
          last: lib.Annotation(),
          sum: lib.Annotation({ reducer: (a: number, b: number) => a + b, default: () => 100 }),
          first: lib.Annotation({ reducer: concat }),
          never: lib.Annotation(),
        }),
      )
        .addNode('a', () => ({ first: ['a'], sum: 0, last: null }))
        .addEdge(START, 'a')
        .compile(),
    inputs: [{}, { sum: 10 }, { first: ['in'], last: 'x' }, { unknown: 1, sum: -100 }],
  },
  'falsy updates': {
    build: (lib) =>
      new lib.StateGraph(
        lib.Annotation.Root({
          k: lib.Annotation(),
          l: lib.Annotation({ reducer: (a: any[], b: any) => [...a, b], default: () => [] }),
        }),
      )
        .addNode('a', ({ k }: any) => ({ k, l: k }))
        .addNode('none', () => 0 as any)
        .addEdge(START, 'a')
        .addEdge('a', 'none')
        .compile(),
    inputs: [{ k: 0 }, { k: '' }, { k: false }, { k: null }, { k: [] }],
  },
  'a StateSchema': {
    build: (lib) =>
      new lib.StateGraph(
        new lib.StateSchema({
          n: z.number().default(7),
          list: new lib.ReducedValue(
            z.array(z.string()).default(() => ['d']),
            { reducer: concat },
          ),
        }),
      )
        .addNode('a', ({ n }: any) => ({ n: n + 1, list: ['a'] }))
        .addEdge(START, 'a')
        .compile(),
    inputs: [{}, { n: 1, list: ['in'] }],
  },
  'a zod object': {
    build: (lib) =>
      new lib.StateGraph(z.object({ n: z.number().default(7), s: z.string() }))
        .addNode('a', ({ n }: any) => ({ n: n + 1 }))
        .addEdge(START, 'a')
        .compile(),
    inputs: [{ n: 1 }, { s: 'x' }],
  },
  'input and output schemas': {
    build: (lib) =>
      new lib.StateGraph({
        state: lib.Annotation.Root({
          a: lib.Annotation(),
          b: lib.Annotation(),
          c: lib.Annotation(),
        }),
        input: lib.Annotation.Root({ a: lib.Annotation() }),
        output: lib.Annotation.Root({ c: lib.Annotation() }),
      })
        .addNode('x', ({ a, b }: any) => ({ c: [a, b === undefined] }))
        .addEdge(START, 'x')
        .compile(),
    inputs: [{ a: 1, b: 2 }],
  },
  'an overwrite among writes': {
    build: (lib) =>
      named(lib, 'a c', [
        [START, 'a'],
        [START, 'c'],
      ])
        .addNode('b', () => ({ log: new lib.Overwrite(['new']) }))
        .addEdge(START, 'b')
        .compile(),
    inputs: [{ log: ['old'] }],
  },
  'a subgraph that shares a reduced key': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode(
          'sub',
          named(lib, 'i j', [
            [START, 'i'],
            ['i', 'j'],
          ]).compile(),
        )
        .addNode('after', says('after'))
        .addEdge(START, 'sub')
        .addEdge('sub', 'after')
        .compile(),
    inputs: [{}, { log: ['in'] }],
  },
  'parallel subgraphs with output schemas': {
    build: (lib) => {
      const sub = (key: string) =>
        new lib.StateGraph({
          state: lib.Annotation.Root({ topic: lib.Annotation(), [key]: lib.Annotation() }),
          output: lib.Annotation.Root({ [key]: lib.Annotation() }),
        })
          .addNode('i', ({ topic }: any) => ({ [key]: `${key} ${topic}` }))
          .addNode('j', (state: any) => ({ [key]: `${state[key]}!` }))
          .addEdge(START, 'i')
          .addEdge('i', 'j')
          .compile();
      return new lib.StateGraph(
        lib.Annotation.Root({
          topic: lib.Annotation(),
          left: lib.Annotation(),
          right: lib.Annotation(),
        }),
      )
        .addNode('l', sub('left'))
        .addNode('r', sub('right'))
        .addEdge(START, 'l')
        .addEdge(START, 'r')
        .compile();
    },
    inputs: [{ topic: 't' }],
  },
  'a subgraph as target of sends': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode(
          'sub',
          new lib.StateGraph(
            lib.Annotation.Root({ word: lib.Annotation(), log: log(lib).spec.log }),
          )
            .addNode('i', ({ word }: any) => ({ log: [word] }))
            .addEdge(START, 'i')
            .compile(),
        )
        .addConditionalEdges(START, () => ['x', 'y'].map((word) => new lib.Send('sub', { word })), [
          'sub',
        ])
        .compile(),
  },
  'a command for the parent': {
    build: (lib) =>
      new lib.StateGraph(log(lib))
        .addNode(
          'sub',
          new lib.StateGraph(log(lib))
            .addNode('i', says('i'))
            .addNode(
              'j',
              () =>
                new lib.Command({
                  graph: lib.Command.PARENT,
                  update: { log: ['up'] },
                  goto: 'target',
                }),
            )
            .addEdge(START, 'i')
            .addEdge('i', 'j')
            .compile(),
          { ends: ['target'] },
        )
        .addNode('target', says('target'))
        .addNode('static', says('static'))
        .addEdge(START, 'sub')
        .addEdge('sub', 'static')
        .compile(),
  },
  'a command for the parent, of a graph that a node calls': {
    build: (lib) => {
      const inner = new lib.StateGraph(log(lib))
        .addNode(
          'i',
          () =>
            new lib.Command({ graph: lib.Command.PARENT, update: { log: ['up'] }, goto: 'target' }),
        )
        .addEdge(START, 'i')
        .compile();
      return new lib.StateGraph(log(lib))
        .addNode('calls', async () => ({ log: (await inner.invoke({})).log }), { ends: ['target'] })
        .addNode('target', says('target'))
        .addNode('static', says('static'))
        .addEdge(START, 'calls')
        .addEdge('calls', 'static')
        .compile();
    },
  },
  'a loop that counts': {
    build: (lib) =>
      new lib.StateGraph(lib.Annotation.Root({ n: lib.Annotation() }))
        .addNode('count', ({ n }: any) => ({ n: n + 1 }))
        .addEdge(START, 'count')
        .addConditionalEdges('count', ({ n }: any) => (n < 10 ? 'count' : END), ['count', END])
        .compile(),
    inputs: [{ n: 0 }],
  },
};

async function collect(source: Promise<AsyncIterable<unknown>>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of await source) chunks.push(chunk);
  return chunks;
}

/** Everything of a run that both libraries must agree on, as lines of text. */
async function transcript(graph: any, input: object, config: object = {}): Promise<string[]> {
  const result = await graph.invoke(structuredClone(input), config);
  const streamMode = ['updates', 'values'];
  const chunks: any[] = await collect(
    graph.stream(structuredClone(input), { ...config, streamMode }),
  );
  const lines = [`result ${toText(result)}`];
  let superstep: string[] = [];
  for (const [mode, chunk] of chunks) {
    if (mode === 'updates') superstep.push(`updates ${toText(chunk)}`);
    else {
      // Updates come as tasks finish, and the peer starts them in no fixed order.
      lines.push(...superstep.sort(), `values ${toText(chunk)}`);
      superstep = [];
    }
  }
  return [...lines, ...superstep.sort()];
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_, item: any) => {
    if (item === undefined) return 'undefined';
    return item?.__overwrite__ ? { value: item.__overwrite__ } : item;
  });
}

describe('runs like LangGraph.js', () => {
  for (const [name, { build, inputs = [{}], config }] of Object.entries(scenarios)) {
    it(name, async () => {
      for (const input of inputs) {
        assert.deepEqual(
          await transcript(build(ours), input, config),
          await transcript(build(theirs), input, config),
        );
      }
    });
  }
});

describe('draws like LangGraph.js', () => {
  for (const [name, { build }] of Object.entries(scenarios)) {
    // Shown on purpose, and here only.
    if (name.includes('deferred')) continue;
    it(name, () => {
      for (const xray of [false, true]) {
        const mine = build(ours).getGraph({ xray });
        const peer = build(theirs).getGraph({ xray });
        assert.equal(mine.drawMermaid(), peer.drawMermaid());
        assert.equal(
          mine.drawMermaid({ withStyles: false }),
          peer.drawMermaid({ withStyles: false }),
        );
        assert.deepEqual(Object.keys(mine.nodes), Object.keys(peer.nodes));
      }
    });
  }
});

/** A random graph of layers: every edge leads to a later node, so that every run ends. */
const dags = fc
  .record({
    nodes: fc.integer({ min: 1, max: 8 }),
    edges: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 }),
    barriers: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.nat(7)), { maxLength: 3 }),
    sends: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.nat(3)), { maxLength: 3 }),
    gotos: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 3 }),
    routes: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.nat(7)), { maxLength: 2 }),
    deferred: fc.array(fc.nat(7), { maxLength: 2 }),
    ticks: fc.array(fc.nat(4), { minLength: 8, maxLength: 8 }),
  })
  .map(({ nodes, edges, barriers, sends, gotos, routes, deferred, ...rest }) => {
    const inside = (...list: number[]) => list.every((n) => n < nodes);
    const joins = barriers.filter(([a, b, c]) => inside(a, b, c) && a < b && b < c);
    // Where a node is started by its barrier and by something else in one superstep, the peer takes note
    // of only one, and the barrier does not fire again.
    const isJoin = (n: number) => joins.some(([, , c]) => c === n);
    return {
      ...rest,
      nodes,
      // The peer lets deferred nodes run beside tasks that were sent; here they wait for these, too.
      deferred: sends.length > 0 ? [] : deferred,
      edges: edges.filter(([a, b]) => inside(a, b) && a < b && !isJoin(b)),
      barriers: joins.filter(([, , c], i) => joins.findIndex(([, , x]) => x === c) === i),
      sends: sends.filter(([a, b]) => inside(a, b) && a < b),
      gotos: gotos.filter(([a, b]) => inside(a, b) && a < b && !isJoin(b)),
      // One router a node: the peer allows no more.
      routes: routes.filter(
        ([a, b, c], i, all) =>
          inside(a, b, c) &&
          a < b &&
          a < c &&
          !isJoin(b) &&
          !isJoin(c) &&
          all.findIndex(([x]) => x === a) === i,
      ),
    };
  });
type Dag = typeof dags extends fc.Arbitrary<infer T> ? T : never;

/** Names whose order is not that of the numbers. */
const name = (n: number) => `${'hcfabged'[n]}${n}`;

function buildDag(lib: Lib, dag: Dag, ticks: readonly number[] = []) {
  const state = lib.Annotation.Root({
    log: lib.Annotation({ reducer: concat, default: () => [] }),
    count: lib.Annotation({ reducer: (a: number, b: number) => a + b, default: () => 0 }),
    text: lib.Annotation({ reducer: (a: string, b: string) => `(${a}${b})` }),
  });
  const graph = new lib.StateGraph(state);
  const hasIncoming = new Set<number>();
  for (const [, b] of dag.edges) hasIncoming.add(b);
  for (let n = 0; n < dag.nodes; n++) {
    const sends = dag.sends.filter(([a]) => a === n);
    const gotos = dag.gotos.filter(([a]) => a === n);
    graph.addNode(
      name(n),
      async (input: any) => {
        for (let i = ticks[n] ?? 0; i > 0; i--) await new Promise(setImmediate);
        const seen = typeof input === 'string' ? input : input.log.length;
        return new lib.Command({
          update: { log: [`${name(n)} ${seen}`], count: 1, text: name(n) },
          goto: [
            ...gotos.map(([, b]) => name(b)),
            ...sends.flatMap(([, b, times]) =>
              Array.from(
                { length: times },
                (_, i) => new lib.Send(name(b), `from ${name(n)} ${i}`),
              ),
            ),
          ],
        });
      },
      {
        ends: [...new Set([...gotos, ...sends].map(([, b]) => name(b)))],
        defer: dag.deferred.includes(n),
      },
    );
  }
  for (let n = 0; n < dag.nodes; n++) if (!hasIncoming.has(n)) graph.addEdge(START, name(n));
  for (const key of new Set(dag.edges.map(([a, b]) => `${name(a)} ${name(b)}`))) {
    graph.addEdge(...(key.split(' ') as [string, string]));
  }
  for (const [a, b, c] of dag.barriers) graph.addEdge([name(a), name(b)], name(c));
  for (const [a, b, c] of dag.routes) {
    graph.addConditionalEdges(
      name(a),
      ({ log }: any) => (log.length % 2 ? name(b) : [name(c), END]),
      [name(b), name(c), END],
    );
  }
  return graph.compile();
}

describe('random graphs', () => {
  const config = { recursionLimit: 100 };

  it('end as in LangGraph.js, superstep by superstep', async () => {
    await fc.assert(
      fc.asyncProperty(dags, async (dag) => {
        const values = (lib: Lib) =>
          collect(buildDag(lib, dag).stream({ log: ['in'] }, { ...config, streamMode: 'values' }));
        assert.deepEqual(await values(ours), await values(theirs));
      }),
      { numRuns: 150 },
    );
  });

  it('end the same whatever the timing, and however few run at once', async () => {
    await fc.assert(
      fc.asyncProperty(dags, fc.integer({ min: 1, max: 3 }), async (dag, maxConcurrency) => {
        const untimed = await buildDag(ours, dag).invoke({}, config);
        assert.deepEqual(await buildDag(ours, dag, dag.ticks).invoke({}, config), untimed);
        assert.deepEqual(
          await buildDag(ours, dag, dag.ticks).invoke({}, { ...config, maxConcurrency }),
          untimed,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('are drawn as in LangGraph.js', () => {
    fc.assert(
      fc.property(dags, (dag) => {
        const plain = { ...dag, deferred: [] };
        assert.equal(
          buildDag(ours, plain).getGraph().drawMermaid(),
          buildDag(theirs, plain).getGraph().drawMermaid(),
        );
      }),
      { numRuns: 150 },
    );
  });
});
