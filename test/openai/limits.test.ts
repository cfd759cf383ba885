// How many requests are under way at once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotation, Send, START, StateGraph } from '../../src/engine/index.ts';
import { MAX_REQUESTS_PER_HOST, type ChatOpenAI } from '../../src/openai/index.ts';
import { Gate } from '../../src/openai/gate.ts';
import { concat, failsWith, settle, thrownBy } from '../engine/support.ts';
import { fails, says, type ModelServer, type Reply } from '../fakes/modelServer.ts';
import { clientOf, serve } from './support.ts';

/** Asks once in each of so many branches. */
function mapped(model: ChatOpenAI, branches: number) {
  const State = Annotation.Root({
    said: Annotation<string[]>({ reducer: concat, default: () => [] }),
  });
  return new StateGraph(State)
    .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }))
    .addConditionalEdges(START, () => Array.from({ length: branches }, () => new Send('ask', {})))
    .compile();
}

/** Answers no request before so many are open. */
function together(count: number): { reply: Reply; use: (server: ModelServer) => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    reply: says({ pieces: ['Hello'], before: () => promise }),
    use: (server) => void server.until(({ requests }) => requests.length === count).then(resolve),
  };
}

describe('requests', () => {
  it('of ten mapped nodes are all under way at once', async () => {
    const { reply, use } = together(10);
    const server = await serve(reply);
    use(server);
    const { said } = await mapped(clientOf(server), 10).invoke({});
    assert.equal(said.length, 10);
    assert.equal(server.peak, 10);
  });

  it('use the whole of maxConcurrency, and never more', async () => {
    const { reply, use } = together(8);
    const server = await serve(reply);
    use(server);
    const { said } = await mapped(clientOf(server, { maxConcurrency: 8 }), 30).invoke({});
    assert.equal(said.length, 30);
    assert.equal(server.peak, 8);
  });

  it('of clients that were made from one another share its maxConcurrency', async () => {
    const { reply, use } = together(2);
    const server = await serve(reply);
    use(server);
    const model = clientOf(server, { maxConcurrency: 2 });
    const tools = model.bindTools([{ name: 'none' }]);
    await Promise.all([model.batch(['a', 'b']), tools.batch(['c', 'd'])]);
    assert.equal(server.peak, 2);
  });

  it('of a batch use the whole of its maxConcurrency, and never more', async () => {
    const { reply, use } = together(3);
    const server = await serve(reply);
    use(server);
    await clientOf(server).batch(Array(9).fill('Hi'), { maxConcurrency: 3 });
    assert.equal(server.peak, 3);
  });

  it('to one server have a cap for all clients together, which a client can raise', async () => {
    const first = together(MAX_REQUESTS_PER_HOST);
    const server = await serve(first.reply);
    first.use(server);
    const inputs = Array<string>(MAX_REQUESTS_PER_HOST / 2 + 4).fill('Hi');
    await Promise.all([clientOf(server).batch(inputs), clientOf(server).batch(inputs)]);
    assert.equal(server.peak, MAX_REQUESTS_PER_HOST);

    const second = together(MAX_REQUESTS_PER_HOST + 8);
    const wide = await serve(second.reply);
    second.use(wide);
    const model = clientOf(wide, { maxConcurrency: MAX_REQUESTS_PER_HOST + 8 });
    await model.batch(Array(100).fill('Hi'));
    assert.equal(wide.peak, MAX_REQUESTS_PER_HOST + 8);
  });

  it('that failed, or wait for their next attempt, leave their place to others', async () => {
    const busy = fails(429, { message: 'Slow down' }, { 'retry-after-ms': '1000' });
    const replies: Record<string, Reply[]> = {
      first: [busy, says('Hello')],
      second: [says('Hello')],
      third: [fails(400, {})],
    };
    const server = await serve({
      choose: ({ body }) => replies[body.messages[0].content as string]!.shift()!,
    });
    const model = clientOf(server, { maxConcurrency: 1, maxRetries: 1 });
    const order: string[] = [];
    const ask = (name: string) => model.invoke(name).then(() => order.push(name));
    const [first, second, third] = [ask('first'), ask('second'), thrownBy(ask('third'))];
    await Promise.all([first, second, third]);
    assert.deepEqual(order, ['second', 'first']);
  });
});

describe('connections', () => {
  for (const streaming of [false, true]) {
    it(`are used again by the next request (${streaming ? 'streamed' : 'whole'})`, async () => {
      const server = await serve(says('Hello'));
      const model = clientOf(server, { streaming });
      for (let i = 0; i < 10; i++) {
        await model.invoke('Hi');
        await server.until(({ open }) => open === 0);
      }
      assert.ok(server.connections <= 3, `${server.connections}`);
    });
  }
});

describe('a gate', () => {
  it('lets in as many as it may, in the order in which they came', async () => {
    const gate = new Gate(2);
    const inside: number[] = [];
    const leave: (() => void)[] = [];
    for (let i = 0; i < 4; i++) {
      void gate.enter(undefined).then((out) => {
        inside.push(i);
        leave.push(out);
      });
    }
    await settle();
    assert.deepEqual(inside, [0, 1]);
    leave[0]!();
    await settle();
    assert.deepEqual(inside, [0, 1, 2]);
  });

  it('lets somebody in', async () => {
    const server = await serve(says('Hello'));
    for (const maxConcurrency of [0, -1, NaN]) {
      assert.throws(() => clientOf(server, { maxConcurrency }), { code: 'INVALID_CONFIG' });
      await failsWith('INVALID_CONFIG', clientOf(server).batch(['Hi'], { maxConcurrency }));
    }
  });

  it('forgets who stopped waiting, and lets nobody in whose signal is aborted', async () => {
    const gate = new Gate(1);
    const leave = await gate.enter(undefined);
    const stop = new AbortController();
    const waiting = thrownBy(gate.enter(stop.signal));
    const next = gate.enter(undefined);
    stop.abort('enough');
    assert.equal(await waiting, 'enough');
    leave();
    (await next)();
    assert.equal(await thrownBy(gate.enter(stop.signal)), 'enough');
    (await gate.enter(undefined))();
  });
});
