import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { diagnostics, recorded, Uri } from '../../fakes/vscode.ts';
import type { Problem } from '../../../src/loader/problem.ts';

const { Problems } = await import('../../../src/extension/graphs/problems.ts');

beforeEach(() => {
  recorded.splice(0);
  diagnostics.clear();
});

function problem(file: string, line1: number, message: string): Problem {
  const range = { line1, column1: 3, endLine1: line1, endColumn1: 5 };
  return { severity: 'error', message, file, range };
}

test('Problems.loaded() publishes each problem in its own file, 0-based, and clears all of them', () => {
  const problems = new Problems();
  problems.loaded('/g.graph.ts', [
    problem('/g.graph.ts', 4, 'own'),
    problem('/lib.ts', 2, 'import'),
  ]);
  problems.loaded('/g.graph.ts', []);
  assert.deepEqual(recorded, [
    '/g.graph.ts: 3:2 own',
    '/lib.ts: 1:2 import',
    '/g.graph.ts: no problems',
    '/lib.ts: no problems',
  ]);
});

test('Problems.loaded() shows the same problem of two graph files once, until both are well', () => {
  const problems = new Problems();
  const shared = problem('/lib.ts', 2, 'broken');
  problems.loaded('/a.graph.ts', [shared]);
  problems.loaded('/b.graph.ts', [shared]);
  problems.loaded('/a.graph.ts', []);
  problems.loaded('/b.graph.ts', []);
  assert.deepEqual(recorded, [
    '/lib.ts: 1:2 broken',
    '/lib.ts: 1:2 broken',
    '/lib.ts: 1:2 broken',
    '/lib.ts: no problems',
  ]);
});

test('Problems.loaded() puts a problem without a place on the first line of the graph file', () => {
  new Problems().loaded('/a.graph.ts', [{ severity: 'error', message: 'no graph' }]);
  assert.deepEqual(recorded, ['/a.graph.ts: 0:0 no graph']);
});

test('Problems.ran() leaves what a loading has found, which replaces what runs have met', () => {
  const problems = new Problems();
  problems.ran('/a.graph.ts', [problem('/a.graph.ts', 1, 'failed')]);
  problems.loaded('/a.graph.ts', [problem('/a.graph.ts', 2, 'broken')]);
  problems.ran('/a.graph.ts', []);
  problems.ran('/a.graph.ts', [problem('/a.graph.ts', 3, 'late')]);
  problems.loaded('/a.graph.ts', []);
  assert.deepEqual(recorded, [
    '/a.graph.ts: 0:2 failed',
    '/a.graph.ts: 1:2 broken',
    '/a.graph.ts: 1:2 broken',
    '/a.graph.ts: 1:2 broken; 2:2 late',
    '/a.graph.ts: no problems',
  ]);
});

test('Problems.forget() clears a file on disk and ignores other documents', () => {
  const problems = new Problems();
  problems.loaded('/a.graph.ts', [problem('/a.graph.ts', 1, 'x')]);
  problems.forget(new Uri('output', '/a.graph.ts') as never);
  problems.forget(Uri.file('/a.graph.ts') as never);
  assert.deepEqual(recorded, ['/a.graph.ts: 0:2 x', '/a.graph.ts: no problems']);
});

test('Problems.move() shows what was found where the files are now, and mends it there', () => {
  const problems = new Problems();
  problems.loaded('/a.graph.ts', [problem('/lib/text.ts', 2, 'import')]);
  problems.ran('/a.graph.ts', [problem('/a.graph.ts', 4, 'own')]);
  problems.loaded('/c.graph.ts', [problem('/c.graph.ts', 1, 'other')]);
  recorded.splice(0);
  problems.move((path) => path.replace('/a.graph.ts', '/b.graph.ts').replace('/lib/', '/src/'));
  const shown = () =>
    [...diagnostics].flatMap(([path, found]) => found.map(({ message }) => `${path} ${message}`));
  assert.deepEqual(shown().sort(), ['/b.graph.ts own', '/c.graph.ts other', '/src/text.ts import']);
  assert.ok(!recorded.some((line) => line.startsWith('/c.graph.ts')));
  problems.ran('/b.graph.ts', []);
  problems.loaded('/b.graph.ts', []);
  assert.deepEqual(shown(), ['/c.graph.ts other']);
});

test('a code of ours leads to what is said of it, one of Node does not', () => {
  const codes = ['UNKNOWN_NODE', 'ENOENT', 'ERR_INVALID_URL'];
  new Problems().loaded(
    '/a.graph.ts',
    codes.map((code) => ({ ...problem('/a.graph.ts', 1, code), code })),
  );
  const target = new Uri('command', 'superstep.explainError', '["UNKNOWN_NODE"]');
  assert.deepEqual(
    diagnostics.get('/a.graph.ts')?.map(({ code }) => code),
    [{ value: 'UNKNOWN_NODE', target }, 'ENOENT', 'ERR_INVALID_URL'],
  );
});
