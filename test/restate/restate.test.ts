// Threads on a real Restate server, whose workers and which itself are killed in the middle of it.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { AbortError, Command, INTERRUPT, isInterrupted } from '../../src/engine/index.ts';
import type { RunEvent } from '../../src/engine/model/events.ts';
import { RestateClient } from '../../src/restate/index.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from './restateServer.ts';

const skip = (await missingServer()) ?? false;

describe('a thread on Restate', { skip }, () => {
  let server: RestateServer;
  let client: RestateClient;
  let port = 0;
  const folder = mkdtempSync(join(tmpdir(), 'superstep-restate-log-'));
  const log = join(folder, 'log.txt');
  const workers = new Set<ChildProcess>();
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const count = (start: string) => lines().filter((line) => line.startsWith(start)).length;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await delay(5);
  };

  const startWorker = async () => {
    const args = [String(port), log, server.ingress];
    const child = fork(join(import.meta.dirname, 'worker.ts'), args);
    workers.add(child);
    await once(child, 'message');
    return child;
  };
  const kill = async (child: ChildProcess) => {
    workers.delete(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  const call = async (path: string, body?: object): Promise<any> => {
    const headers = { 'content-type': 'application/json' };
    const given = body && { headers, body: JSON.stringify(body) };
    const response = await fetch(`${server.ingress}/${path}`, { method: 'POST', ...given });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };

  before(async () => {
    [port] = (await freePorts(1)) as [number];
    server = await RestateServer.start();
    await startWorker();
    client = new RestateClient(server);
    await client.register(`http://127.0.0.1:${port}`);
  });
  after(async () => {
    await Promise.all([...workers].map(kill));
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks, waits without a process, and goes on with the answer in subgraphs side by side', async () => {
    const options = { threadId: 'odd / ö ?' };
    const paused = await client.invoke('nested', {}, options);
    assert.ok(isInterrupted(paused));
    assert.equal(paused[INTERRUPT][0]!.value, 'left?');
    const end = (await client.invoke('nested', new Command({ resume: 'yes' }), options)) as any;
    assert.deepEqual(end.list, ['left one', 'left yes', 'right one', 'right two', 'last']);
    assert.equal((await client.status(options.threadId)).invocation, null);
  });

  it('ends right, and repeats only what was under way, when workers and the server are killed', async () => {
    const [first] = workers;
    const second = await startWorker();
    const cap = 4;
    const run = client.invoke('mapped', { count: 24 }, { threadId: '1', maxConcurrency: cap });
    await until(() => count('end') >= 4);
    await kill(first!);
    await until(() => count('end') >= 9);
    await server.kill();
    await server.start();
    await until(() => count('end') >= 14);
    await Promise.all([kill(second), server.kill()]);
    await Promise.all([startWorker(), server.start()]);
    const { list, count: sum } = (await run) as any;
    assert.deepEqual(
      list,
      Array.from({ length: 24 }, (_, n) => n),
    );
    assert.equal(sum, 276);
    const kills = 4;
    assert.ok(count('start') <= 24 + kills * cap, `${count('start')} starts`);
  });

  it('tells of what its run has failed with, of an unknown graph, and of a config that cannot be carried', async () => {
    await assert.rejects(client.invoke('endless', { count: 0 }, { threadId: '2' }), RangeError);
    const code = 'RESTATE_FAILED';
    const message = /no graph "other", but mapped, nested, large, endless/;
    await assert.rejects(client.invoke('other', {}, { threadId: '3' }), { code, message });
    const store = {} as never;
    await assert.rejects(client.invoke('mapped', {}, { threadId: '3', store }), {
      code: 'NOT_REMOTE',
    });
  });

  it('tells its events to whoever watches, and leaves nothing of them behind for those who do not', async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => void events.push(event);
    await client.invoke('mapped', { count: 3 }, { threadId: 'watched', onEvent });
    const types = events.map(({ type }) => type);
    assert.equal(types[0], 'runStarted');
    assert.equal(types.at(-1), 'runFinished');
    const ended = events.filter((event) => event.type === 'taskFinished');
    assert.deepEqual(ended.map(({ task }) => task.path.join()).sort(), [
      ...['sum', 'work[0]', 'work[1]', 'work[2]'],
    ]);
    await client.invoke('mapped', { count: 1 }, { threadId: 'unwatched' });
    const read = await call('SuperstepEvents/unwatched/read', {});
    assert.deepEqual(read, { watch: null, next: 0, parts: [] });
  });

  it('is begun, answered, looked at and followed by HTTP with plain JSON', async () => {
    const paused = await call('SuperstepThread/http/start', {
      ...{ graph: 'nested', input: {}, watch: 'w' },
    });
    assert.equal(paused.status, 'paused');
    assert.deepEqual(
      paused.questions.map(({ value, node, path }: any) => ({ value, node, path })),
      [{ value: 'left?', node: 'two', path: ['left', 'two'] }],
    );
    const read = await call('SuperstepEvents/http/read', { after: 0 });
    assert.equal(read.watch, 'w');
    assert.ok(read.parts.length > 0);
    const status = await call('SuperstepThread/http/status');
    assert.equal(status.graph, 'nested');
    assert.equal(status.questions.length, 1);
    const end = await call('SuperstepThread/http/resume', { answer: 'yes' });
    assert.deepEqual(end.value.list, ['left one', 'left yes', 'right one', 'right two', 'last']);
    assert.equal(await call('SuperstepThread/http/cancel'), false);
    await assert.rejects(
      call('SuperstepThread/nobody/resume', { answer: 1 }),
      /no thread .{1,2}nobody/,
    );
  });

  it('is one of its graph: another is refused, and so is what the server cannot keep', async () => {
    const options = { threadId: 'of nested' };
    await client.invoke('nested', {}, options);
    await assert.rejects(client.invoke('mapped', { count: 1 }, options), {
      code: 'RESTATE_FAILED',
      message: /Thread "of nested" is one of graph "nested", and not of "mapped"/,
    });
    const large = client.invoke('large', { megabytes: 33 }, { threadId: 'large' });
    await assert.rejects(
      large,
      /what node "swell" returns has 33 MB; keep what is large elsewhere/,
    );
  });

  it('waits for the end of another call of its thread, and says so', async () => {
    const stop = new AbortController();
    const options = { threadId: 'busy', signal: stop.signal };
    const first = client.invoke('endless', { count: 1 }, options);
    const rejected = assert.rejects(first, AbortError);
    const waits = count('waits');
    await until(() => count('waits') > waits);
    const queued = Promise.withResolvers<void>();
    const second = client.invoke(
      'endless',
      { count: 0 },
      {
        threadId: 'busy',
        onQueued: queued.resolve,
      },
    );
    const failed = assert.rejects(second, RangeError);
    await queued.promise;
    stop.abort();
    await Promise.all([rejected, failed]);
  });

  it('fails as soon as one of many tasks has failed, whatever comes before it', async () => {
    for (const many of [3, 40]) {
      const run = client.invoke('failing', { count: many }, { threadId: `failing ${many}` });
      await assert.rejects(run, { name: 'RangeError', message: `task ${many - 1} is broken` });
    }
  });

  it('is cancelled by a signal, of which its running tasks are told', async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const run = client.invoke('endless', { count: 1 }, { threadId: '4', signal });
    const rejected = assert.rejects(run, AbortError);
    await until(() => count('waits') > 0);
    stop.abort();
    await rejected;
    await until(() => count('told to stop') > 0);
  });
});

it('a server that is not there is told of at once, with its address', async () => {
  const [port] = await freePorts(1);
  const client = new RestateClient({ ingress: `http://127.0.0.1:${port}` });
  const message = new RegExp(
    `Cannot reach the Restate server at http://127.0.0.1:${port}: .*REFUSED`,
  );
  const call = client.invoke('mapped', {}, { threadId: '1' });
  await assert.rejects(call, { code: 'RESTATE_FAILED', message });
});
