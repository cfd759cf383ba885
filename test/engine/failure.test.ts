import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Annotation, START, StateGraph, type RunEvent } from '../../src/engine/index.ts';
import { toErrorInfo } from '../../src/engine/runtime/failure.ts';

/** Answers no question about itself. */
function hostileProxy(): object {
  const refuse = () => {
    throw new Error('refused');
  };
  return new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse });
}

test('toErrorInfo() describes an object whose getters throw', () => {
  const error = Object.defineProperty(new Error('shown'), 'cause', {
    get: () => {
      throw new Error('refused');
    },
  });
  assert.equal(toErrorInfo(error).message, 'shown');
  assert.equal(toErrorInfo(error).cause, undefined);
  assert.equal(toErrorInfo(hostileProxy()).name, 'Error');
});

test('a node that throws a proxy which refuses every question fails the run like any other', async () => {
  const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
    .addNode('hostile', () => {
      throw hostileProxy();
    })
    .addEdge(START, 'hostile')
    .compile();
  const types: RunEvent['type'][] = [];
  await assert.rejects(graph.invoke({}, { onEvent: ({ type }) => types.push(type) }), {
    code: 'NON_ERROR_THROWN',
    message: /Node "hostile" threw/,
  });
  assert.deepEqual(types.slice(-2), ['taskFailed', 'runFailed']);
});
