import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { parseEvents } from '../../../src/runner/history/eventText.ts';
import type { HistoryLimits, KeptThreadName, RunEnd } from '../../../src/runner/history/keptRun.ts';
import type { RunFiles } from '../../../src/runner/history/runFiles.ts';
import {
  RunFolder,
  type KeptThreads,
  type SetAside,
} from '../../../src/runner/history/runFolder.ts';
import { content, headAt, said } from './someRuns.ts';

const done: RunEnd = { status: 'done', durationMs: 5 };
const root = await files.mkdtemp(join(tmpdir(), 'superstep-history-'));
after(() => files.rm(root, { recursive: true, force: true }));
let path: string;
let setAside: SetAside[];
let count = 0;
beforeEach(() => {
  path = join(root, String(++count));
  setAside = [];
});

function openFolder(
  limits: Partial<HistoryLimits> = {},
  fake: Partial<RunFiles> = {},
  threads: Partial<KeptThreads> = {},
): RunFolder {
  return new RunFolder({
    path,
    limits: { maxRuns: 50, maxBytes: 1e9, ...limits },
    files: { ...files, ...fake },
    onSetAside: (what) => setAside.push(what),
    threads: { bytesOf: async () => [], delete: async () => {}, ...threads },
  });
}

async function eventsOf(folder: RunFolder, id: string): Promise<unknown[]> {
  const events: unknown[] = [];
  let next: number | undefined = 0;
  while (next !== undefined) {
    const part: Awaited<ReturnType<RunFolder['events']>> = await folder.events(id, next);
    events.push(...part.texts.flatMap(parseEvents));
    next = part.next;
  }
  return events;
}

/** Nothing makes it shorter on the disk. */
function randomText(length: number): string {
  // In short pieces: a long one may look like a key by chance, and would be kept as `[redacted]`.
  return randomBytes(length).toString('hex').replaceAll(/.{8}/g, '$& ');
}

/** A process of its own that writes a run until it is killed. @returns It, and the run's id. */
async function startWriter(): Promise<{ writer: ChildProcess; id: string }> {
  const writer = fork(join(import.meta.dirname, 'endlessRun.ts'), [path]);
  const [id] = (await once(writer, 'message')) as [string];
  return { writer, id };
}

async function kill(writer: ChildProcess): Promise<void> {
  const exited = once(writer, 'exit');
  writer.kill('SIGKILL');
  await exited;
}

describe('a folder of runs', () => {
  it('tells a run with its graph, its input and all that happened, to whoever opens it later', async () => {
    const folder = openFolder();
    const head = headAt(0);
    const value = { when: new Date(5), all: new Map([['a', new Set([1n])]]), none: undefined };
    const events = [said('one'), { ...said('two'), value }];
    await folder.begin(head, content);
    assert.deepEqual(await folder.list(), [head]);
    await folder.append(head.id, events);
    await folder.end(head.id, done);

    const later = openFolder();
    assert.deepEqual(await later.list(), [{ ...head, end: done }]);
    assert.deepEqual(await later.content(head.id), content);
    assert.deepEqual(await eventsOf(later, head.id), events);
  });

  it('reads many events in parts', async () => {
    const folder = openFolder();
    const head = headAt(0);
    await folder.begin(head, content);
    const events = Array.from({ length: 3000 }, (_, i) => said(randomText(1000), i));
    for (let i = 0; i < 3000; i += 500) await folder.append(head.id, events.slice(i, i + 500));
    assert.ok((await folder.events(head.id, 0)).next);
    assert.deepEqual(await eventsOf(folder, head.id), events);
  });

  it('keeps values that contain themselves as text', async () => {
    const folder = openFolder();
    const head = headAt(0);
    const value: Record<string, unknown> = { name: 'loop' };
    value['self'] = value;
    const task = { id: 1, node: 'a', nodeId: 'a', path: ['a'], superstep: 1 };
    await folder.begin(head, content);
    await folder.append(head.id, [{ type: 'custom', time: 1, task, value }]);
    assert.match(JSON.stringify(await eventsOf(folder, head.id)), /name: 'loop', self: \[Circular/);
  });

  it('does not keep an input that holds a secret, and says so', async () => {
    const folder = openFolder();
    const head = headAt(0);
    const value = { note: `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}` };
    await folder.begin(head, { ...content, input: { value } });
    const kept = await folder.content(head.id);
    assert.deepEqual(kept.graph, content.graph);
    assert.equal(kept.input, undefined);
    assert.match(kept.inputGap ?? '', /secret/);
  });

  it('keeps as many runs as it may, the newest, and those that go on', async () => {
    const folder = openFolder({ maxRuns: 2 });
    const heads = [0, 1, 2, 3].map((ms) => headAt(ms));
    for (const head of heads) {
      await folder.begin(head, content);
      if (head !== heads[0]) await folder.end(head.id, done);
    }
    const kept = (await folder.list()).map(({ id }) => id);
    assert.deepEqual(kept, [heads[3]!.id, heads[2]!.id, heads[0]!.id]);
  });

  it('keeps as much as it may, and of one run that is larger than that the beginning', async () => {
    const folder = openFolder({ maxBytes: 20_000 });
    const [first, second] = [headAt(0), headAt(1)];
    const much = Array.from({ length: 500 }, () => said(randomText(100)));
    for (const head of [first, second]) {
      await folder.begin(head, content);
      assert.equal(await folder.append(head.id, much), true);
      assert.equal(await folder.append(head.id, much), false);
      await folder.end(head.id, done);
    }
    assert.deepEqual(
      (await folder.list()).map(({ id }) => id),
      [second.id],
    );
    assert.equal((await eventsOf(folder, second.id)).length, 500);
  });

  it('counts the threads of runs as disk that they take, each once', async () => {
    const deleted: string[] = [];
    const folder = openFolder(
      { maxBytes: 100_000 },
      {},
      {
        bytesOf: async (threads) =>
          threads.map(({ threadId }) => (threadId === 'big' ? 60_000 : 10)),
        delete: async (threads) => void deleted.push(...threads.map(({ threadId }) => threadId)),
      },
    );
    const keep = async (at: number, threadId: string) => {
      const head = headAt(at);
      await folder.begin(head, content);
      await folder.end(head.id, { ...done, threadId, keptBy: 'store' });
    };
    await keep(0, 'small');
    await keep(1, 'big');
    await keep(2, 'big');
    assert.equal((await folder.list()).length, 3);
    await folder.limit({ maxRuns: 50, maxBytes: 50_000 });
    assert.equal((await folder.list()).length, 1);
    assert.deepEqual(deleted, ['small']);
  });

  it('deletes runs; one that goes on is not kept any more, without a fault', async () => {
    const folder = openFolder();
    const head = headAt(0);
    await folder.begin(head, content);
    await folder.delete([head.id, '../../elsewhere']);
    await assert.rejects(folder.append(head.id, [said('late')]), { code: 'ENOENT' });
    await folder.end(head.id, done);
    assert.deepEqual(await folder.list(), []);
    assert.deepEqual(await files.readdir(path), []);
    await assert.rejects(folder.content(head.id), /was deleted/);
  });

  it('deletes threads with the last run that has them, those that wait only if they are meant', async () => {
    const deleted: KeptThreadName[] = [];
    const folder = openFolder(
      { maxRuns: 6 },
      {},
      {
        delete: async (threads) => void deleted.push(...threads),
      },
    );
    const kept = async (ms: number, threadId: string, end: Partial<RunEnd> = {}) => {
      const head = headAt(ms, { threadId, ...(ms === 1 && { beganAs: '/project/old.graph.ts' }) });
      await folder.begin(head, content);
      await folder.end(head.id, { ...done, keptBy: 'store', ...end });
      return head.id;
    };
    await kept(-2, 'waits since long', { status: 'waiting' });
    const first = await kept(0, 'a');
    const second = await kept(1, 'a', { threadId: 'a' });
    const others = [
      await kept(2, 'waits', { status: 'waiting' }),
      await kept(3, 'graph', { keptBy: 'graph' }),
      await kept(4, 'cut off', { status: 'cutOff' }),
    ];
    await kept(5, 'one too many', { keptBy: 'graph' });
    assert.equal((await folder.list()).length, 6);
    await folder.delete([first]);
    assert.deepEqual(deleted, []);
    await folder.delete([second, ...others]);
    assert.deepEqual(deleted.map(({ file, threadId }) => [file, threadId]).sort(), [
      ['/project/old.graph.ts', 'a'],
      ['/project/some.graph.ts', 'cut off'],
      ['/project/some.graph.ts', 'waits'],
    ]);
  });

  it('tells that a run was cut off whose process was killed while it wrote, with what it had written', async () => {
    const { writer, id } = await startWriter();
    const folder = openFolder();
    const [running] = await folder.list();
    assert.equal(running?.id, id);
    assert.equal(running.end, undefined);
    await kill(writer);
    // As if it had died in the middle of a block.
    const file = join(path, `${id}.events`);
    await files.truncate(file, (await files.stat(file)).size - 3);

    const [run] = await folder.list();
    assert.equal(run?.end?.status, 'cutOff');
    const events = (await eventsOf(folder, id)) as { time: number }[];
    assert.ok(events.length > 0);
    assert.equal(run.end.durationMs, events.at(-1)!.time);
    assert.deepEqual(setAside, []);
  });

  it('is written by two windows at once', async () => {
    const writers = await Promise.all([startWriter(), startWriter()]);
    const folder = openFolder();
    const head = headAt(0);
    await folder.begin(head, content);
    await folder.append(head.id, [said('mine')]);
    await folder.end(head.id, done);
    const runs = await folder.list();
    assert.deepEqual(
      runs.map(({ id, end }) => [id, end?.status]).sort(),
      [[head.id, 'done'], ...writers.map(({ id }) => [id, undefined])].sort(),
    );
    for (const { writer } of writers) await kill(writer);
    assert.deepEqual(setAside, []);
  });

  it('sets aside what is damaged or of a newer version, tells it once, and goes on with the rest', async () => {
    const folder = openFolder();
    const heads = [0, 1, 2, 3].map((ms) => headAt(ms));
    for (const head of heads) {
      await folder.begin(head, content);
      await folder.append(head.id, [said('some text that is long enough to be damaged')]);
      await folder.end(head.id, done);
    }
    const [damaged, newer, changed, whole] = heads;
    await files.writeFile(join(path, `${damaged!.id}.json`), '{"version":1,"hea');
    const index = JSON.parse(
      await files.readFile(join(path, `${newer!.id}.json`), 'utf8'),
    ) as object;
    await files.writeFile(
      join(path, `${newer!.id}.json`),
      JSON.stringify({ ...index, version: 2 }),
    );
    const events = join(path, `${changed!.id}.events`);
    const bytes = await files.readFile(events);
    bytes[bytes.length - 5]! ^= 1;
    await files.writeFile(events, bytes);

    await folder.list();
    await assert.rejects(eventsOf(folder, changed!.id), { name: 'DamagedFileError' });
    assert.deepEqual(
      (await folder.list()).map(({ id }) => id),
      [whole!.id],
    );
    assert.deepEqual(setAside.map(({ path, why }) => [path.includes(newer!.id), why]).sort(), [
      [false, 'it is damaged'],
      [false, 'it is damaged'],
      [true, 'it was written by a newer version of Superstep'],
    ]);
    await folder.clear();
    assert.equal((await files.readdir(join(path, 'set-aside'))).length, 6);
  });

  it('ignores files that are not its own', async () => {
    await files.mkdir(path, { recursive: true });
    for (const name of ['x.json', '..json', 'notes.txt'])
      await files.writeFile(join(path, name), 'x');
    const folder = openFolder();
    assert.deepEqual(await folder.list(), []);
    await folder.clear();
    assert.equal((await files.readdir(path)).length, 3);
    assert.deepEqual(setAside, []);
  });
});
