import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import {
  AbortError,
  Annotation,
  Command,
  InMemoryStore,
  START,
  Send,
  StateGraph,
  StateSchema,
  UntrackedValue,
  append,
  interrupt,
  isSuperstepError,
  taskOf,
} from '../../src/engine/index.ts';
import {
  TaskWindow,
  advance,
  drive,
  readAdvanced,
  runTask,
  type Advanced,
  type RemoteTask,
} from '../../src/remote/index.ts';

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
});
type Step = Extract<Advanced, { status: 'tasks' }>;
const says = (name: string) => () => ({ log: [name] });
const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** One node that leads to two others, and what joins these. */
function diamond(nodes: { b?: any; c?: any } = {}) {
  return new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', nodes.b ?? says('b'))
    .addNode('c', nodes.c ?? says('c'))
    .addNode('d', says('d'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('a', 'c')
    .addEdge(['b', 'c'], 'd')
    .compile({ name: 'diamond' });
}

/** Goes on with the replies of these tasks alone. */
async function onward(graph: any, at: Advanced, tasks: readonly RemoteTask[]): Promise<Advanced> {
  const replies = await Promise.all(tasks.map((task) => runTask(graph, sent(task))));
  return advance(graph, { stored: sent(at.stored), replies: sent(replies) });
}

describe('advance()', () => {
  it('tells tasks without a reply again, under the same id, and goes on when the last has come', async () => {
    const graph = diamond();
    const first = (await advance(graph, { input: {} })) as Step;
    const second = (await onward(graph, first, first.tasks)) as Step;
    assert.deepEqual(
      second.tasks.map(({ node }) => node),
      ['b', 'c'],
    );
    const third = (await onward(graph, second, second.tasks.slice(1))) as Step;
    assert.deepEqual(
      third.tasks.map(({ id }) => id),
      [second.tasks[0]!.id],
    );
    const fourth = await onward(graph, third, third.tasks);
    const last = await onward(graph, fourth, (fourth as Step).tasks);
    assert.deepEqual(readAdvanced(last), { log: ['a', 'b', 'c', 'd'] });
  });

  it('ignores replies that come twice, or to a superstep that is over', async () => {
    const graph = diamond();
    const first = (await advance(graph, { input: {} })) as Step;
    const reply = await runTask(graph, first.tasks[0]!);
    let at = await advance(graph, { stored: first.stored, replies: [reply, reply] });
    at = await advance(graph, { stored: at.stored, replies: [reply] });
    const both = await Promise.all((at as Step).tasks.map((task) => runTask(graph, task)));
    at = await advance(graph, { stored: at.stored, replies: [both[0]!] });
    at = await advance(graph, { stored: at.stored, replies: both });
    at = await onward(graph, at, (at as Step).tasks);
    assert.deepEqual(readAdvanced(at), { log: ['a', 'b', 'c', 'd'] });
  });

  it('keeps what has ended well beside what has failed, which alone runs again, under another id', async () => {
    let fails = true;
    const ran: string[] = [];
    const graph = diamond({
      b: () => {
        ran.push('b');
        if (fails) throw new RangeError('down');
        return { log: ['b'] };
      },
      c: () => (ran.push('c'), { log: ['c'] }),
    });
    const first = await advance(graph, { input: {} });
    const second = (await onward(graph, first, (first as Step).tasks)) as Step;
    const failed = await onward(graph, second, second.tasks);
    assert.equal(failed.status, 'failed');
    assert.throws(
      () => readAdvanced(failed),
      (error) => error instanceof RangeError && taskOf(error)?.node === 'b',
    );
    fails = false;
    const again = (await advance(graph, { stored: sent(failed.stored), input: null })) as Step;
    assert.deepEqual(
      again.tasks.map(({ node }) => node),
      ['b'],
    );
    assert.ok(second.tasks.every(({ id }) => id !== again.tasks[0]!.id));
    await onward(graph, again, again.tasks);
    assert.deepEqual(ran, ['b', 'c', 'b']);
  });

  it('does not ask for a task again that waits, as long as others of its call run', async () => {
    const graph = diamond({ b: () => ({ log: [interrupt('sure?')] }) });
    let at = await advance(graph, { input: {} });
    at = await onward(graph, at, (at as Step).tasks);
    const [b, c] = (at as Step).tasks;
    at = await onward(graph, at, [b!]);
    assert.deepEqual(
      (at as Step).tasks.map(({ node }) => node),
      ['c'],
    );
    at = await onward(graph, at, [c!]);
    assert.equal(at.status, 'paused');
    at = await advance(graph, { stored: at.stored, input: new Command({ resume: 'yes' }) });
    at = await onward(graph, at, (at as Step).tasks);
    assert.equal((at as Step).tasks[0]!.node, 'd');
  });

  it('counts the supersteps of a call, not those of a step', async () => {
    const graph = new StateGraph(State)
      .addNode('loop', says('again'))
      .addEdge(START, 'loop')
      .addEdge('loop', 'loop')
      .compile();
    const end = await drive(graph, {
      input: {},
      config: { recursionLimit: 3 },
      run: (task) => runTask(graph, task),
    });
    assert.throws(() => readAdvanced(end), { code: 'GRAPH_RECURSION_LIMIT' });
  });

  it('fails when the time of the call is up', async () => {
    const graph = new StateGraph(State)
      .addNode(
        'waits',
        (_: unknown, { signal }: any) =>
          new Promise<never>((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          }),
      )
      .addEdge(START, 'waits')
      .compile();
    const run = (task: RemoteTask, signal: AbortSignal) => runTask(graph, task, { signal });
    const end = await drive(graph, { input: {}, config: { timeout: 1 }, run });
    assert.throws(() => readAdvanced(end), { code: 'RUN_TIMEOUT' });
  });

  it('refuses what cannot be carried, and says what to do', async () => {
    const code = 'NOT_REMOTE';
    const graph = diamond();
    const refuses = (config: object, message: RegExp) =>
      assert.rejects(advance(graph, { input: {}, config }), { code, message });
    await refuses({ store: new InMemoryStore() }, /store .* compile the graph with its store/);
    await refuses({ configurable: { checkpoint_id: '1' } }, /only the newest state is kept/);
    const Untracked = new StateSchema({ now: new UntrackedValue() });
    const forgets = new StateGraph(Untracked)
      .addNode('a', () => ({}))
      .addEdge(START, 'a')
      .compile();
    await assert.rejects(advance(forgets, { input: {} }), { code, message: /key "now"/ });
    const context = { open: () => {} };
    await assert.rejects(advance(graph, { input: {}, config: { context } }), {
      code: 'NOT_SERIALIZABLE',
    });
    await assert.rejects(advance(graph, {}), { code: 'EMPTY_INPUT' });
    assert.throws(() => void advance({ name: 'no graph' }, { input: {} }), {
      code: 'INVALID_OPTION',
    });
  });
});

describe('runTask()', () => {
  it('gives a node its store, context and config', async () => {
    const store = new InMemoryStore();
    await store.put(['cats'], 'tom', { lives: 9 });
    const graph = new StateGraph(State)
      .addNode('reads', async (_, config) => {
        const item = await config.store!.get(['cats'], 'tom');
        const { configurable, context, tags, metadata } = config;
        return {
          log: [item, configurable['user'], context, tags, metadata['langgraph_node']].map(String),
        };
      })
      .addEdge(START, 'reads')
      .compile();
    const config = { configurable: { user: 'ada' }, context: 'here', tags: ['t'] };
    const run = (task: RemoteTask) => runTask(graph, task, { store });
    const { log } = readAdvanced(await drive(graph, { input: {}, config, run })) as any;
    assert.deepEqual(log.slice(1), ['ada', 'here', 't', 'reads']);
  });

  it('refuses a task of other code', async () => {
    const [task] = ((await advance(diamond(), { input: {} })) as Step).tasks;
    const other = diamond({ b: () => ({ log: ['another b'] }) });
    await assert.rejects(runTask(other, task!), { code: 'OTHER_CODE', message: /fingerprint/ });
  });

  it('rejects when it is aborted, and leaves no listener behind', async () => {
    const graph = new StateGraph(State)
      .addNode('waits', () => new Promise<never>(() => {}))
      .addEdge(START, 'waits')
      .compile();
    const [task] = ((await advance(graph, { input: {} })) as Step).tasks;
    const stop = new AbortController();
    const running = runTask(graph, task!, { signal: stop.signal });
    await setImmediate();
    stop.abort();
    await assert.rejects(running, AbortError);
  });

  it('says of data that is damaged that it is, and never anything else', async () => {
    const graph = diamond({ b: () => ({ log: [interrupt('sure?')] }) });
    const first = (await advance(graph, { input: {} })) as Step;
    const second = (await onward(graph, first, first.tasks)) as Step;
    const replies = await Promise.all(second.tasks.map((task) => runTask(graph, task)));
    const codes = new Set<string>();
    const random = randomNumbers(7);
    for (let i = 0; i < 10_000; i++) {
      const damaged = damage({ task: second.tasks[0]!, replies, stored: second.stored }, random);
      const attempt =
        i % 2 === 0
          ? runTask(graph, damaged.task)
          : advance(graph, { stored: damaged.stored, replies: damaged.replies });
      await attempt.catch((error: unknown) => {
        assert.ok(isSuperstepError(error), String(error));
        codes.add(error.code);
      });
    }
    assert.ok(codes.has('INVALID_REMOTE_DATA'));
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('refuses a text of more than 32 MB', async () => {
    const [task] = ((await advance(diamond(), { input: {} })) as Step).tasks;
    const large = { ...task!, work: 'x'.repeat(40 * 1024 * 1024) };
    await assert.rejects(runTask(diamond(), large), {
      code: 'INVALID_REMOTE_DATA',
      message: /40 MB in "work", and 32 MB are the most/,
    });
  });
});

describe('drive()', () => {
  it('has as many tasks run at once as the caps of call and node allow', async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await setImmediate();
      running--;
      return { log: ['x'] };
    };
    const graph = (maxConcurrency?: number) =>
      new StateGraph(State)
        .addNode('work', work, maxConcurrency === undefined ? {} : { maxConcurrency })
        .addConditionalEdges(START, () => Array.from({ length: 9 }, () => new Send('work', {})), [
          'work',
        ])
        .compile();
    for (const [own, maxConcurrency] of [
      [undefined, 3],
      [2, 5],
    ] as const) {
      most = 0;
      const capped = graph(own);
      const run = (task: RemoteTask) => runTask(capped, task);
      const end = await drive(capped, { input: {}, config: { maxConcurrency }, run });
      assert.equal((readAdvanced(end) as any).log.length, 9);
      assert.equal(most, own ?? maxConcurrency);
    }
  });

  it('lets subgraphs run ahead of each other', async () => {
    const ran: string[] = [];
    const chain = (name: string, turns: number) => {
      const node = (step: string) => async () => {
        for (let i = 0; i < turns; i++) await setImmediate();
        ran.push(`${name}${step}`);
        return {};
      };
      return new StateGraph(State)
        .addSequence({ x: node('x'), y: node('y') })
        .addEdge(START, 'x')
        .compile();
    };
    const graph = new StateGraph(State)
      .addNode('slow', chain('slow ', 200))
      .addNode('fast', chain('fast ', 1))
      .addEdge(START, 'slow')
      .addEdge(START, 'fast')
      .compile();
    await drive(graph, { input: {}, run: (task) => runTask(graph, task) });
    assert.deepEqual(ran, ['fast x', 'fast y', 'slow x', 'slow y']);
  });

  it('goes on from what was kept when its process is gone, and runs again only what had no reply', async () => {
    const graph = diamond();
    let stored: any;
    const ran: string[] = [];
    const options = {
      keep: (now: unknown) => void (stored = sent(now)),
      run: (task: RemoteTask) => {
        ran.push(task.node);
        return task.node === 'c' && ran.length < 4
          ? Promise.reject(new Error('gone'))
          : runTask(graph, task);
      },
    };
    await assert.rejects(drive(graph, { input: {}, ...options }), /gone/);
    const end = await drive(graph, { stored, ...options });
    assert.deepEqual(readAdvanced(end), { log: ['a', 'b', 'c', 'd'] });
    assert.deepEqual(ran.filter((node) => node === 'a').length, 1);
  });

  it('is told to stop by its signal, and tells the tasks under way', async () => {
    const graph = diamond();
    const stop = new AbortController();
    let told: AbortSignal | undefined;
    const run = (_: RemoteTask, signal: AbortSignal) => {
      told = signal;
      stop.abort();
      return new Promise<never>(() => {});
    };
    await assert.rejects(drive(graph, { input: {}, signal: stop.signal, run }), AbortError);
    assert.equal(told!.aborted, true);
  });
});

it('a TaskWindow keeps the order, and lets pass what has a place of its own', () => {
  const window = new TaskWindow();
  const task = (id: string, cap: string) =>
    ({ id, caps: [{ name: cap, max: 1 }], graph: '', node: '', code: '', work: '' }) as RemoteTask;
  window.offer([task('a1', 'a'), task('a2', 'a'), task('b1', 'b')]);
  const ids = () => window.take().map(({ id }) => id);
  assert.deepEqual(ids(), ['a1', 'b1']);
  window.offer([task('a1', 'a')]);
  window.ended('a1');
  assert.deepEqual(ids(), ['a2']);
});

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A copy with one thing in it that is not as it was; texts of JSON are damaged inside as well. */
function damage<T>(value: T, random: (below: number) => number): T {
  const copy = sent(value) as any;
  let at = copy;
  for (let depth = 0; depth < 8; depth++) {
    const keys = Object.keys(at as object);
    if (keys.length === 0) break;
    const key = keys[random(keys.length)]!;
    const inside = at[key] as unknown;
    if (typeof inside === 'object' && inside !== null && random(4) > 0) {
      at = inside;
      continue;
    }
    at[key] =
      typeof inside === 'string' && random(3) > 0 ? damagedText(inside, random) : odd(random);
    break;
  }
  return copy as T;
}

function damagedText(text: string, random: (below: number) => number): string {
  try {
    const inside: unknown = JSON.parse(text);
    if (typeof inside === 'object' && inside !== null && random(3) > 0) {
      return JSON.stringify(damage(inside, random));
    }
  } catch {
    // Not JSON.
  }
  const at = random(text.length);
  return text.slice(0, at) + ['"', '', '{"$":["Date"]}', '\u0000'][random(4)]! + text.slice(at + 1);
}

function odd(random: (below: number) => number): unknown {
  const values: unknown[] = [null, -1, 1e300, '', [], {}, true, 'x', [[]], { $: ['no such type'] }];
  values.push({ $: ['Map', [[1, 2]]] }, { $: ['sparse', 1e9, []] }, { $: ['bare', 3] });
  values.push(JSON.parse('{ "__proto__": { "polluted": true } }'), {
    constructor: { prototype: 1 },
  });
  return values[random(values.length)];
}
