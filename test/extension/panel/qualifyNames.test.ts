import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qualifyNames } from '../../../src/extension/panel/qualifyNames.ts';

const one = { name: 'plan', file: '/w/a/trip.graph.ts', exportName: 'graph' };

test('qualifyNames() leaves names alone that stand alone', () => {
  assert.deepEqual(qualifyNames([one, { ...one, name: 'other' }]), ['', '']);
});

test('qualifyNames() names the file, and the folder where files are called the same', () => {
  assert.deepEqual(qualifyNames([one, { ...one, file: '/w/a/day.graph.ts' }]), [
    'trip.graph.ts',
    'day.graph.ts',
  ]);
  assert.deepEqual(qualifyNames([one, { ...one, file: '/w/b/trip.graph.ts' }]), [
    'a/trip.graph.ts',
    'b/trip.graph.ts',
  ]);
  assert.deepEqual(qualifyNames([one, { ...one, file: '/v/a/trip.graph.ts' }]), [
    '/w/a/trip.graph.ts',
    '/v/a/trip.graph.ts',
  ]);
});

test('qualifyNames() names the export of graphs of one file', () => {
  const other = { ...one, exportName: 'second' };
  assert.deepEqual(qualifyNames([one, other]), ['graph', 'second']);
  assert.deepEqual(qualifyNames([one, other, { ...one, file: '/w/a/day.graph.ts' }]), [
    'trip.graph.ts, graph',
    'trip.graph.ts, second',
    'day.graph.ts',
  ]);
});
