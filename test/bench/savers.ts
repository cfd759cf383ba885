// What a step costs with each saver, ours and the peer's: node test/bench/savers.ts
// Build dist/ first. PostgreSQL is a server of its own on this machine, without fsync.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as theirs from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import type { SqliteSaver as Sqlite } from '../../src/engine/sqlite.ts';
import { PostgresServer, missingServer } from '../conformance/postgresServer.ts';
import { loop } from './works/engineWorks.ts';

const STEPS = 100;
const ROUNDS = 9;
const form = { isAsync: true, hasReducers: true };
const dist = join(import.meta.dirname, '../../dist');
const ours = (await import(join(dist, 'index.js'))) as typeof theirs;
const { SqliteSaver } = (await import(join(dist, 'sqlite.js'))) as { SqliteSaver: typeof Sqlite };

const folder = mkdtempSync(join(tmpdir(), 'superstep-savers-'));
const missing = await missingServer();
const server = missing === undefined ? await PostgresServer.start() : undefined;
try {
  await measure('MemorySaver', new ours.MemorySaver(), new theirs.MemorySaver());
  using sqlite = new SqliteSaver(join(folder, 'threads.sqlite'));
  await measure('SqliteSaver on disk', sqlite);
  if (server === undefined) console.log(`PostgresSaver: ${missing}`);
  else {
    const savers = [await openPostgres(), await openPostgres()];
    await measure('PostgresSaver', ...savers);
    for (const saver of savers) await saver.end();
  }
} finally {
  await server?.end();
  rmSync(folder, { recursive: true, force: true });
}

async function openPostgres(): Promise<PostgresSaver> {
  const saver = PostgresSaver.fromConnString(await server!.database());
  await saver.setup();
  return saver;
}

async function measure(name: string, saver?: unknown, peerSaver?: unknown): Promise<void> {
  const mine = loop(ours, form, STEPS, saver);
  const peer = peerSaver === undefined ? undefined : loop(theirs, form, STEPS, peerSaver);
  const times = { mine: [] as number[], peer: [] as number[] };
  for (let round = -2; round < ROUNDS; round++) {
    const each = { mine: await time(mine), peer: peer ? await time(peer) : NaN };
    if (round < 0) continue;
    times.mine.push(each.mine);
    times.peer.push(each.peer);
  }
  const [us, peerUs] = [median(times.mine), median(times.peer)];
  const beside = peer ? `, the peer ${peerUs.toFixed(0)} µs (${(peerUs / us).toFixed(1)}x)` : '';
  console.log(`${name}: ${us.toFixed(0)} µs a step${beside}`);
}

/** Microseconds a step. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return ((performance.now() - start) * 1000) / STEPS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
