import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphBreakpoint } from '../../src/protocol/breakpoints.ts';
import { pausesAt } from '../../src/runner/worker/pausesAt.ts';

/** Whether a run pauses at a breakpoint whose node is given this, and what went wrong. */
function pauses(condition: string, input: unknown): readonly [boolean, ...string[]] {
  const faults: string[] = [];
  const onFault = (_at: GraphBreakpoint, error: unknown) => faults.push(String(error));
  const at = pausesAt([{ node: 'judge', when: 'before', condition }], onFault);
  at('before', 'judge', () => input);
  return [at('before', 'judge', () => input), ...faults];
}

test('a run pauses at breakpoints of its node and time, and nowhere else', () => {
  const at = pausesAt([{ node: 'review:judge', when: 'after' }], assert.fail);
  const input = () => assert.fail('nobody looks');
  assert.equal(at('after', 'review:judge', input), true);
  assert.equal(at('before', 'review:judge', input), false);
  assert.equal(at('after', 'judge', input), false);
});

test('a condition finds the keys of what a branch is given, and what all code finds', () => {
  const state = Object.freeze({ role: 'Pirate', lines: ['a'] });
  assert.deepEqual(pauses(`role === 'Pirate'`, state), [true]);
  assert.deepEqual(pauses(`role === 'Judge'`, state), [false]);
  assert.deepEqual(pauses('Math.max(lines.length, 1) === input.lines.length', state), [true]);
  assert.deepEqual(pauses('input > 6 // as a payload', 7), [true]);
});

test('a condition over a key that a branch lacks is not true', () => {
  assert.deepEqual(pauses(`role === 'Pirate'`, { lines: [] }), [false]);
  assert.deepEqual(pauses('nobody.has.this', {}).length, 2);
});

test('a condition changes nothing', () => {
  const state = { role: 'Judge' };
  assert.deepEqual(pauses(`role = 'Pirate'`, state), [true]);
  assert.deepEqual(state, { role: 'Judge' });
  assert.equal('role' in globalThis, false);
});

test('a condition that throws does not hold the run, and is told once', () => {
  const [isHeld, ...faults] = pauses('lines.length.of.it', {});
  assert.equal(isHeld, false);
  assert.deepEqual(faults, ["TypeError: Cannot read properties of undefined (reading 'length')"]);
  assert.match(pauses('role ===', {})[1]!, /^SyntaxError/);
});
