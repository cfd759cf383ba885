import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  END,
  START,
  StateGraph,
  UnreachableNodeError,
} from '../../src/engine/index.ts';
import { LogState, failsWith, mentions, says } from './support.ts';

const builder = () => new StateGraph(LogState) as any;
const ab = () => builder().addNode('alpha', says('alpha')).addNode('beta', says('beta'));

describe('addNode', () => {
  it('refuses a second node of a name', async () => {
    const error = await failsWith('DUPLICATE_NODE', () => ab().addNode('beta', says('x')));
    mentions(error, '"beta"');
    assert.deepEqual(error.details.nodes, ['beta']);
  });

  for (const name of [START, END, '', 'a|b', 'a:b']) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      const error = await failsWith('INVALID_NODE_NAME', () => builder().addNode(name, says('x')));
      mentions(error, JSON.stringify(name));
      assert.equal(error.details.value, name);
    });
  }

  for (const name of [7, null, undefined]) {
    it(`refuses ${String(name)} as a name`, async () => {
      mentions(
        await failsWith('INVALID_NODE_NAME', () => builder().addNode(name, says('x'))),
        String(name),
      );
    });
  }

  for (const action of [undefined, 'text', {}, 7]) {
    it(`refuses ${JSON.stringify(action)} as a node`, async () => {
      const error = await failsWith('INVALID_NODE', () => builder().addNode('odd', action));
      mentions(error, '"odd"', 'function');
      assert.equal(error.details.value, action);
    });
  }

  it('asks for compile() where a builder is passed', async () => {
    mentions(
      await failsWith('INVALID_NODE', () => builder().addNode('sub', ab())),
      '"sub"',
      '.compile()',
    );
  });

  it('lets a node and a key share a name', async () => {
    const graph = builder().addNode('log', says('x')).addEdge(START, 'log').compile();
    assert.deepEqual(await graph.invoke({}), { log: ['x'] });
  });

  it('takes several nodes as an object or a list, with options', async () => {
    const graph = builder()
      .addNode({ a: says('a'), b: says('b') })
      .addNode([
        ['c', says('c')],
        ['d', says('d'), { defer: true }],
      ])
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('a', 'd')
      .addEdge('b', 'c')
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['a', 'b', 'c', 'd']);
  });

  it('refuses a sequence of nothing', async () => {
    await failsWith('INVALID_NODE', () => builder().addSequence({}));
    await failsWith('INVALID_NODE', () => builder().addSequence([]));
  });

  it('refuses input schemas that are none, and names the node', async () => {
    const error = await failsWith('INVALID_SCHEMA', () =>
      builder().addNode('odd', says('x'), { input: {} }),
    );
    mentions(error, '"odd"');
  });
});

describe('addEdge', () => {
  it('refuses edges from END and to START', async () => {
    mentions(await failsWith('INVALID_EDGE', () => ab().addEdge(END, 'alpha')), 'END');
    mentions(
      await failsWith('INVALID_EDGE', () => ab().addEdge('alpha', START)),
      'START',
      '"alpha"',
    );
    await failsWith('INVALID_EDGE', () => ab().addConditionalEdges(END, () => 'alpha'));
    await failsWith('INVALID_EDGE', () => ab().addEdge(['alpha'], START));
  });

  it('refuses a barrier to END, and says what to do', async () => {
    mentions(
      await failsWith('INVALID_EDGE', () => ab().addEdge(['alpha', 'beta'], END)),
      '"alpha"',
      '"beta"',
      'separate edge',
    );
  });

  it('refuses a barrier with unknown nodes, with a hint', async () => {
    for (const [sources, target] of [
      [['alpha', 'betta'], 'alpha'],
      [['alpha'], 'betta'],
    ]) {
      const error = await failsWith('UNKNOWN_NODE', () => ab().addEdge(sources, target));
      mentions(error, '"betta"', 'did you mean "beta"');
      assert.deepEqual(error.details.nodes, ['betta']);
    }
  });

  it('refuses a barrier from START and from nothing', async () => {
    await failsWith('INVALID_EDGE', () => ab().addEdge([START, 'alpha'], 'beta'));
    mentions(await failsWith('INVALID_EDGE', () => ab().addEdge([], 'beta')), '"beta"');
  });

  it('refuses a router that is no function', async () => {
    const error = await failsWith('INVALID_EDGE', () => ab().addConditionalEdges('alpha', 'beta'));
    mentions(error, '"alpha"', '"beta"');
  });
});

describe('compile', () => {
  const started = () => ab().addEdge(START, 'alpha').addEdge('alpha', 'beta');

  it('names unknown nodes of edges, path maps and ends, with a hint', async () => {
    for (const wrong of [
      started().addEdge('alpha', 'betta'),
      started().addEdge('betta', 'alpha'),
      started().addConditionalEdges('alpha', () => 'x', { x: 'betta' }),
      started().addConditionalEdges('betta', () => 'x', { x: 'beta' }),
      started()
        .addNode('c', says('c'), { ends: ['betta'] })
        .addEdge('alpha', 'c'),
    ]) {
      const error = await failsWith('UNKNOWN_NODE', () => wrong.compile({ name: 'named' }));
      mentions(error, '"named"', '"betta"', 'did you mean "beta"');
      assert.deepEqual(error.details.nodes, ['betta']);
    }
  });

  it('names nodes that nothing leads to', async () => {
    const error = await failsWith('UNREACHABLE_NODE', () =>
      started().addNode('gamma', says('gamma')).compile(),
    );
    assert.ok(error instanceof UnreachableNodeError);
    mentions(error, '"gamma"');
    assert.deepEqual(error.details.nodes, ['gamma']);
  });

  it('names islands of nodes that feed each other', async () => {
    const island = started()
      .addNode('x', says('x'))
      .addNode('y', says('y'))
      .addEdge('x', 'y')
      .addEdge('y', 'x');
    mentions(await failsWith('UNREACHABLE_NODE', () => island.compile()), '"x"', '"y"');
  });

  it('misses an entry, and says which edge to add', async () => {
    mentions(
      await failsWith('NO_ENTRY', () => ab().addEdge('alpha', 'beta').compile({ name: 'named' })),
      '"named"',
      '.addEdge(START, "alpha")',
    );
  });

  it('misses nodes', async () => {
    mentions(await failsWith('NO_ENTRY', () => builder().compile()), 'no nodes');
  });

  it('takes a router without path map as a way to all nodes', async () => {
    const graph = ab()
      .addConditionalEdges(START, () => 'beta')
      .compile();
    assert.deepEqual((await graph.invoke({})).log, ['beta']);
  });

  it('gives graphs that later changes of the builder do not change', async () => {
    const building = ab().addEdge(START, 'alpha').addEdge(START, 'beta');
    const before = building.compile();
    building.addNode('gamma', says('gamma')).addEdge('beta', 'gamma');
    assert.deepEqual((await before.invoke({})).log, ['alpha', 'beta']);
    assert.deepEqual((await building.compile().invoke({})).log, ['alpha', 'beta', 'gamma']);
    assert.equal(before.getGraph().drawMermaid().includes('gamma'), false);
  });

  it('keeps name and description', () => {
    const graph = started().compile({ name: 'n', description: 'd' });
    assert.equal(graph.name, 'n');
    assert.equal(graph.description, 'd');
    assert.equal(graph.withConfig({}).name, 'n');
    assert.equal(graph.withConfig({}).description, 'd');
    assert.equal(started().compile().name, 'graph');
  });

  it('takes setEntryPoint and setFinishPoint for edges from START and to END', () => {
    const short = ab()
      .setEntryPoint('alpha')
      .addEdge('alpha', 'beta')
      .setFinishPoint('beta')
      .compile();
    const long = started().addEdge('beta', END).compile();
    assert.equal(short.getGraph().drawMermaid(), long.getGraph().drawMermaid());
  });

  it('builds a chain of 2,000 nodes, and one of 2,000 side by side', async () => {
    const chain = builder();
    const fan = builder();
    for (let i = 0; i < 2_000; i++) {
      chain.addNode(`n${i}`, () => {}).addEdge(i === 0 ? START : `n${i - 1}`, `n${i}`);
      fan.addNode(`n${i}`, says(`n${i}`)).addEdge(START, `n${i}`);
    }
    assert.deepEqual(await chain.compile().invoke({}, { recursionLimit: 2_000 }), { log: [] });
    assert.equal((await fan.compile().invoke({})).log.length, 2_000);
  });
});

describe('a host', () => {
  it('finds the graph by its mark, with the fields of its input', async () => {
    const { z } = await import('zod');
    const { GRAPH, BUILDER, StateSchema, ReducedValue, MessagesValue } =
      await import('../../src/engine/index.ts');
    const state = new StateSchema({
      name: z.string(),
      tone: z.enum(['kind', 'curt']).optional(),
      count: z.number().default(3),
      lines: new ReducedValue(z.array(z.string()).default([]), { reducer: (a, b) => a.concat(b) }),
      messages: MessagesValue,
    });
    const building = new StateGraph(state).addNode('a', () => {}).addEdge(START, 'a');
    assert.ok(BUILDER in building);
    const graph = building.compile();
    const handle = (graph as any)[GRAPH];
    assert.equal(handle.kind, 'graph');
    assert.deepEqual(handle.inputFields(), [
      { key: 'name', type: 'string', required: true },
      { key: 'tone', type: '"kind" | "curt"', required: false },
      { key: 'count', type: 'number', required: false, default: 3 },
      { key: 'lines', type: 'string[]', required: false, default: [] },
      { key: 'messages', type: 'messages', required: false, default: [] },
    ]);
  });

  it('asks which task the calling code belongs to', async () => {
    const { GRAPH } = await import('../../src/engine/index.ts');
    const current: unknown[] = [];
    const graph: any = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('a', async () => {
        await Promise.resolve();
        current.push(graph[GRAPH].currentTask()?.path);
      })
      .addEdge(START, 'a')
      .compile();
    await graph.invoke({});
    assert.deepEqual(current, [['a']]);
    assert.equal(graph[GRAPH].currentTask(), undefined);
  });
});
