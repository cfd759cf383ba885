import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  START,
  Send,
  StateGraph,
  append,
  type NodeConfig,
  type RunEvent,
} from '../../src/engine/index.ts';
import { settle } from './support.ts';

const State = Annotation.Root({
  list: Annotation<{ n: number }[]>({ reducer: append, default: () => [] }),
  plain: Annotation<any>(),
});

function oneNode(node: (state: typeof State.State, config: NodeConfig) => any) {
  return new StateGraph(State).addNode('only', node).addEdge(START, 'only').compile();
}

function warningsOfRerun() {
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'warning' && event.code === 'CHANGED_IN_PLACE') warnings.push(event.message);
  };
  return { warnings, onEvent };
}

describe('state that a node changes in place', () => {
  it('is copied for a node with policies too, without an attempt or an error handler', async () => {
    const attempts: number[] = [];
    const change = (s: typeof State.State) => void s.list.push({ n: 1 });
    const graph = new StateGraph(State)
      .addNode('only', (s) => (attempts.push(1), change(s), { plain: s.list }), {
        retryPolicy: { maxAttempts: 3, initialInterval: 0, jitter: false },
        errorHandler: () => assert.fail('nothing has failed'),
      })
      .addEdge(START, 'only')
      .compile();
    assert.deepEqual((await graph.invoke({})).plain, [{ n: 1 }]);
    assert.equal(attempts.length, 1);
    await graph.invoke({});
    assert.equal(attempts.length, 2);
  });

  it('is copied for a node until it is known whether the functions that it calls change it', async () => {
    const { warnings, onEvent } = warningsOfRerun();
    const addSecond = (list: { n: number }[]) => list.length === 1 && list.push({ n: 2 });
    let runs = 0;
    const graph = oneNode(async ({ list }) => {
      await settle();
      runs++;
      addSecond(list);
      return { plain: list };
    });
    // The first run changes nothing.
    for (const list of [[], [{ n: 1 }], [{ n: 1 }]]) {
      const { plain } = await graph.invoke({ list }, { onEvent });
      assert.deepEqual(plain, list.length === 0 ? [] : [{ n: 1 }, { n: 2 }]);
    }
    assert.deepEqual([runs, warnings], [3, []]);
  });

  it('is shared with a node that has changed nothing in its first runs', async () => {
    const shared: boolean[] = [];
    const look = (s: typeof State.State) => void shared.push(Object.isFrozen(s.list));
    const graph = oneNode((s) => look(s));
    const list = Array.from({ length: 1000 }, (_, n) => ({ n }));
    for (let run = 0; run < 10; run++) await graph.invoke({ list });
    assert.deepEqual([shared[0], shared.at(-1)], [false, true]);
    await oneNode((s) => look(s)).invoke({ list: Array(20_000).fill({ n: 1 }) });
    assert.equal(shared.at(-1), true);
  });

  for (const [what, node] of Object.entries({
    computes: (s) => ({ plain: Object.isFrozen(s) && s.list.length + Number(s.plain) }),
    'goes through it': (s) => {
      for (const item of s.list) if (item.n > 1) throw new RangeError(`too large: ${item.n}`);
      return { plain: s.list.map((item) => item.n).includes(1) && Object.isFrozen(s) };
    },
    'returns other values': async function (s) {
      await Promise.all(s.list.map(async ({ n }) => n));
      return { list: [...s.list.slice(1)], plain: Object.isFrozen(s) };
    },
  } satisfies Record<string, (s: typeof State.State) => any>)) {
    it(`is shared at once with a node of which its text shows that it leaves it alone: one that ${what}`, async () => {
      const { plain } = await oneNode(node).invoke({ list: [{ n: 1 }], plain: 1 });
      assert.notEqual(plain, false);
    });
  }

  it('begins once more with a node that is found to change it only when that is refused', async () => {
    const { warnings, onEvent } = warningsOfRerun();
    const add = (s: typeof State.State) => void s.list.push({ n: 1 });
    let runs = 0;
    const graph = oneNode((s) => (runs++, add(s), { plain: s.list.length }));
    const list = Array(20_000).fill({ n: 1 });
    assert.equal((await graph.invoke({ list }, { onEvent })).plain, 20_001);
    assert.deepEqual([runs, warnings.length], [2, 1]);
    assert.match(warnings[0]!, /Node "only" changed key "list" .* once more from its top/s);
    assert.equal((await graph.invoke({ list }, { onEvent })).plain, 20_001);
    assert.deepEqual([runs, warnings.length], [3, 1]);
  });

  it('is copied for each attempt of a node that fails when it has changed it', async () => {
    const lengths: number[] = [];
    const add = (s: typeof State.State) => lengths.push(s.list.push({ n: 1 }));
    const graph = new StateGraph(State)
      .addNode(
        'only',
        async (s) => {
          add(s);
          await settle();
          if (lengths.length < 3) throw new Error('not yet');
          return { plain: s.list };
        },
        { retryPolicy: { maxAttempts: 3, initialInterval: 0, jitter: false } },
      )
      .addEdge(START, 'only')
      .compile();
    assert.deepEqual((await graph.invoke({})).plain, [{ n: 1 }]);
    assert.deepEqual(lengths, [1, 1, 1]);
  });

  it('is copied at once for a node whose text shows what it does', async () => {
    let runs = 0;
    const graph = oneNode((s) => {
      runs++;
      s.list.push({ n: 2 });
      for (const item of s.plain) item.n = 3;
      return { plain: [s.list, s.plain] };
    });
    const { list, plain } = await graph.invoke({ list: [{ n: 1 }], plain: [{}] });
    assert.deepEqual([list, plain, runs], [[{ n: 1 }], [[{ n: 1 }, { n: 2 }], [{ n: 3 }]], 1]);
  });

  it('is copied for each of many tasks of a node that changes it', async () => {
    const change = (payload: { n: number }) => void payload.n++;
    const graph = new StateGraph(State)
      .addNode('work', (payload: any) => (change(payload), { list: [{ n: payload.n }] }))
      .addConditionalEdges(START, () => [1, 2, 3].map((n) => new Send('work', { n })), ['work'])
      .compile();
    assert.deepEqual((await graph.invoke({})).list, [{ n: 2 }, { n: 3 }, { n: 4 }]);
  });
});
