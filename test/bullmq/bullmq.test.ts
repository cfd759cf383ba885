// Threads whose tasks go through a real Redis server, which and whose workers and callers are killed.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { Queue } from 'bullmq';
import { BullmqClient, serveBullmq } from '../../src/bullmq/index.ts';
import { AbortError, Command, INTERRUPT, isInterrupted } from '../../src/engine/index.ts';
import { broken, changed, mapped, nested, unknown } from './graphs.ts';
import { RedisServer, missingServer } from './redisServer.ts';

const skip = (await missingServer()) ?? false;

describe('a thread whose tasks go through BullMQ', { skip }, () => {
  let server: RedisServer;
  let client: BullmqClient;
  const folder = mkdtempSync(join(tmpdir(), 'superstep-bullmq-'));
  const workers = new Set<ChildProcess>();
  let log: string;

  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const started = () => lines().filter((line) => line.startsWith('start ')).length;
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await delay(5);
  };
  const begin = async (program: string, ...args: string[]) => {
    const env = { ...process.env, LOG: log };
    const child = fork(join(import.meta.dirname, program), [server.url, ...args], { env });
    await once(child, 'message');
    return child;
  };
  const kill = async (child: ChildProcess) => {
    workers.delete(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const startWorker = async () => {
    const child = await begin('worker.ts');
    workers.add(child);
    return child;
  };
  /** What each test notes goes into a file of its own; workers have to know it. */
  const afresh = async (name: string, workerCount = 1) => {
    log = join(folder, name);
    await Promise.all([...workers].map(kill));
    const started = await Promise.all(Array.from({ length: workerCount }, startWorker));
    return { threadId: name, workers: started };
  };

  before(async () => {
    server = await RedisServer.start();
    client = await BullmqClient.connect(server);
  });
  after(async () => {
    await Promise.all([...workers].map(kill));
    await client?.close();
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('maps on two workers, asks, waits without a process, and goes on with the answer', async () => {
    const { threadId } = await afresh('odd / ö ?'.replace('/', '-'), 2);
    const paused = await client.invoke(mapped, { count: 24 }, { threadId });
    assert.ok(isInterrupted(paused));
    assert.equal(paused[INTERRUPT][0]!.value, '24?');
    const end = (await client.invoke(mapped, new Command({ resume: 'yes' }), { threadId })) as any;
    assert.deepEqual(end.list, [...Array(24).keys(), 'yes']);
    assert.equal(started(), 24, 'nothing ran again');
  });

  it('runs subgraphs side by side, and what a node throws comes out with its class', async () => {
    const { threadId } = await afresh('nested');
    const end = (await client.invoke(nested, {}, { threadId })) as any;
    assert.deepEqual(end.list, ['left one', 'left two', 'right one', 'right two']);
    await assert.rejects(client.invoke(broken, {}, { threadId }), (error: RangeError) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, /no such page/);
      return true;
    });
  });

  it('runs the tasks of a killed worker again, and none that had ended', async () => {
    const { threadId, workers: begun } = await afresh('killed worker', 1);
    const run = client.invoke(mapped, { count: 8, ms: 1000 }, { threadId });
    // It runs four at once: when the last four have begun, the queue knows that the others have ended.
    await until(() => started() >= 8);
    await kill(begun[0]!);
    const ended = lines()
      .filter((line) => line.startsWith('end '))
      .slice(0, 4);
    await startWorker();
    const paused = (await run) as any;
    assert.deepEqual(paused.list, [...Array(8).keys()]);
    for (const line of ended) {
      assert.equal(lines().filter((each) => each === line).length, 1, `${line} came twice`);
    }
  });

  it('goes on with the thread of a killed caller, without what had ended', async () => {
    const { threadId } = await afresh('killed caller');
    const caller = await begin('caller.ts', threadId, '12', '200');
    await until(() => started() >= 6);
    await kill(caller);
    const paused = (await client.invoke(mapped, null, { threadId })) as any;
    assert.deepEqual(paused.list, [...Array(12).keys()]);
    assert.equal(started(), 12, 'each task began once');
  });

  it('goes on when the server was killed and is back', async () => {
    const { threadId } = await afresh('killed server', 2);
    const run = client.invoke(mapped, { count: 12, ms: 200 }, { threadId });
    await until(() => started() >= 4);
    await server.kill();
    await delay(100);
    await server.start();
    assert.deepEqual(((await run) as any).list, [...Array(12).keys()]);
  });

  it('takes what waits out of the queue when it is aborted', async () => {
    const { threadId } = await afresh('aborted');
    const stop = new AbortController();
    const run = client.invoke(mapped, { count: 20, ms: 300 }, { threadId, signal: stop.signal });
    await until(() => started() >= 4);
    stop.abort(new Error('enough'));
    await assert.rejects(run, AbortError);
    const queue = new Queue('superstep', { connection: { url: server.url } });
    await until(async () => (await queue.getWaitingCount()) + (await queue.getActiveCount()) === 0);
    await queue.close();
    assert.ok(started() < 20, `${started()} of 20 have run`);
  });

  it('lets calls of one thread take turns', async () => {
    const { threadId } = await afresh('turns');
    const first = client.invoke(mapped, { count: 3, ms: 50 }, { threadId });
    const second = client.invoke(nested, {}, { threadId });
    const third = client.invoke(mapped, new Command({ resume: 'yes' }), { threadId });
    assert.ok(isInterrupted(await first));
    assert.equal(((await second) as any).list.length, 4, 'a thread of another graph');
    assert.deepEqual(((await third) as any).list, [0, 1, 2, 'yes']);
    const stop = AbortSignal.abort(new Error('no'));
    await assert.rejects(client.invoke(mapped, {}, { threadId, signal: stop }), AbortError);
  });

  it('says what is wrong with the code of a worker, and takes the task up when that is mended', async () => {
    const { threadId } = await afresh('codes');
    await assert.rejects(client.invoke(unknown, {}, { threadId }), {
      code: 'QUEUE_FAILED',
      message: /has no graph "unknown", but mapped, nested, broken/,
    });
    await assert.rejects(client.invoke(changed, {}, { threadId: 'changed' }), {
      code: 'OTHER_CODE',
    });
    await Promise.all([...workers].map(kill));
    const worker = await serveBullmq([changed], server);
    const end = (await client.invoke(changed, null, { threadId: 'changed' })) as any;
    assert.deepEqual(end.list, ['mended']);
    await worker.close();
  });

  it('refuses what is no task, and goes on', async () => {
    const { threadId } = await afresh('hostile');
    const queue = new Queue('superstep', { connection: { url: server.url } });
    const hostile = [
      null,
      'task',
      7,
      [],
      {},
      { graph: '__proto__' },
      { graph: 'mapped', work: '{' },
    ];
    const jobs = await Promise.all(hostile.map((data) => queue.add('x', data)));
    const outcome = async (id: string) => (await queue.getJob(id))?.returnvalue;
    for (const { id } of jobs) {
      await until(async () => (await outcome(id!)) != null);
      assert.ok('refused' in (await outcome(id!)));
    }
    await queue.close();
    assert.ok(isInterrupted(await client.invoke(mapped, { count: 2 }, { threadId })));
  });

  it('does not begin without the server, and keeps its password to itself', async () => {
    const url = 'redis://:hush@127.0.0.1:1';
    const begins = [
      (address: object) => BullmqClient.connect(address),
      (address: object) => serveBullmq([mapped], address),
    ];
    for (const begin of begins) {
      await assert.rejects(begin({ url }), (error: any) => {
        assert.equal(error.code, 'QUEUE_FAILED');
        assert.match(error.message, /redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      });
    }
    await assert.rejects(serveBullmq([broken, changed], server), { code: 'INVALID_OPTION' });
  });
});
