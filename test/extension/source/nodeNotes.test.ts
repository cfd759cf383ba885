import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../fakes/vscode.ts';

const { hoverOf } = await import('../../../src/extension/source/nodeNotes.ts');

test('the hover of a node leads to what it did in each view, and can run nothing else', () => {
  const target = { file: '/a b/(c).graph.ts', exportName: 'g' };
  const id = 'sub:no](command:evil) <de>';
  const progress = { id, status: 'done', running: 0, done: 1, failed: 0, totalMs: 5 } as const;
  const update = { text: '[x](command:workbench.action.quit)' };
  const { value, isTrusted } = hoverOf(target, progress, { input: {}, update });
  assert.deepEqual(isTrusted, { enabledCommands: ['superstep.showNode'] });
  const [line = ''] = value.split('\n');
  const links = [...line.matchAll(/\[(\w+)\]\(command:superstep\.showNode\?([^)]*)\)/g)];
  assert.deepEqual(
    links.map(([, view, args = '']) => [view, JSON.parse(decodeURIComponent(args))]),
    ['Timeline', 'State', 'Output'].map((view) => [
      view,
      [target.file, 'g', id, view.toLowerCase()],
    ]),
  );
});
