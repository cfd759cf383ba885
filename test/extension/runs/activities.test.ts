import assert from 'node:assert/strict';
import { after, beforeEach, mock, test } from 'node:test';
import type { Activity } from '../../../src/extension/runs/activities.ts';
import '../../fakes/vscode.ts';

const { Activities, preparing } = await import('../../../src/extension/runs/activities.ts');

/** When each of them began to show, moved on or ended: the titles that were shown then. */
let seen: string[];
let stopped: string[];
let activities: InstanceType<typeof Activities>;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  seen = [];
  stopped = [];
  activities = new Activities();
  activities.onDidChange(() => seen.push(titles(activities.shown)));
});

after(() => mock.timers.reset());

const titles = (some: readonly Activity[]) => some.map(({ title }) => title).join();

const activity = (title: string): Activity => ({
  title,
  file: `/${title}.graph.ts`,
  exportName: title,
  state: '',
  isStopping: false,
  stop: () => void stopped.push(title),
});

test('an activity can be stopped at once, and shows after a moment until it ends', () => {
  const one = activities.begin(activity('one'));
  assert.equal(titles(activities.all), 'one');
  mock.timers.tick(149);
  activities.touch();
  assert.deepEqual(seen, []);
  mock.timers.tick(1);
  assert.equal(titles(activities.of({ file: '/one.graph.ts', exportName: 'one' })), 'one');
  activities.touch();
  one.dispose();
  one.dispose();
  assert.deepEqual(seen, ['one', 'one', '']);
  assert.equal(titles(activities.all), '');
});

test('an activity that is over in a moment never shows', () => {
  const one = activities.begin(activity('one'));
  mock.timers.tick(100);
  const two = activities.begin(activity('two'));
  one.dispose();
  mock.timers.tick(149);
  two.dispose();
  mock.timers.tick(1000);
  assert.deepEqual(seen, []);
});

test('an activity that answers a click shows at once', () => {
  const one = activities.begin(activity('one'), { atOnce: true });
  assert.deepEqual(seen, ['one']);
  one.dispose();
  mock.timers.tick(1000);
  assert.deepEqual(seen, ['one', '']);
});

test('a preparation that is told to stop says so until it is over', () => {
  const abort = new AbortController();
  const what = { title: 'one', file: '/one.graph.ts', state: 'loading' };
  const one = preparing(abort, what);
  assert.deepEqual([one.state, one.isStopping], ['loading', false]);
  one.stop();
  assert.equal(abort.signal.aborted, true);
  assert.deepEqual([one.state, one.isStopping], ['stopping…', true]);
});

test('the end of all stops what goes on, shown or not', () => {
  activities.begin(activity('one'));
  mock.timers.tick(150);
  activities.begin(activity('two'));
  activities.dispose();
  assert.deepEqual(stopped, ['one', 'two']);
  seen = [];
  mock.timers.tick(1000);
  assert.deepEqual(seen, []);
});
