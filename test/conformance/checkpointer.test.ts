import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MemorySaver as MemorySaverOfLangGraph } from '@langchain/langgraph-checkpoint';
import type {
  Checkpoint,
  CheckpointAddress,
  SavedCheckpoint,
  ThreadAddress,
} from '../../src/engine/index.ts';
import { toCheckpointer } from '../../src/engine/checkpoint/adaptedSaver.ts';
import { checkpointerRules } from '../../src/engine/checkpoint/conformance.ts';
import { MemorySaver } from '../../src/engine/checkpoint/memorySaver.ts';
import { SqliteSaver } from '../../src/engine/checkpoint/sqliteSaver.ts';
import { RowSaver } from './rowSaver.ts';

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

for (const Saver of [MemorySaverOfLangGraph, RowSaver]) {
  describe(`${Saver.name} of LangGraph.js`, () => {
    for (const { name, check } of checkpointerRules) {
      test(name, () => check(toCheckpointer(new Saver())));
    }
  });
}

describe('the rules', () => {
  /** Keeps what it is given, as it is given. */
  class CarelessSaver extends MemorySaver {
    readonly #kept: SavedCheckpoint[] = [];

    override put(_: ThreadAddress, checkpoint: Checkpoint): void {
      this.#kept.push({ checkpoint, tasks: [] });
    }

    override get({ checkpointId }: CheckpointAddress): SavedCheckpoint | undefined {
      if (checkpointId === undefined) return this.#kept.at(-1);
      return this.#kept.find(({ checkpoint }) => checkpoint.id === checkpointId);
    }
  }

  /** Keeps JSON. */
  class ForgetfulSaver extends MemorySaver {
    override put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): void {
      const values = JSON.parse(JSON.stringify(checkpoint.values)) as Checkpoint['values'];
      super.put(thread, { ...checkpoint, values }, parent);
    }
  }

  for (const [Saver, atLeast] of [
    [CarelessSaver, 6],
    [ForgetfulSaver, 3],
  ] as const) {
    test(`find fault with a ${Saver.name}`, async () => {
      const broken: string[] = [];
      for (const { name, check } of checkpointerRules) {
        await check(new Saver()).catch(() => broken.push(name));
      }
      assert.ok(broken.length >= atLeast, `only: ${broken.join('; ')}`);
    });
  }
});
