import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import type { DescribeOptions, FileDescription, Runner } from '../../src/runner/runner.ts';
import { recorded, workspace } from '../fakes/vscode.ts';

const { Activities } = await import('../../src/extension/activities.ts');
const { GraphLoader } = await import('../../src/extension/graphLoader.ts');
const { Problems } = await import('../../src/extension/problems.ts');

beforeEach(() => void recorded.splice(0));

/** A loader whose runner answers when it is told to. */
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
    fileChanged: () => {},
    dispose: async () => {},
  };
  const activities = new Activities();
  const loader = new GraphLoader({ runner, activities, problems: new Problems() });
  const loaded: string[] = [];
  loader.onDidLoad((one) =>
    loaded.push(
      'problems' in one ? `problems ${one.inputs?.join()}` : one.description.inputs.join(),
    ),
  );
  /** Begins to load, and goes on when the runner is asked. */
  const load = async (file: string): Promise<{ ended: Promise<unknown> }> => {
    const isAsked = heard.promise;
    const ended = loader.load(file);
    await isAsked;
    return { ended };
  };
  return { asked, activities, load, loaded };
}

const good = (name: string): FileDescription => ({ graphs: [], inputs: [name] });

test('GraphLoader.load() shows as an activity for as long as it takes', async () => {
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

test('GraphLoader.load() publishes problems, then clears them with the next good load', async () => {
  const { asked, load, loaded } = setUp();
  const bad = await load('/a.graph.ts');
  asked[0]!.reject(
    new LoadError([{ severity: 'error', message: 'broken' }], { inputs: ['/b.ts'] }),
  );
  await assert.rejects(bad.ended, LoadError);
  const next = await load('/a.graph.ts');
  asked[1]!.resolve(good('second'));
  await next.ended;
  assert.deepEqual(loaded, ['problems /b.ts', 'second']);
  assert.deepEqual(recorded, ['/a.graph.ts: 0:0 broken', '/a.graph.ts: no problems']);
});

test('GraphLoader.load() does not publish what a newer loading has overtaken', async () => {
  const { asked, load, loaded } = setUp();
  const slow = await load('/a.graph.ts');
  const fast = await load('/a.graph.ts');
  asked[1]!.resolve(good('new'));
  await fast.ended;
  asked[0]!.resolve(good('old'));
  await slow.ended;
  assert.deepEqual(loaded, ['new']);
});

test('GraphLoader.load() ends without a result when the activity is stopped', async () => {
  const { asked, activities, load, loaded } = setUp();
  const loading = await load('/a.graph.ts');
  activities.all[0]!.stop();
  assert.equal(asked[0]!.signal.aborted, true);
  assert.equal(await loading.ended, undefined);
  assert.deepEqual(loaded, []);
});

test('GraphLoader.load() gives variables of .env files to the file, and loads it again with them, if the workspace is trusted', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'superstep-env-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '.env'), 'FOR_LOADING=here');
  const editor = { isTrusted: false, getWorkspaceFolder: () => undefined };
  t.after(() => Reflect.ownKeys(editor).forEach((key) => Reflect.deleteProperty(workspace, key)));
  const { asked, load, loaded } = setUp();
  for (const isTrusted of [false, true]) {
    Object.assign(workspace, editor, { isTrusted });
    const loading = await load(join(folder, 'a.graph.ts'));
    asked.at(-1)!.resolve(good('it'));
    await loading.ended;
  }
  assert.deepEqual(
    asked.map(({ env }) => env),
    [{}, { FOR_LOADING: 'here' }],
  );
  assert.deepEqual(loaded, ['it', `it,${join(folder, '.env')}`]);
  assert.equal(process.env['FOR_LOADING'], undefined);
});
