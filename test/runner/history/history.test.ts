import assert from 'node:assert/strict';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { Annotation, START, StateGraph } from '../../../src/engine/index.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';
import { codeHash } from '../../../src/loader/bundle/codeHash.ts';
import { History, type HistoryOptions } from '../../../src/runner/history/history.ts';
import { content, headAt, said } from './someRuns.ts';

const workerUrl = new URL('../../../src/runner/historyMain.ts', import.meta.url);
const sqliteUrl = new URL('../../../src/engine/sqlite.ts', import.meta.url).href;
const root = await files.mkdtemp(join(tmpdir(), 'superstep-history-'));
after(() => files.rm(root, { recursive: true, force: true }));
const limits = { maxRuns: 50, maxBytes: 1e9 };
let failures: unknown[];
let count = 0;
let path: string;
let changes: PromiseWithResolvers<void>;
beforeEach(() => {
  failures = [];
  path = join(root, String(++count));
  changes = Promise.withResolvers();
});

function openHistory(where = path, threads?: HistoryOptions['threads']): History {
  return new History({
    ...{ workerUrl, path: where, limits, threads },
    onChange: () => changes.resolve(),
    onSetAside: () => assert.fail('nothing is damaged'),
    onFailure: (error) => failures.push(error),
  });
}

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

describe('the history of runs', () => {
  it('keeps what the nodes of a run were made of', async () => {
    const history = openHistory();
    const text = 'const think = () => 1;\nconst made = (n) => () => n;\n';
    const functions = ['() => 1', '() => n'].map((code, i) => [`n${i}`, [codeHash(code)]] as const);
    const graph = { ...content.graph, functions };
    const head = headAt(0);
    const recorder = history.record(head, { ...content, graph }, text)!;
    recorder.add([said('one', 1)], 1);
    await recorder.end({ status: 'done', durationMs: 2 });
    const kept = await history.content(head.id);
    assert.deepEqual(kept, { ...content, codes: await history.codes(text, graph) });
    assert.deepEqual(
      kept.codes?.nodes.map(([id, code]) => [id, typeof code]),
      [
        ['n0', 'string'],
        ['n1', 'object'],
      ],
    );
    assert.deepEqual(failures, []);
    await history.dispose();
  });

  it('keeps no thread of a run that is deleted', async () => {
    await files.mkdir(path);
    const threads = { path: join(path, 'threads.sqlite'), sqliteUrl };
    const saver = new SqliteSaver(threads.path);
    const head = headAt(0, { threadId: 'x' });
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('count', () => ({ n: 1 }))
      .addEdge(START, 'count')
      .compile({ checkpointer: saver });
    const thread_id = JSON.stringify([head.file, head.exportName, 'x']);
    await graph.invoke({ n: 0 }, { configurable: { thread_id } });
    assert.equal(saver.listThreads().length, 1);
    const history = openHistory(join(path, 'runs'), threads);
    const recorder = history.record(head, content)!;
    recorder.add([said('one', 1)], 1);
    await recorder.end({ status: 'done', durationMs: 2, keptBy: 'store' });
    await history.delete([head.id]);
    assert.deepEqual([saver.listThreads(), await history.list(), failures], [[], [], []]);
    await history.dispose();
    saver.close();
  });

  it('keeps a run in a thread of its own, and tells it again after a restart', async () => {
    const first = openHistory();
    const head = headAt(0);
    const recorder = first.record(head, content)!;
    const events = [said('one', 1), said('two', 2)];
    recorder.add(events, 1);
    await recorder.end({ status: 'done', durationMs: 2 });
    await changes.promise;
    await first.dispose();

    const second = openHistory();
    const [run] = await second.list();
    assert.deepEqual(run, { ...head, end: { status: 'done', durationMs: 2 } });
    assert.deepEqual(await second.content(head.id), content);
    assert.deepEqual(await all(second.events(head.id)), events);
    await second.clear();
    assert.deepEqual(await second.list(), []);
    await second.dispose();
  });

  it('cuts off what goes on when the editor closes', async () => {
    const first = openHistory();
    const recorder = first.record(headAt(0), content)!;
    recorder.add([said('one', 1), said('two', 7)], 1);
    await first.dispose();
    recorder.add([said('late', 9)], 1);
    await recorder.end({ status: 'cancelled', durationMs: 9 });

    const second = openHistory();
    const [run] = await second.list();
    assert.deepEqual(run?.end, { status: 'cutOff', durationMs: 7 });
    await second.dispose();
  });

  it('tells once that nothing can be kept, and runs go on', async () => {
    await files.writeFile(path, 'no folder');
    const history = openHistory();
    for (const ms of [0, 1]) {
      const recorder = history.record(headAt(ms), content)!;
      recorder.add([said('one')], 1);
      await recorder.end({ status: 'done', durationMs: 1 });
    }
    assert.equal(failures.length, 1);
    await history.dispose();
  });

  it('keeps none if none is to be kept', async () => {
    const history = openHistory();
    history.limits = { maxRuns: 0, maxBytes: 1e9 };
    assert.equal(history.record(headAt(0), content), undefined);
    await history.dispose();
  });
});
