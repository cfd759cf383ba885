import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { breakpointText } from '../../../src/protocol/breakpoints.ts';
import { FakeMemento, Uri } from '../../fakes/vscode.ts';

const { GraphBreakpoints } = await import('../../../src/extension/debug/breakpoints.ts');
const { changeBreakpoints } = await import('../../../src/extension/debug/breakpointActions.ts');
const { renameKeys } = await import('../../../src/extension/graphs/renameKeys.ts');

const target = { file: '/dir/a.graph.ts', exportName: 'g' };
const uri = Uri.file(target.file);

let memento: FakeMemento;
let breakpoints: InstanceType<typeof GraphBreakpoints>;
let changes: number;

beforeEach(() => {
  memento = new FakeMemento();
  breakpoints = new GraphBreakpoints(memento);
  changes = 0;
  breakpoints.onDidChange(() => changes++);
});

const texts = () => breakpoints.of(target).map((each) => `${each.node} ${breakpointText(each)}`);

test('menus put breakpoints before a node and after its superstep, and take them away again', async () => {
  await changeBreakpoints(breakpoints, 'breakBefore', [uri, 'g', 'judge']);
  await changeBreakpoints(breakpoints, 'breakAfter', [uri, 'g', 'judge']);
  await changeBreakpoints(breakpoints, 'breakBefore', [uri, 'g', 'review:draft']);
  assert.deepEqual(texts(), ['judge before', 'judge after', 'review:draft before']);
  await changeBreakpoints(breakpoints, 'breakBefore', [uri, 'g', 'judge']);
  assert.deepEqual(texts(), ['judge after', 'review:draft before']);
  await changeBreakpoints(breakpoints, 'clearBreakpoints', [uri, 'g', undefined]);
  assert.deepEqual(texts(), []);
  assert.equal(memento.get(memento.keys()[0] ?? ''), undefined);
  assert.equal(changes, 5);
});

test('whatever is no node of a graph gets no breakpoint', async () => {
  const wrong: readonly [unknown, unknown, unknown][] = [
    [undefined, 'g', 'judge'],
    [uri, undefined, 'judge'],
    [uri, 'g', 7],
  ];
  for (const args of wrong) await changeBreakpoints(breakpoints, 'breakBefore', [...args]);
  assert.deepEqual(texts(), []);
  assert.equal(changes, 0);
});

test('a condition takes the place of the breakpoint that its node has', async () => {
  await breakpoints.toggle(target, 'judge', 'before');
  await breakpoints.set(target, { node: 'judge', when: 'before', condition: 'n > 1' });
  assert.deepEqual(texts(), ['judge if n > 1']);
  await breakpoints.toggle(target, 'judge', 'before');
  assert.deepEqual(texts(), []);
});

test('breakpoints are there when the window is opened again, and stay with a file that is renamed', async () => {
  await breakpoints.toggle(target, 'judge', 'after');
  await renameKeys(memento, (path) => path.replace('/dir/', '/other/'));
  breakpoints = new GraphBreakpoints(memento);
  assert.deepEqual(texts(), []);
  const moved = { ...target, file: '/other/a.graph.ts' };
  assert.deepEqual(breakpoints.of(moved), [{ node: 'judge', when: 'after' }]);
});
