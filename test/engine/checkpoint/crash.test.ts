// A run whose process is killed is taken up again: nothing stored is done twice, nothing is lost.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runKilled } from '../../fixtures/crash/kill.ts';
import { temporaryFile } from './support.ts';

describe('a run with SqliteSaver that is killed by SIGKILL at random points', () => {
  for (const durability of ['sync', 'async'] as const) {
    it(`comes to the end of one that is left alone, doing no stored work twice (${durability})`, async () => {
      using whole = temporaryFile();
      using cut = temporaryFile();
      const never = { random: Math.random, durability, kills: 0 };
      const expected = await runKilled(whole.path, never);
      assert.equal(expected.done.length, 4 * 10);
      const { kills, repeated, done } = await runKilled(cut.path, { ...never, kills: 3 });
      assert.deepEqual(done, expected.done);
      assert.deepEqual(repeated, []);
      assert.ok(kills >= 1, 'it was never killed');
    });
  }
});
