import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeMemento, statusBarItems } from '../../fakes/vscode.ts';

const { Activities } = await import('../../../src/extension/runs/activities.ts');
const { StatusBar } = await import('../../../src/extension/runs/statusBar.ts');
const { WaitingRuns } = await import('../../../src/extension/runs/waitingRuns.ts');

test('a file that is loaded beside a run is not counted as a graph that runs', () => {
  const activities = new Activities();
  new StatusBar(activities, new WaitingRuns(new FakeMemento()));
  const item = statusBarItems.find(({ id }) => id === 'superstep.activity')!;
  const begin = (title: string, exportName?: string) => {
    const what = { title, file: `/${title}.ts`, state: 'goes on', isStopping: false };
    const activity = { ...what, ...(exportName !== undefined && { exportName }), stop: () => {} };
    return activities.begin(activity, { atOnce: true });
  };
  const loading = begin('file');
  assert.equal(item.text, '$(sync~spin) superstep: file goes on');
  const one = begin('one', 'one');
  assert.equal(item.text, '$(sync~spin) superstep: one goes on');
  assert.match(item.tooltip!.value, /file goes on\none goes on\n/);
  const two = begin('two', 'two');
  assert.equal(item.text, '$(sync~spin) superstep: 2 graphs running');
  for (const each of [one, two, loading]) each.dispose();
  assert.equal(item.isShown, false);
});
