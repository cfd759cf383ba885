import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findTests } from '../../src/loader/source/findTests.ts';

const found = (text: string) =>
  findTests(text, 'a.graph.ts').map(({ name, range, expectRange, graph, from }) => {
    const expects = expectRange ? ` expects at ${expectRange.line1}:${expectRange.column1}` : '';
    const of = graph === undefined ? '' : ` of ${graph}${from === undefined ? '' : ` in ${from}`}`;
    return `${name} at ${range.line1}:${range.column1}${expects}${of}`;
  });

describe('the tests that a text tells of', () => {
  it('are the properties of what is exported as tests, with types around it or not', () => {
    const text = `export const tests = {
  'one test': { input: {}, graph: 'other', expect: { state: {} } },
  two: {},
  ...more,
  [computed]: {},
} as const satisfies GraphTests;`;
    assert.deepEqual(found(text), ['one test at 2:3 expects at 2:52 of other', 'two at 3:3']);
    assert.deepEqual(found('const own = { a: {} };\nexport { own as tests };'), ['a at 1:15']);
  });

  it('are calls of test() with the graph that is imported', () => {
    const text = `import { graph as g } from './b.graph.ts';
import { test as check } from 'superstep/testing';
check(g, 'says it', { expect: () => {} });
check(g, name, {});
test(g, 'another test function', {});`;
    assert.deepEqual(found(text), ['says it at 3:10 expects at 3:31 of graph in ./b.graph.ts']);
  });

  it('are none in other texts, or broken ones', () => {
    assert.deepEqual(found('const tests = { a: {} };'), []);
    assert.deepEqual(found('export const tests = [1, 2];'), []);
    assert.deepEqual(found('export const tests = {'), []);
  });
});
