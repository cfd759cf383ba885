// What a schema says holds, wherever it stands: of the state, the input, the output, a node's input.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod/v3';
import {
  Command,
  MemorySaver,
  ReducedValue,
  START,
  Send,
  StateGraph,
  StateSchema,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { concat, failsWith, mentions } from './support.ts';

/** A graph of one node, "only". */
function oneNode(parts: object, node: (state: any) => any = () => ({}), options: object = {}) {
  const builder = new StateGraph(parts as { state: any }) as any;
  return builder
    .addNode('only', node, options)
    .addEdge(START, 'only')
    .compile({ checkpointer: new MemorySaver() }) as CompiledStateGraph;
}

let threads = 0;
const thread = () => ({ configurable: { thread_id: String(threads++) } });

describe('an input with a schema of its own', () => {
  const state = z.object({ a: z.string(), b: z.string() });
  const echo = ({ a }: any) => ({ b: `${a}!` });

  for (const [form, input] of [
    ['zod 4', z.object({ a: z.string().default('in') })],
    ['zod 3', z3.object({ a: z3.string().default('in') })],
    ['StateSchema', new StateSchema({ a: z.string().default('in') })],
  ] as const) {
    it(`has its own defaults, at each call: ${form}`, async () => {
      const graph = oneNode({ state, input }, echo);
      const config = thread();
      assert.deepEqual(await graph.invoke({}, config), { a: 'in', b: 'in!' });
      assert.deepEqual(await graph.invoke({ a: 'x' }, config), { a: 'x', b: 'x!' });
      assert.deepEqual(await graph.invoke({ a: undefined }, config), { a: 'in', b: 'in!' });
    });
  }

  for (const [form, input] of [
    ['zod 4', z.object({ a: z.string(), b: z.string().optional() })],
    ['zod 3', z3.object({ a: z3.string(), b: z3.string().optional() })],
    ['StateSchema', new StateSchema({ a: z.string(), b: z.string().optional() })],
  ] as const) {
    it(`asks for its required keys, and for no others: ${form}`, async () => {
      let ran = 0;
      const graph = oneNode({ state, input }, () => void ran++);
      const config = thread();
      const error = await failsWith('VALIDATION_FAILED', graph.invoke({ b: 'x' }, config));
      mentions(error, 'input', '"a"');
      assert.equal(error.details.key, 'a');
      assert.equal(ran, 0);
      assert.deepEqual((await graph.getState(config)).values, {});
      assert.deepEqual(await graph.invoke({ a: 'x' }, config), { a: 'x' });
    });
  }

  it('gives a reduced key its default as an update, unless it reduces the key itself', async () => {
    const reducedBy = (start: string[]) =>
      new ReducedValue(z.array(z.string()).default(start), { reducer: concat });
    const list = reducedBy(['state']);
    const plain = z.object({ list: z.array(z.string()).default(['in']) });
    const first = oneNode({ state: new StateSchema({ list }), input: plain });
    assert.deepEqual(await first.invoke({}, thread()), { list: ['state', 'in'] });
    const same = oneNode({ state: new StateSchema({ list }), input: new StateSchema({ list }) });
    assert.deepEqual(await same.invoke({}, thread()), { list: ['state'] });
  });

  it('holds for a subgraph that is a node', async () => {
    const sub = new StateGraph({ state, input: z.object({ a: z.string().default('sub') }) })
      .addNode('inner', echo)
      .addEdge(START, 'inner')
      .compile();
    const around = new StateGraph(state).addNode('sub', sub).addEdge(START, 'sub').compile();
    assert.deepEqual(await around.invoke({}), { a: 'sub', b: 'sub!' });
  });
});

it('the state as input asks for no key, and has its defaults once a thread', async () => {
  const graph = oneNode({ state: z.object({ n: z.number().default(0), m: z.number() }) }, (s) => ({
    n: s.n + 1,
  }));
  const config = thread();
  assert.deepEqual(await graph.invoke({}, config), { n: 1 });
  assert.deepEqual(await graph.invoke({}, config), { n: 2 });
});

describe('the input of a node', () => {
  const state = z.object({ k: z.string(), out: z.any() });
  const keep = (given: any) => ({ out: given });

  /** The node is started by an edge with the state, or by a Send with a payload. */
  function started(by: 'edge' | 'Send', input: object, given: object) {
    const builder = new StateGraph(state).addNode('only', keep, { input } as any) as any;
    if (by === 'edge') builder.addEdge(START, 'only');
    else builder.addConditionalEdges(START, () => [new Send('only', given)], ['only']);
    return builder
      .compile()
      .invoke(given)
      .then(({ out }: any) => out);
  }

  for (const by of ['edge', 'Send'] as const) {
    for (const [form, zod] of [
      ['zod 4', z],
      ['zod 3', z3 as unknown as typeof z],
    ] as const) {
      it(`has its defaults and transforms, and is checked: by ${by}, ${form}`, async () => {
        assert.deepEqual(await started(by, zod.object({ k: zod.string().default('d') }), {}), {
          k: 'd',
        });
        const long = zod.object({
          k: zod
            .string()
            .min(3)
            .transform((text) => text.length),
        });
        assert.deepEqual(await started(by, long, { k: 'four' }), { k: 4 });
        for (const wrong of [{ k: 'x' }, {}]) {
          const error = await failsWith('VALIDATION_FAILED', started(by, long, wrong));
          mentions(error, 'node "only"', '"k"');
          assert.deepEqual([error.details.nodes, error.details.key], [['only'], 'k']);
        }
      });
    }

    it(`is checked as a whole: by ${by}`, async () => {
      const input = z
        .object({ k: z.string(), out: z.any() })
        .refine(({ k }) => k !== 'no', 'not no');
      assert.deepEqual(await started(by, input, { k: 'yes' }), { k: 'yes' });
      const error = await failsWith('VALIDATION_FAILED', started(by, input, { k: 'no' }));
      mentions(error, 'node "only"', 'not no');
    });
  }

  it('is not checked again by the schema that checked the write', async () => {
    const State = z.object({ n: z.string().transform((text) => text.length), out: z.any() });
    const graph = new StateGraph(State)
      .addNode('only', ({ n }) => ({ out: n }), { input: State.pick({ n: true }) })
      .addEdge(START, 'only')
      .compile();
    assert.equal((await graph.invoke({ n: 'four' })).out, 4);
  });

  it('is read-only, its defaults too', async () => {
    const given: any = await started('edge', z.object({ k: z.array(z.string()).default([]) }), {});
    assert.throws(() => given.k.push('x'));
  });

  it('refuses a payload with keys that a strict schema lacks', async () => {
    for (const input of [
      z.strictObject({ k: z.string() }),
      z3.object({ k: z3.string() }).strict(),
    ]) {
      const error = await failsWith(
        'VALIDATION_FAILED',
        started('Send', input, { k: '', typo: 1 }),
      );
      mentions(error, 'node "only"', '"typo"');
      assert.deepEqual(await started('edge', input, { k: 'x' }), { k: 'x' });
    }
  });
});

describe('an output with a schema of its own', () => {
  const state = z.object({ a: z.number(), b: z.number() });

  it('has its defaults, asks for its required keys, and is checked', async () => {
    const withDefault = oneNode({ state, output: z.object({ b: z.number().default(7) }) });
    assert.deepEqual(await withDefault.invoke({}, thread()), { b: 7 });
    const strictly = oneNode({ state, output: z.object({ b: z.number().min(5) }) }, (s) => ({
      b: s.a,
    }));
    assert.deepEqual(await strictly.invoke({ a: 5 }, thread()), { b: 5 });
    for (const wrong of [{ a: 1 }, {}]) {
      const error = await failsWith('VALIDATION_FAILED', strictly.invoke(wrong, thread()));
      mentions(error, 'output', '"b"');
      assert.equal(error.details.key, 'b');
    }
  });

  it('is checked as a whole', async () => {
    const output = z.object({ a: z.number(), b: z.number() }).refine((o) => o.a < o.b, 'a < b');
    const graph = oneNode({ state, output });
    assert.deepEqual(await graph.invoke({ a: 1, b: 2 }, thread()), { a: 1, b: 2 });
    const error = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 2, b: 1 }, thread()));
    mentions(error, 'output', 'a < b');
  });
});

describe('a check of the whole input', () => {
  it('sees what the fields have made of it, and comes before anything runs', async () => {
    const seen: unknown[] = [];
    const input = z
      .object({ a: z.string().transform(Number), b: z.number().default(3) })
      .superRefine((given, context) => {
        seen.push({ ...given });
        if (given.a > given.b) context.addIssue({ code: 'custom', message: 'too much' });
      });
    const graph = oneNode({ state: z.object({ a: z.number(), b: z.number() }), input });
    assert.deepEqual(await graph.invoke({ a: '2' }, thread()), { a: 2, b: 3 });
    const error = await failsWith('VALIDATION_FAILED', graph.invoke({ a: '9' }, thread()));
    mentions(error, 'input', 'too much');
    assert.deepEqual(seen, [
      { a: 2, b: 3 },
      { a: 9, b: 3 },
    ]);
  });
});

describe('a check of the whole state', () => {
  const fields = { a: z.number(), b: z.number() };
  const forms = [
    ['refine', z.object(fields).refine((s) => s.a < s.b, 'a must be less')],
    [
      'superRefine',
      z.object(fields).superRefine((s, context) => {
        if (s.a >= s.b) context.addIssue({ code: 'custom', message: 'a must be less' });
      }),
    ],
    [
      'check',
      z.object(fields).check(({ value, issues }) => {
        if (value.a >= value.b) {
          issues.push({ code: 'custom', message: 'a must be less', input: value });
        }
      }),
    ],
    [
      'zod/mini',
      mini
        .object({ a: mini.number(), b: mini.number() })
        .check(mini.refine((s) => s.a < s.b, 'a must be less')),
    ],
  ] as const;

  for (const [form, state] of forms) {
    it(`holds after the input and after each superstep: ${form}`, async () => {
      const graph = oneNode({ state }, (s) => ({ a: s.a + 5 }));
      const wrongInput = await failsWith(
        'VALIDATION_FAILED',
        graph.invoke({ a: 5, b: 1 }, thread()),
      );
      mentions(wrongInput, 'the input', 'a must be less');
      assert.deepEqual(wrongInput.details.nodes, []);
      const wrote = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 1, b: 2 }, thread()));
      mentions(wrote, 'node "only"', 'a must be less');
      assert.deepEqual(wrote.details.nodes, ['only']);
      assert.deepEqual(await graph.invoke({ a: 1, b: 9 }, thread()), { a: 6, b: 9 });
    });
  }

  const state = forms[0][1];

  it('waits until the keys that it needs are there', async () => {
    const graph = oneNode({ state }, () => ({ b: 1 }));
    const error = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 5 }, thread()));
    mentions(error, 'node "only"');
    assert.deepEqual(await graph.invoke({ a: 0 }, thread()), { a: 0, b: 1 });
  });

  it('sees the writes of a superstep together, and names the nodes that made them', async () => {
    const both = (a: number, b: number) =>
      new StateGraph(state)
        .addNode('left', () => ({ a }))
        .addNode('right', () => ({ b }))
        .addNode('idle', () => ({}))
        .addEdge(START, 'left')
        .addEdge(START, 'right')
        .addEdge(START, 'idle')
        .compile();
    assert.deepEqual(await both(10, 20).invoke({ a: 1, b: 2 }), { a: 10, b: 20 });
    const error = await failsWith('VALIDATION_FAILED', both(20, 10).invoke({ a: 1, b: 2 }));
    assert.deepEqual(error.details.nodes, ['left', 'right']);
  });

  it('holds for updates from outside, which then are not stored', async () => {
    const graph = oneNode({ state });
    const config = thread();
    await graph.invoke({ a: 1, b: 2 }, config);
    await failsWith('VALIDATION_FAILED', graph.updateState(config, { a: 9 }));
    const command = new Command({ update: { a: 9 }, goto: 'only' });
    await failsWith('VALIDATION_FAILED', graph.invoke(command, config));
    await failsWith('VALIDATION_FAILED', graph.invoke({ a: 9 }, config));
    assert.deepEqual((await graph.getState(config)).values, { a: 1, b: 2 });
  });

  it('fails if it throws, or would have to be waited for', async () => {
    const broken = z.object(fields).refine(() => {
      throw new Error('oops');
    });
    const slow = z.object(fields).refine(async () => true);
    for (const each of [broken, slow]) {
      const graph = oneNode({ state: each });
      const error = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 1, b: 2 }, thread()));
      mentions(error, 'asynchronously', 'throws');
    }
  });
});

describe('a strict state', () => {
  for (const [form, state] of [
    ['zod 4', z.strictObject({ a: z.number() })],
    ['zod 4, strict()', z.object({ a: z.number() }).strict()],
    ['zod 3', z3.object({ a: z3.number() }).strict()],
    ['zod/mini', mini.strictObject({ a: mini.number() })],
  ] as const) {
    it(`refuses unknown keys in the input and in updates: ${form}`, async () => {
      const graph = oneNode({ state }, () => ({ typo: 1 }));
      const input = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 1, typo: 2 }, thread()));
      mentions(input, 'input', '"typo"');
      assert.equal(input.details.key, 'typo');
      const update = await failsWith('VALIDATION_FAILED', graph.invoke({ a: 1 }, thread()));
      mentions(update, 'node "only"', '"typo"');
      assert.deepEqual([update.details.nodes, update.details.key], [['only'], 'typo']);
      const command = oneNode({ state }, () => new Command({ update: { typo: 1 } }));
      await failsWith('VALIDATION_FAILED', command.invoke({ a: 1 }, thread()));
    });
  }

  it('knows the private keys of its nodes', async () => {
    const graph = new StateGraph(z.strictObject({ a: z.number() }))
      .addNode('first', () => ({ secret: 4 }) as any)
      .addNode('second', ({ secret }) => ({ a: secret }), {
        input: z.object({ secret: z.number() }),
      })
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .compile();
    assert.deepEqual(await graph.invoke({ a: 1 }), { a: 4 });
  });

  it('shares with a subgraph, and with the graph around it, the keys that both have', async () => {
    const inner = oneNode(
      { state: z.strictObject({ a: z.number(), inside: z.number() }) },
      (s) => ({
        a: s.a + 1,
        inside: 1,
      }),
    );
    for (const returns of ['values', 'updates'] as const) {
      const graph = new StateGraph(z.strictObject({ a: z.number(), outside: z.number() }))
        .addNode('inner', inner, { returns })
        .addEdge(START, 'inner')
        .compile();
      assert.deepEqual(await graph.invoke({ a: 1, outside: 2 }), { a: 2, outside: 2 });
    }
  });
});

describe('what no graph can hold to', () => {
  for (const [form, schema] of [
    ['a catchall', z.object({ a: z.string() }).catchall(z.number())],
    ['a catchall of zod 3', z3.object({ a: z3.string() }).catchall(z3.number())],
    ['an overwrite', z.object({ a: z.string() }).check(z.overwrite((o) => o))],
    ['a refinement of zod 3', z3.object({ a: z3.string() }).refine(() => true)],
  ] as const) {
    it(`is refused when the graph is built: ${form}`, async () => {
      const state = z.object({ a: z.string() });
      for (const build of [
        () => oneNode({ state: schema }),
        () => oneNode({ state, input: schema }),
        () => oneNode({ state, output: schema }),
        () => oneNode({ state }, () => ({}), { input: schema }),
      ]) {
        const error = await failsWith('INVALID_SCHEMA', build);
        assert.match(error.message, /catchall|overwrite|refine/);
      }
    });
  }

  it('is not an object that lets other keys pass', async () => {
    for (const state of [
      z.looseObject({ a: z.number() }),
      z3.object({ a: z3.number() }).passthrough(),
    ]) {
      assert.deepEqual(await oneNode({ state }).invoke({ a: 1, other: 2 }, thread()), { a: 1 });
    }
  });
});
