import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  START,
  Send,
  StateGraph,
  append,
  entrypoint,
  task,
  type RunConfig,
} from '../../../src/engine/index.ts';
import { failsWith, settle, thrownBy } from '../support.ts';

const State = Annotation.Root({
  out: Annotation<number[]>({ reducer: append, default: () => [] }),
});
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Counts how much is going on at once. */
class Gauge {
  running = 0;
  most = 0;
  ran = 0;

  /** Work that takes a few turns of the event loop. */
  readonly work = async (turns = 2): Promise<void> => {
    this.most = Math.max(this.most, ++this.running);
    this.ran++;
    for (let i = 0; i < turns; i++) await settle();
    this.running--;
  };
}

/** Sends `count` numbers to a node. */
function mapped(gauge: Gauge, count: number, options: { maxConcurrency?: number } = {}) {
  return new StateGraph(State)
    .addNode(
      'map',
      async (n: any) => {
        await gauge.work(1 + (n % 3));
        return { out: [n] };
      },
      options,
    )
    .addConditionalEdges(START, () => numbers(count).map((n) => new Send('map', n)), ['map'])
    .compile();
}

describe('maxConcurrency of a run', () => {
  for (const maxConcurrency of [1, 2, 3, 50]) {
    const cap = Math.min(maxConcurrency, 12);

    it(`of ${maxConcurrency} caps tasks of an entrypoint`, async () => {
      const gauge = new Gauge();
      const work = task('work', async (n: number) => {
        await gauge.work(1 + (n % 3));
        return n;
      });
      const workflow = entrypoint('workflow', () => Promise.all(numbers(12).map((n) => work(n))));
      assert.deepEqual(await workflow.invoke({}, { maxConcurrency }), numbers(12));
      assert.equal(gauge.most, cap);
    });

    it(`of ${maxConcurrency} caps tasks that nest, without standing still`, async () => {
      const gauge = new Gauge();
      const leaf = task('leaf', () => gauge.work());
      const middle = task('middle', () => Promise.all([leaf(), leaf()]));
      const top = task('top', () => Promise.all([middle(), middle()]));
      const workflow = entrypoint('workflow', async () => {
        await Promise.all([top(), top(), top()]);
        return 'done';
      });
      assert.equal(await workflow.invoke({}, { maxConcurrency }), 'done');
      assert.equal(gauge.ran, 12);
      assert.ok(gauge.most <= cap, `${gauge.most} at once`);
    });

    it(`of ${maxConcurrency} caps nodes of parallel subgraphs together`, async () => {
      const gauge = new Gauge();
      const build = () => mapped(gauge, 4);
      const outer = new StateGraph(State)
        .addNode('a', build())
        .addNode('b', build())
        .addNode('c', build())
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .addEdge(START, 'c')
        .compile();
      await outer.invoke({}, { maxConcurrency });
      assert.equal(gauge.ran, 12);
      assert.ok(gauge.most <= cap, `${gauge.most} at once`);
    });

    it(`of ${maxConcurrency} caps what nodes do that call tasks and graphs`, async () => {
      const gauge = new Gauge();
      const inner = mapped(gauge, 2);
      const work = task('work', () => gauge.work());
      const graph = new StateGraph(State)
        .addNode('map', async () => {
          await inner.invoke({});
          await Promise.all([work(), work()]);
          return {};
        })
        .addConditionalEdges(START, () => numbers(3).map((n) => new Send('map', n)), ['map'])
        .compile();
      await graph.invoke({}, { maxConcurrency });
      assert.equal(gauge.ran, 12);
      assert.ok(gauge.most <= cap, `${gauge.most} at once`);
    });
  }

  it('starts no more nodes with tasks inside than it allows tasks', async () => {
    let nodes = 0;
    let mostNodes = 0;
    const gauge = new Gauge();
    const work = task('work', () => gauge.work());
    const graph = new StateGraph(State)
      .addNode('map', async () => {
        mostNodes = Math.max(mostNodes, ++nodes);
        await work();
        nodes--;
      })
      .addConditionalEdges(START, () => numbers(20).map((n) => new Send('map', n)), ['map'])
      .compile();
    await graph.invoke({}, { maxConcurrency: 3 });
    assert.equal(mostNodes, 3);
    assert.equal(gauge.most, 3);
  });

  it('of a call inside a node holds for that call', async () => {
    const gauge = new Gauge();
    const inner = mapped(gauge, 6);
    const graph = new StateGraph(State)
      .addNode('node', async () => {
        await inner.invoke({}, { maxConcurrency: 2 });
      })
      .addEdge(START, 'node')
      .compile();
    await graph.invoke({});
    assert.equal(gauge.most, 2);
    await graph.invoke({}, { maxConcurrency: 1 });
    assert.equal(gauge.most, 2);
  });

  it('keeps slots for those that wait when tasks fail', async () => {
    const fails = task('fails', async (n: number) => {
      await settle();
      throw new Error(String(n));
    });
    const workflow = entrypoint('workflow', async () => {
      const results = await Promise.allSettled(numbers(5).map((n) => fails(n)));
      return results.length;
    });
    assert.equal(await workflow.invoke({}, { maxConcurrency: 2 }), 5);
  });

  it('rejects tasks that wait for a slot when the run is aborted', async () => {
    const controller = new AbortController();
    const hangs = task('hangs', () => new Promise<void>(() => {}));
    let outcome: unknown;
    const workflow = entrypoint('workflow', async () => {
      void hangs().catch(() => {});
      outcome = await thrownBy(hangs());
    });
    const config: RunConfig = { maxConcurrency: 1, signal: controller.signal };
    const running = workflow.invoke({}, config);
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    await settle();
    assert.equal((outcome as Error).name, 'AbortError');
  });
});

describe('maxConcurrency of a node', () => {
  it('caps the tasks of that node, and keeps the order of results', async () => {
    for (const maxConcurrency of [1, 2, 5]) {
      const gauge = new Gauge();
      const { out } = await mapped(gauge, 11, { maxConcurrency }).invoke({});
      assert.deepEqual(out, numbers(11));
      assert.equal(gauge.most, maxConcurrency);
    }
  });

  it('lets tasks of other nodes pass', async () => {
    const slow = new Gauge();
    const quick = new Gauge();
    const graph = new StateGraph(State)
      .addNode('slow', () => slow.work(), { maxConcurrency: 1 })
      .addNode('quick', () => quick.work())
      .addConditionalEdges(START, () =>
        numbers(8).map((n) => new Send(n < 4 ? 'slow' : 'quick', n)),
      )
      .compile();
    await graph.invoke({});
    assert.deepEqual([slow.most, quick.most], [1, 4]);
    assert.deepEqual([slow.ran, quick.ran], [4, 4]);
  });

  it('holds across parallel runs of a subgraph', async () => {
    const gauge = new Gauge();
    const inner = mapped(gauge, 3, { maxConcurrency: 2 });
    const outer = new StateGraph(State)
      .addNode('inner', inner)
      .addConditionalEdges(START, () => numbers(4).map(() => new Send('inner', {})), ['inner'])
      .compile();
    await outer.invoke({});
    assert.equal(gauge.ran, 12);
    assert.equal(gauge.most, 2);
  });

  it('goes together with that of the run', async () => {
    for (const [run, node] of [
      [2, 5],
      [5, 2],
      [1, 1],
    ] as const) {
      const gauge = new Gauge();
      await mapped(gauge, 9, { maxConcurrency: node }).invoke({}, { maxConcurrency: run });
      assert.equal(gauge.ran, 9);
      assert.equal(gauge.most, Math.min(run, node));
    }
  });

  it('frees its places when a task fails and the others settle', async () => {
    let ran = 0;
    const graph = new StateGraph(State)
      .addNode(
        'map',
        async () => {
          ran++;
          await settle();
          throw new Error('x');
        },
        { maxConcurrency: 2 },
      )
      .addConditionalEdges(START, () => numbers(5).map((n) => new Send('map', n)), ['map'])
      .compile();
    await failsWith('SEVERAL_FAILURES', graph.invoke({}, { onError: 'settle' }));
    assert.equal(ran, 5);
  });
});
