// A run with SqliteSaver is killed by SIGKILL at 200 random points (SUPERSTEP_KILLS for another
// number): how often work that had been stored was done again, and how often any was lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKilled } from '../fixtures/crash/kill.ts';

const wanted = Number(process.env['SUPERSTEP_KILLS'] ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'superstep-crash-'));
const totals = { runs: 0, kills: 0, repeated: 0, lost: 0 };
try {
  const random = Math.random;
  const whole = await runKilled(join(folder, 'whole'), { random, durability: 'sync', kills: 0 });
  const expected = JSON.stringify(whole.done);
  while (totals.kills < wanted) {
    const durability = totals.runs % 2 === 0 ? 'sync' : 'async';
    const kills = Math.min(10, wanted - totals.kills);
    const run = await runKilled(join(folder, `${totals.runs}`), { random, durability, kills });
    totals.runs++;
    totals.kills += run.kills;
    totals.repeated += run.repeated.length;
    if (JSON.stringify(run.done) !== expected) totals.lost++;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { runs, kills, repeated, lost } = totals;
console.log(
  `${kills} kills in ${runs} runs: ${repeated} pieces of stored work done again, ${lost} runs with another end`,
);
if (repeated > 0 || lost > 0) process.exitCode = 1;
