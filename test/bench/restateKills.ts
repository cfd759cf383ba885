// Kills workers and the server of Restate at random points of runs: node test/bench/restateKills.ts [KILLS] [SEED]
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RestateClient } from '../../src/restate/index.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from '../restate/restateServer.ts';

const wanted = Number(process.argv[2] ?? 100);
let seed = Number(process.argv[3] ?? Date.now() % 1e6);
const random = (below: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
console.log(`seed ${seed}`);

const missing = await missingServer();
if (missing !== undefined) throw new Error(missing);
const folder = mkdtempSync(join(tmpdir(), 'superstep-kills-'));
const log = join(folder, 'log.txt');
const count = (start: string) =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(start)).length
    : 0;
const server = await RestateServer.start();
const [port] = await freePorts(1);
const worker = join(import.meta.dirname, '../restate/worker.ts');

async function startWorker(): Promise<ChildProcess> {
  const child = fork(worker, [String(port), log]);
  await once(child, 'message');
  return child;
}

const workers = await Promise.all([startWorker(), startWorker()]);

async function replaceWorker(index: number): Promise<void> {
  workers[index]!.kill('SIGKILL');
  await once(workers[index]!, 'exit');
  workers[index] = await startWorker();
}

async function restart(): Promise<void> {
  await server.kill();
  await server.start();
}

const kinds: Record<string, () => Promise<unknown>> = {
  worker: () => replaceWorker(random(2)),
  server: restart,
  workers: () => Promise.all([replaceWorker(0), replaceWorker(1)]),
  everything: () => Promise.all([replaceWorker(0), replaceWorker(1), restart()]),
};
const done: Record<string, number> = {};
let kills = 0;
let runs = 0;
let repeated = 0;
try {
  const client = new RestateClient(server);
  await client.register(`http://127.0.0.1:${port}`);
  const expected = Array.from({ length: 24 }, (_, n) => n);
  while (kills < wanted) {
    rmSync(log, { force: true });
    // All at once, or as many as may.
    const cap = [6, 24][runs % 2]!;
    let isOver = false;
    const run = client
      .invoke('mapped', { count: 24 }, { threadId: `run ${++runs}`, maxConcurrency: cap })
      .finally(() => (isOver = true));
    let killed = 0;
    while (!isOver && killed < 4) {
      await Promise.race([run, delay(random(250))]);
      if (isOver) break;
      const names = Object.keys(kinds);
      const name = names[random(names.length)]!;
      done[name] = (done[name] ?? 0) + 1;
      kills++;
      killed++;
      await kinds[name]!();
    }
    const { list, count: sum } = (await run) as { list: number[]; count: number };
    assert.deepEqual(list, expected);
    assert.equal(sum, 276);
    const again = count('start') - 24;
    repeated += again;
    assert.ok(again <= killed * cap, `${again} tasks ran again after ${killed} kills`);
  }
  console.log(
    `${kills} kills in ${runs} runs (${JSON.stringify(done)}): each ended with all results in order; ` +
      `${repeated} of ${runs * 24} tasks, which were under way, ran again`,
  );
} finally {
  for (const child of workers) child.kill('SIGKILL');
  await server.end();
  rmSync(folder, { recursive: true, force: true });
}
