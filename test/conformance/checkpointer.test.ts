import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkpointerRules } from '../../src/engine/checkpoint/conformance.ts';
import { MemorySaver } from '../../src/engine/checkpoint/memorySaver.ts';
import { SqliteSaver } from '../../src/engine/checkpoint/sqliteSaver.ts';

describe('MemorySaver', () => {
  for (const { name, check } of checkpointerRules) test(name, () => check(new MemorySaver()));
});

describe('SqliteSaver in memory', () => {
  for (const { name, check } of checkpointerRules) {
    test(name, async () => {
      using saver = new SqliteSaver(':memory:');
      await check(saver);
    });
  }
});

describe('SqliteSaver on disk', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'superstep-conformance-'));
  });
  after(() => rm(folder, { recursive: true }));
  checkpointerRules.forEach(({ name, check }, i) => {
    test(name, async () => {
      using saver = new SqliteSaver(join(folder, `${i}.sqlite`));
      await check(saver);
    });
  });
});
