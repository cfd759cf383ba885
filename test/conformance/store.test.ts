import { describe, test } from 'node:test';
import { storeRules } from '../../src/engine/conformance.ts';
import { InMemoryStore } from '../../src/engine/store/memoryStore.ts';
import { SqliteStore } from '../../src/engine/store/sqliteStore.ts';

describe('InMemoryStore', () => {
  for (const { name, check } of storeRules) test(name, () => check(new InMemoryStore()));
});

describe('SqliteStore', () => {
  for (const { name, check } of storeRules) {
    test(name, async () => {
      using store = new SqliteStore(':memory:');
      await check(store);
    });
  }
});
