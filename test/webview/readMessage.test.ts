import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from '../../src/webview/readMessage.ts';
import { called, done, modelUse, parallelNodes, progress } from './sampleGraphs.ts';

test('messages of the protocol pass as they are', () => {
  const messages = [
    parallelNodes,
    { ...parallelNodes, notice: 'restricted', canRun: false },
    { type: 'expected', revision: 1, mermaid: 'graph TD;', nodes: [] },
    { type: 'restore', revision: 0, restore: '{}' },
    { type: 'problem', revision: 1, message: 'no' },
    { type: 'breakpoints', revision: 1, breakpoints: [] },
    {
      type: 'breakpoints',
      revision: 1,
      breakpoints: [{ node: 'a', when: 'before', condition: 'b' }],
    },
    { type: 'runStarted', revision: 1 },
    { type: 'select', revision: 1, nodeId: 'a', view: 'state' },
    { type: 'drawImage', revision: 1, format: 'png' },
    { type: 'runStarted', revision: 1, elapsedMs: 12 },
    progress(done('a', 1)),
    progress({ ...called('a', { waiting: 2, answer: 'x' }), cached: 1, modelUse: modelUse() }),
    { type: 'runEnded', revision: 1, status: 'cancelled', durationMs: 3 },
  ];
  for (const message of messages) assert.equal(readMessage(message), message);
});

test('anything else is no message', () => {
  const strangers = [
    undefined,
    null,
    'graph',
    {},
    { type: 'graph' },
    { type: '__proto__', revision: 1 },
    { type: 'constructor', revision: 1 },
    { ...parallelNodes, revision: '1' },
    { ...parallelNodes, mermaid: 3 },
    { ...parallelNodes, nodes: [{ id: 'a' }] },
    { type: 'expected', revision: 1, mermaid: 'graph TD;', nodes: [{ id: 'a' }] },
    { type: 'restore', revision: 1 },
    { type: 'select', revision: 1, nodeId: 'a', view: 'secrets' },
    { type: 'breakpoints', revision: 1, breakpoints: [{ node: 'a', when: 'now' }] },
    { type: 'drawImage', revision: 1, format: 'gif' },
    { type: 'problem', revision: NaN, message: 'no' },
    { type: 'progress', revision: 1, nodes: [{ ...done('a', 1), status: 'asleep' }] },
    ...[
      { waiting: 'many' },
      { answer: 3 },
      { calledBy: { parent: 'a' } },
      { modelUse: { ...modelUse(), tokensIn: undefined } },
      { modelUse: { ...modelUse(), models: [1] } },
    ].map((broken) => ({ type: 'progress', revision: 1, nodes: [{ ...done('a', 1), ...broken }] })),
    { type: 'runEnded', revision: 1, status: 'running', durationMs: 3 },
  ];
  for (const stranger of strangers) assert.equal(readMessage(stranger), undefined);
});
