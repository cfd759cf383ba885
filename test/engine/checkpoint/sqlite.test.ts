import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  Command,
  END,
  START,
  Send,
  StateGraph,
  interrupt,
  type Checkpoint,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { newCheckpointId } from '../../../src/engine/model/checkpointIds.ts';
import { MIGRATIONS } from '../../../src/engine/checkpoint/sqliteSchema.ts';
import { SqliteSaver, SqliteStore, type ThreadSummary } from '../../../src/engine/sqlite.ts';
import { askingGraph, askingWorkflow, worked } from '../../fixtures/sqlite/askingGraphs.ts';
import { kindsGraph, richValues } from '../../fixtures/sqlite/graphs.ts';
import { LogState, collect, failsWith, mentions } from '../support.ts';
import { temporaryFile } from './support.ts';

const config = { configurable: { thread_id: '1' } };
const thread = (id: string) => ({ configurable: { thread_id: id } });
const ROOT = { threadId: '1', namespace: '' };

function counting(checkpointer: SqliteSaver, limit = 3) {
  return new StateGraph(LogState)
    .addNode('step', ({ log }) => ({ log: [`step ${log.length}`] }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ log }) => (log.length % limit ? 'step' : END), ['step', END])
    .compile({ checkpointer });
}

function checkpoint(list: readonly string[], parent?: Checkpoint): Checkpoint {
  return {
    id: newCheckpointId(Date.now(), parent?.id),
    parentId: parent?.id,
    createdAt: 0,
    source: 'loop',
    step: (parent?.step ?? -1) + 1,
    parents: {},
    values: { list: Object.freeze(list) },
    written: ['list'],
    ran: [],
    next: { nodes: [], sends: [], deferred: [], joins: [] },
  };
}

const items = Array.from({ length: 10 }, (_, i) => `item ${i} of a list that is not small`);

describe('SqliteSaver', () => {
  it('keeps threads when it is closed and the file is opened again', async () => {
    using file = temporaryFile();
    {
      using saver = new SqliteSaver(file.path);
      await counting(saver).invoke({}, config);
    }
    using saver = SqliteSaver.fromConnString(file.path);
    const graph = counting(saver, 6);
    const result = await graph.invoke({}, config);
    assert.equal(result.log.length, 6);
    assert.equal((await collect(graph.getStateHistory(config))).length, 5 + 5);
  });

  it('lets any number of others read while it writes', async () => {
    using file = temporaryFile();
    using writer = new SqliteSaver(file.path);
    const readers = [1, 2, 3].map(() => new SqliteSaver(file.path));
    try {
      const first = checkpoint(items);
      await writer.put(ROOT, first);
      const listings = readers.map((reader) => reader.list(ROOT));
      for (const listing of listings) listing.next();
      await writer.put(ROOT, checkpoint([...items, 'more'], first), first);
      for (const reader of readers) {
        const { values } = reader.get(ROOT)!.checkpoint;
        assert.equal((values['list'] as string[]).length, 11);
      }
    } finally {
      for (const reader of readers) reader.close();
    }
  });

  it('waits for another writer without holding the thread, and gives up after a time', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path, { busyTimeoutMs: 200 });
    const other = new DatabaseSync(file.path);
    try {
      other.exec('BEGIN IMMEDIATE');
      const first = checkpoint(items);
      const put = saver.put(ROOT, first);
      const second = saver.put(ROOT, checkpoint([...items, 'more'], first), first);
      assert.ok(put instanceof Promise && second instanceof Promise);
      other.exec('COMMIT');
      await Promise.all([put, second]);
      const got = saver.get(ROOT)!.checkpoint;
      assert.equal((got.values['list'] as string[]).length, 11);
      other.exec('BEGIN IMMEDIATE');
      const error = await failsWith('STORAGE_BUSY', async () => saver.put(ROOT, checkpoint(items)));
      mentions(error, 'threads.sqlite', '200 ms');
      other.exec('COMMIT');
      await saver.put(ROOT, checkpoint(items, got), got);
    } finally {
      other.close();
    }
  });

  it('loses nothing when two processes write to one file at once', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path);
    const worker = new Worker(new URL('./sqliteWriter.ts', import.meta.url), {
      workerData: { path: file.path, thread: 'theirs', count: 200 },
    });
    const theirs = new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    let last: Checkpoint | undefined;
    for (let i = 0; i < 200; i++) {
      const next: Checkpoint = checkpoint(
        [...((last?.values['list'] as string[]) ?? []), `ours ${i}`],
        last,
      );
      await saver.put(ROOT, next, last);
      last = next;
    }
    await theirs;
    await worker.terminate();
    for (const threadId of ['1', 'theirs']) {
      const { values } = saver.get({ threadId, namespace: '' })!.checkpoint;
      assert.equal((values['list'] as string[]).length, 200);
    }
  });

  it('takes back all of a checkpoint that could not be written', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path);
    const other = new DatabaseSync(file.path);
    try {
      const first = checkpoint(items);
      await saver.put(ROOT, first);
      other.exec('ALTER TABLE checkpoints RENAME TO elsewhere');
      const second = checkpoint([...items, 'second'], first);
      assert.throws(() => saver.put(ROOT, second, first));
      other.exec('ALTER TABLE elsewhere RENAME TO checkpoints');
      await saver.put(ROOT, second, first);
      const third = checkpoint([...items, 'second', 'third'], second);
      await saver.put(ROOT, third, second);
      assert.deepEqual(saver.get(ROOT)!.checkpoint.values, third.values);
      const texts = other.prepare('SELECT count(*) AS count FROM texts').get()!;
      assert.equal(texts['count'], 3);
    } finally {
      other.close();
    }
  });

  it('stores a thread as a whole again that another process has deleted', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path);
    using other = new SqliteSaver(file.path);
    const first = checkpoint(items);
    await saver.put(ROOT, first);
    await other.deleteThread('1');
    await other.put({ ...ROOT, threadId: 'another' }, checkpoint(['not ours']));
    const second = checkpoint([...items, 'second'], first);
    await saver.put(ROOT, second, first);
    assert.deepEqual(other.get(ROOT)!.checkpoint.values, second.values);
    assert.equal([...other.list(ROOT)].length, 1);
  });

  it('shares a file with a store', async () => {
    using file = temporaryFile();
    using saver = new SqliteSaver(file.path);
    using store = new SqliteStore(file.path);
    await store.put(['a'], 'k', { n: 1 });
    await counting(saver).invoke({}, config);
    assert.deepEqual((await store.get(['a'], 'k'))!.value, { n: 1 });
  });
});

describe('a database of an older version', () => {
  const fixtures = [1, 2];

  it('is among the fixtures for each version before the present one', () => {
    assert.deepEqual(
      fixtures,
      MIGRATIONS.slice(1).map((_, i) => i + 1),
    );
  });

  for (const version of fixtures) {
    it(`such as ${version}, is read and gone on with`, async () => {
      using file = temporaryFile();
      const fixture = join(import.meta.dirname, `../../fixtures/sqlite/version${version}.sqlite`);
      copyFileSync(fixture, file.path);
      using saver = new SqliteSaver(file.path);
      const graph = kindsGraph(saver);
      const kinds = { configurable: { thread_id: 'kinds' } };
      const { values, tasks, next } = await graph.getState(kinds);
      assert.deepEqual(values.values, richValues().values);
      assert.deepEqual([values.log.length, values.seen.size, next], [11, 10, ['ask']]);
      assert.deepEqual(
        values.messages.map(({ type, content }) => [type, content]),
        [
          ['human', 'Hi'],
          ['ai', 'Hello'],
        ],
      );
      assert.deepEqual(tasks[0]!.interrupts[0]!.value, { question: 'go on?' });
      const result = await graph.invoke(new Command({ resume: 'yes' }), kinds);
      assert.deepEqual(result.log.slice(-2), ['yes', 'side']);
      assert.equal((await collect(graph.getStateHistory(kinds))).length, 13);
      const db = new DatabaseSync(file.path);
      assert.equal(db.prepare('PRAGMA user_version').get()!['user_version'], MIGRATIONS.length);
      db.close();
    });
  }

  it('that waits for answers is answered, and does not do again what is done', async () => {
    using file = temporaryFile();
    copyFileSync(join(import.meta.dirname, '../../fixtures/sqlite/asking1.sqlite'), file.path);
    using saver = new SqliteSaver(file.path);
    const asksFor = async (graph: any, config: object) => {
      const { tasks } = (await graph.getState(config)) as StateSnapshot;
      return tasks.flatMap(({ interrupts }) => interrupts);
    };
    const graph = askingGraph(saver);
    const onGraph = { configurable: { thread_id: 'graph' } };
    const [two, inside] = await asksFor(graph, onGraph);
    assert.deepEqual([two!.value, inside!.value], ['two?', 'inside?']);
    await graph.invoke(new Command({ resume: { [two!.id]: 'second' } }), onGraph);
    const { log } = await graph.invoke(new Command({ resume: 'third' }), onGraph);
    assert.deepEqual(log, ['one first, two second', 'inside third']);
    const workflow = askingWorkflow(saver);
    const onWorkflow = { configurable: { thread_id: 'workflow' } };
    const [a] = await asksFor(workflow, onWorkflow);
    assert.equal(a!.value, 'a?');
    await workflow.invoke(new Command({ resume: 'A' }), onWorkflow);
    const result = await workflow.invoke(new Command({ resume: 'C' }), onWorkflow);
    assert.deepEqual(result, ['worked 1', 'worked 2', 'a? A', 'b? B', 'C']);
    assert.equal(worked.count, 0);
  });

  it('is left as it is when it is newer than the library', async () => {
    using file = temporaryFile();
    const db = new DatabaseSync(file.path);
    db.exec('PRAGMA user_version = 1000');
    db.close();
    const error = await failsWith('STORAGE_VERSION', () => new SqliteSaver(file.path));
    mentions(error, '1000', 'threads.sqlite');
  });

  it('is left as it is when it is damaged, no database, a folder, or in no folder', async () => {
    using file = temporaryFile();
    const fails = async (path: string, ...words: string[]) => {
      const error = await failsWith('STORAGE_FAILED', () => new SqliteSaver(path));
      mentions(error, ...words);
      assert.ok(error.cause instanceof Error);
    };
    const text = 'What is no database. '.repeat(100);
    writeFileSync(file.path, text);
    await fails(file.path, 'threads.sqlite', 'not a SQLite database', 'was left as it is');
    assert.equal(readFileSync(file.path, 'utf8'), text);
    await fails(dirname(file.path), 'is a folder');
    await fails(join(dirname(file.path), 'none', 'x.sqlite'), 'none', 'a folder that is not there');
  });

  it('tells of damage that is found only when it is read', async () => {
    using file = temporaryFile();
    {
      using saver = new SqliteSaver(file.path);
      for (let i = 0; i < 50; i++) await counting(saver).invoke({}, thread(`thread ${i}`));
    }
    const bytes = readFileSync(file.path);
    writeFileSync(file.path, bytes.fill(0x5a, 4096));
    using saver = new SqliteSaver(file.path);
    const error = await failsWith('STORAGE_FAILED', async () => saver.listThreads());
    mentions(error, 'damaged', 'was left as it is');
  });

  it('is brought up to date once, by whichever process comes first', async () => {
    using file = temporaryFile();
    const fixture = join(import.meta.dirname, '../../fixtures/sqlite/version1.sqlite');
    copyFileSync(fixture, file.path);
    using one = new SqliteSaver(file.path);
    using two = new SqliteStore(file.path);
    assert.ok(one.get({ threadId: 'kinds', namespace: '' }));
    assert.deepEqual(await two.listNamespaces(), []);
  });
});

describe('the threads of a SqliteSaver', () => {
  const asking = (saver: SqliteSaver) =>
    new StateGraph(LogState)
      .addNode('ask', () => ({ log: [interrupt<string, string>('Name?')] }))
      .addNode('fail', ({ log }) => {
        if (log.length === 1) throw new RangeError('too few');
        return {};
      })
      .addNode('after', () => ({}))
      .addEdge(START, 'ask')
      .addEdge('ask', 'fail')
      .addEdge('fail', 'after')
      .compile({ checkpointer: saver, interruptBefore: ['after'] });

  it('are listed with where they stand, those that went on last first', async () => {
    using saver = new SqliteSaver(':memory:');
    const graph = asking(saver);
    const resume = new Command({ resume: 'Ada' });
    const summary = () => {
      const [{ updatedAt, interrupts, ...rest }] = saver.listThreads({ prefix: 'a/' }) as [any];
      assert.ok(Math.abs(updatedAt - Date.now()) < 3_600_000);
      return { ...rest, asks: interrupts.map(({ value }: { value: unknown }) => value) };
    };
    assert.deepEqual(saver.listThreads(), []);
    const nothing = { threadId: 'a/1', asks: [], failures: [] };

    await graph.invoke({}, thread('a/1'));
    const waiting = { status: 'waiting', step: 0, next: ['ask'], asks: ['Name?'] };
    assert.deepEqual(summary(), { ...nothing, ...waiting });

    await assert.rejects(async () => graph.invoke(resume, thread('a/1')), RangeError);
    const failures = [{ node: 'fail', name: 'RangeError', message: 'too few' }];
    const failed = { status: 'failed', step: 1, next: ['fail'], failures };
    assert.deepEqual(summary(), { ...nothing, ...failed });

    await graph.updateState(thread('a/1'), { log: ['more'] }, 'ask');
    await graph.invoke(null, thread('a/1'));
    assert.deepEqual(summary(), { ...nothing, status: 'unfinished', step: 3, next: ['after'] });

    await graph.invoke(null, thread('a/1'));
    assert.deepEqual(summary(), { ...nothing, status: 'done', step: 4, next: [] });

    await graph.invoke({}, thread('a/2'));
    await graph.invoke({}, thread('b'));
    const listed = (options: object) => saver.listThreads(options).map(({ threadId }) => threadId);
    assert.deepEqual(listed({}), ['b', 'a/2', 'a/1']);
    assert.deepEqual(listed({ prefix: 'a/' }), ['a/2', 'a/1']);
    assert.deepEqual(listed({ limit: 1 }), ['b']);
    assert.deepEqual(listed({ prefix: 'A/' }), []);
    mentions(await failsWith('INVALID_CONFIG', () => saver.listThreads({ limit: -1 })), 'limit');
  });

  it('are told by how much of the file they take, each by itself', async () => {
    using saver = new SqliteSaver(':memory:');
    const graph = counting(saver);
    await graph.invoke({}, thread('short'));
    await graph.invoke({ log: ['x'.repeat(50_000)] }, thread('long'));
    const [short, long] = [saver.threadBytes('short'), saver.threadBytes('long')];
    assert.ok(short > 100 && short < 10_000, String(short));
    assert.ok(long >= short + 50_000 && long < 200_000, String(long));
    await saver.deleteThread('long');
    assert.deepEqual([saver.threadBytes('short'), saver.threadBytes('long')], [short, 0]);
  });

  it('are listed without those of their tasks that are done', async () => {
    using saver = new SqliteSaver(':memory:');
    const graph = new StateGraph(LogState)
      .addNode('work', () => ({ log: ['worked'] }))
      .addNode('each', (name: string) => ({ log: [interrupt<string, string>(`${name}?`)] }))
      .addEdge(START, 'work')
      .addConditionalEdges(START, () => ['x', 'y'].map((name) => new Send('each', name)), ['each'])
      .compile({ checkpointer: saver });
    await graph.invoke({}, config);
    const [{ status, next, interrupts }] = saver.listThreads() as [ThreadSummary];
    assert.deepEqual([status, next, interrupts.length], ['waiting', ['each'], 2]);
  });

  it('are listed though they hold objects of classes that the saver does not know', async () => {
    class Money {
      readonly cents = 5;
    }
    const codec = { name: 'Money', type: Money, encode: () => [5], decode: () => new Money() };
    using file = temporaryFile();
    using writer = new SqliteSaver(file.path, { classes: [codec] });
    await new StateGraph(LogState)
      .addNode('ask', () => ({ log: [interrupt<Money, string>(new Money())] }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: writer })
      .invoke({}, config);
    using saver = new SqliteSaver(file.path);
    assert.equal(saver.listThreads()[0]?.interrupts.length, 1);
  });
});
