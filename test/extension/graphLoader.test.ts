import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import type { FileDescription, Runner } from '../../src/runner/runner.ts';
import { recorded } from '../fakes/vscode.ts';

const { Activities } = await import('../../src/extension/activities.ts');
const { GraphLoader } = await import('../../src/extension/graphLoader.ts');
const { Problems } = await import('../../src/extension/problems.ts');

beforeEach(() => void recorded.splice(0));

/** A loader whose runner answers when it is told to. */
function setUp() {
  const asked: (PromiseWithResolvers<FileDescription> & { signal: AbortSignal })[] = [];
  const runner: Runner = {
    describe: (_file, { signal } = {}) => {
      const deferred = Promise.withResolvers<FileDescription>();
      asked.push({ ...deferred, signal: signal! });
      signal?.addEventListener('abort', () => deferred.reject(signal.reason));
      return deferred.promise;
    },
    run: () => Promise.reject(new Error('not used')),
    dispose: async () => {},
  };
  const activities = new Activities();
  const loader = new GraphLoader({ runner, activities, problems: new Problems() });
  const loaded: string[] = [];
  loader.onDidLoad((one) =>
    loaded.push('problems' in one ? 'problems' : one.description.inputs.join()),
  );
  return { asked, activities, loader, loaded };
}

const good = (name: string): FileDescription => ({ graphs: [], inputs: [name] });

test('GraphLoader.load() shows as an activity for as long as it takes', async () => {
  const { asked, activities, loader } = setUp();
  const loading = loader.load('/dir/a.graph.ts');
  assert.deepEqual(
    activities.all.map(({ title, state }) => [title, state]),
    [['a.graph.ts', 'loading']],
  );
  asked[0]!.resolve(good('first'));
  await loading;
  assert.deepEqual(activities.all, []);
});

test('GraphLoader.load() publishes problems, then clears them with the next good load', async () => {
  const { asked, loader, loaded } = setUp();
  const bad = loader.load('/a.graph.ts');
  asked[0]!.reject(new LoadError([{ severity: 'error', message: 'broken' }]));
  await assert.rejects(bad, LoadError);
  const next = loader.load('/a.graph.ts');
  asked[1]!.resolve(good('second'));
  await next;
  assert.deepEqual(loaded, ['problems', 'second']);
  assert.deepEqual(recorded, ['/a.graph.ts: 0:0 broken', '/a.graph.ts: no problems']);
});

test('GraphLoader.load() does not publish what a newer loading has overtaken', async () => {
  const { asked, loader, loaded } = setUp();
  const slow = loader.load('/a.graph.ts');
  const fast = loader.load('/a.graph.ts');
  asked[1]!.resolve(good('new'));
  await fast;
  asked[0]!.resolve(good('old'));
  await slow;
  assert.deepEqual(loaded, ['new']);
});

test('GraphLoader.load() ends without a result when the activity is stopped', async () => {
  const { asked, activities, loader, loaded } = setUp();
  const loading = loader.load('/a.graph.ts');
  activities.all[0]!.stop();
  assert.equal(asked[0]!.signal.aborted, true);
  assert.equal(await loading, undefined);
  assert.deepEqual(loaded, []);
});
