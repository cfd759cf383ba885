import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { recorded } from '../../fakes/vscode.ts';

const { RunOutput } = await import('../../../src/extension/runs/runOutput.ts');

beforeEach(() => {
  recorded.splice(0);
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('RunOutput hands 100,000 lines to the editor in one piece, in order', () => {
  const output = new RunOutput();
  const section = output.section('g');
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i}`);
  for (const line of lines) section.append([line]);
  assert.deepEqual(recorded, []);
  mock.timers.tick(50);
  assert.deepEqual(recorded, [`${lines.join('\n')}\n`]);
});

test('RunOutput marks the lines of runs from when they go on side by side', () => {
  const output = new RunOutput();
  const a = output.section('a');
  a.append(['alone']);
  const b = output.section('b');
  a.append(['one']);
  b.append(['two']);
  b.dispose();
  a.append(['alone again']);
  a.dispose();
  output.section('c').append(['alone from its start']);
  mock.timers.tick(50);
  assert.deepEqual(recorded, ['alone\na │ one\nb │ two\na │ alone again\nalone from its start\n']);
});

test('RunOutput writes what is pending when it ends', () => {
  const output = new RunOutput();
  output.append(['last words']);
  output.dispose();
  assert.deepEqual(recorded, ['last words\n', 'channel disposed']);
});
