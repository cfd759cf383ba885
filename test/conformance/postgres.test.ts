// PostgresSaver of LangGraph.js on a real server, in the place of a checkpointer of ours.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import { toCheckpointer } from '../../src/engine/checkpoint/adaptedSaver.ts';
import { checkpointerRules } from '../../src/engine/conformance.ts';
import { Command, START, StateGraph, interrupt, isInterrupted } from '../../src/engine/index.ts';
import { LogState, says } from '../engine/support.ts';
import { runKilled } from '../fixtures/crash/kill.ts';
import { PostgresServer, missingServer } from './postgresServer.ts';

const skip = (await missingServer()) ?? false;

describe('a PostgresSaver of LangGraph.js', { skip }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server?.end());

  const using = async (use: (saver: PostgresSaver) => Promise<void>, url?: string) => {
    const saver = PostgresSaver.fromConnString(url ?? (await server.database()));
    try {
      await saver.setup();
      await use(saver);
    } finally {
      await saver.end();
    }
  };

  for (const { name, check } of checkpointerRules) {
    it(`keeps the rule: ${name}`, () => using((saver) => check(toCheckpointer(saver))));
  }

  it('keeps a question for another process', async () => {
    const url = await server.database();
    const config = { configurable: { thread_id: 'one' } };
    const graph = new StateGraph(LogState)
      .addNode('ask', () => ({ log: [interrupt<string, string>('Name?')] }))
      .addNode('after', says('after'))
      .addEdge(START, 'ask')
      .addEdge('ask', 'after');
    await using(async (checkpointer) => {
      assert.ok(isInterrupted(await graph.compile({ checkpointer }).invoke({}, config)));
    }, url);
    await using(async (checkpointer) => {
      const answer = new Command({ resume: 'Ada' });
      const end = await graph.compile({ checkpointer }).invoke(answer, config);
      assert.deepEqual(end, { log: ['Ada', 'after'] });
    }, url);
  });

  it('stores of each step only the keys that were written', async () => {
    await using(async (checkpointer) => {
      const puts: string[][] = [];
      const put = checkpointer.put.bind(checkpointer);
      checkpointer.put = (config, checkpoint, metadata, versions) => {
        puts.push(Object.keys(versions));
        return put(config, checkpoint, metadata, versions);
      };
      const graph = new StateGraph(LogState)
        .addNode('one', says('one'))
        .addNode('two', () => ({}))
        .addEdge(START, 'one')
        .addEdge('one', 'two')
        .compile({ checkpointer });
      await graph.invoke({ log: ['x'.repeat(1000)] }, { configurable: { thread_id: 'one' } });
      assert.ok(puts.at(-2)!.includes('log'));
      assert.ok(!puts.at(-1)!.includes('log'), puts.at(-1)!.join());
    });
  });

  for (const durability of ['sync', 'async'] as const) {
    it(`comes to the end of a run that is killed at random points, doing no stored work twice (${durability})`, async () => {
      const never = { random: Math.random, durability, kills: 0 };
      const expected = await runKilled(await server.database(), never);
      const cut = await runKilled(await server.database(), { ...never, kills: 3 });
      assert.deepEqual(cut.done, expected.done);
      assert.deepEqual(cut.repeated, []);
      assert.ok(cut.kills >= 1, 'it was never killed');
    });
  }
});
