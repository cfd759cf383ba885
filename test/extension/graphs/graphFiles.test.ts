import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { LoadError } from '../../../src/loader/loadError.ts';
import type { DescribeOptions, FileDescription, Runner } from '../../../src/runner/runner.ts';
import type { LogOutputChannel } from 'vscode';
import type { GraphSources } from '../../../src/extension/graphs/graphSources.ts';
import { FakeDocument, recorded, trustGranted, workspace } from '../../fakes/vscode.ts';

const { Activities } = await import('../../../src/extension/runs/activities.ts');
const { GraphFiles } = await import('../../../src/extension/graphs/graphFiles.ts');
const { Problems } = await import('../../../src/extension/graphs/problems.ts');

beforeEach(() => void recorded.splice(0));

/** What the text of any file tells. */
const sources = { read: async () => [{ localName: 'g', exportName: 'g' }] };

/** Files whose runner answers when it is told to. */
function setUp() {
  const asked: (PromiseWithResolvers<FileDescription> & {
    signal: AbortSignal;
    env: DescribeOptions['env'];
  })[] = [];
  let heard = Promise.withResolvers<void>();
  const runner: Runner = {
    describe: (_file, { signal, env } = {}) => {
      const deferred = Promise.withResolvers<FileDescription>();
      asked.push({ ...deferred, signal: signal!, env });
      signal?.addEventListener('abort', () => deferred.reject(signal.reason));
      heard.resolve();
      heard = Promise.withResolvers();
      return deferred.promise;
    },
    run: () => Promise.reject(new Error('not used')),
    prepare: async () => {},
    fileChanged: () => {},
    dispose: async () => {},
  };
  const activities = new Activities();
  const files = new GraphFiles({
    ...{ runner, activities, problems: new Problems() },
    sources: sources as unknown as GraphSources,
    log: { error: (error: Error) => recorded.push(error.message) } as unknown as LogOutputChannel,
  });
  const loaded: string[] = [];
  files.onDidChange((found) => {
    loaded.push(
      found.state === 'loaded'
        ? found.description.inputs.join()
        : found.state === 'broken'
          ? `broken: ${found.problems[0]?.message}`
          : `${found.state} ${found.file}`,
    );
  });
  /** Begins to load, and goes on when the runner is asked. */
  const load = async (file: string): Promise<{ ended: Promise<unknown> }> => {
    const isAsked = heard.promise;
    const ended = files.load(file);
    await isAsked;
    return { ended };
  };
  /** Waits until the runner is asked the next time. */
  const isAsked = () => heard.promise;
  return { asked, activities, files, isAsked, load, loaded };
}

const good = (name: string): FileDescription => ({ graphs: [], code: '', inputs: [name] });

test('GraphFiles.load() shows as an activity for as long as it takes', async () => {
  const { asked, activities, load } = setUp();
  const loading = await load('/dir/a.graph.ts');
  assert.deepEqual(
    activities.all.map(({ title, state }) => [title, state]),
    [['a.graph.ts', 'loading']],
  );
  asked[0]!.resolve(good('first'));
  await loading.ended;
  assert.deepEqual(activities.all, []);
});

test('GraphFiles.load() publishes problems, then clears them with the next good load', async () => {
  const { asked, load, loaded } = setUp();
  const bad = await load('/a.graph.ts');
  asked[0]!.reject(
    new LoadError([{ severity: 'error', message: 'broken' }], { inputs: ['/b.ts'] }),
  );
  await assert.rejects(bad.ended, LoadError);
  const next = await load('/a.graph.ts');
  asked[1]!.resolve(good('second'));
  await next.ended;
  assert.deepEqual(loaded, ['broken: broken', 'second']);
  assert.deepEqual(recorded, ['/a.graph.ts: 0:0 broken', '/a.graph.ts: no problems']);
});

test('GraphFiles.load() does not publish what a newer loading has overtaken', async () => {
  const { asked, load, loaded } = setUp();
  const slow = await load('/a.graph.ts');
  const fast = await load('/a.graph.ts');
  asked[1]!.resolve(good('new'));
  await fast.ended;
  asked[0]!.resolve(good('old'));
  await slow.ended;
  assert.deepEqual(loaded, ['new']);
});

test('GraphFiles.load() ends without a result when the activity is stopped', async () => {
  const { asked, activities, load, loaded } = setUp();
  const loading = await load('/a.graph.ts');
  activities.all[0]!.stop();
  assert.equal(asked[0]!.signal.aborted, true);
  assert.equal(await loading.ended, undefined);
  assert.deepEqual(loaded, []);
});

test('GraphFiles.load() gives variables of .env files to the file, and loads it again with them, if the workspace is trusted', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-env-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '.env'), 'FOR_LOADING=here');
  const editor = { isTrusted: false, getWorkspaceFolder: () => undefined };
  t.after(() => Reflect.ownKeys(editor).forEach((key) => Reflect.deleteProperty(workspace, key)));
  const { asked, files, isAsked, load } = setUp();
  t.after(() => files.dispose());
  const file = join(folder, 'a.graph.ts');
  files.follow(file);
  for (const isTrusted of [false, true]) {
    Object.assign(workspace, editor, { isTrusted });
    const loading = await load(file);
    asked.at(-1)!.resolve(good(file));
    await loading.ended;
  }
  const again = isAsked();
  new FakeDocument(join(folder, '.env')).saved();
  await again;
  asked.at(-1)!.resolve(good(file));
  assert.deepEqual(
    asked.map(({ env }) => env),
    [{}, { FOR_LOADING: 'here' }, { FOR_LOADING: 'here' }],
  );
  assert.equal(process.env['FOR_LOADING'], undefined);
});

test('GraphFiles.latest() is what the latest loading of a file has found', async () => {
  const { asked, files, load } = setUp();
  const loading = await load('/a.graph.ts');
  assert.equal(files.latest('/a.graph.ts'), undefined);
  asked[0]!.resolve(good('first'));
  await loading.ended;
  assert.equal(files.latest('/a.graph.ts')?.state, 'loaded');
  files.move((path) => path.replace('a.', 'b.'));
  assert.equal(files.latest('/a.graph.ts'), undefined);
});

test('a file that is followed is loaded again when a file that it is made of is saved', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  Object.assign(workspace, { isTrusted: true, getWorkspaceFolder: () => undefined });
  t.after(() => Object.assign(workspace, { isTrusted: undefined }));
  const { asked, files, isAsked, loaded } = setUp();
  t.after(() => files.dispose());
  files.follow('/a.graph.ts');
  const first = isAsked();
  const refreshed = files.refresh('/a.graph.ts');
  await first;
  const broken = { severity: 'error', message: 'broken' } as const;
  asked[0]!.reject(new LoadError([broken], { inputs: ['/a.graph.ts', '/b.ts'] }));
  await refreshed;
  new FakeDocument('/other.ts').saved();
  assert.equal(asked.length, 1);
  const second = isAsked();
  t.mock.timers.tick(30);
  new FakeDocument('/b.ts').saved();
  await second;
  asked[1]!.resolve(good('mended'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(loaded, ['broken: broken', 'mended']);
  files.unfollow('/a.graph.ts');
  new FakeDocument('/b.ts').saved();
  assert.equal(asked.length, 2);
});

test('in restricted mode the text is read and nothing loaded, until the workspace is trusted', async (t) => {
  Object.assign(workspace, {
    ...{ isTrusted: false, getWorkspaceFolder: () => undefined },
    openTextDocument: async () => new FakeDocument('/a.graph.ts'),
  });
  t.after(() => Object.assign(workspace, { isTrusted: undefined }));
  const { asked, files, isAsked, loaded } = setUp();
  t.after(() => files.dispose());
  files.follow('/a.graph.ts');
  await files.refresh('/a.graph.ts');
  assert.deepEqual([loaded, asked.length], [['read /a.graph.ts'], 0]);
  Object.assign(workspace, { isTrusted: true });
  const isLoading = isAsked();
  trustGranted.fire();
  await isLoading;
  asked[0]!.resolve(good('loaded'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(loaded, ['read /a.graph.ts', 'loaded']);
});
