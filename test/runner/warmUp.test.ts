import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warmUp } from '../../src/runner/worker/warmUp.ts';

const superstep = new URL('../../src/engine/index.ts', import.meta.url).href;
const models = new URL('../../src/openai/index.ts', import.meta.url).href;

test('a thread gets ready for models by whole calls, and asks no server', async (t) => {
  const { fetch } = globalThis;
  const answers: string[] = [];
  t.mock.method(globalThis, 'fetch', async (url: string, init?: RequestInit) => {
    const response = await fetch(url, init);
    answers.push(`${new URL(url).protocol} ${await response.clone().text()}`);
    return response;
  });
  await warmUp({ superstep, 'superstep/openai': models });
  assert.equal(answers.length, 10);
  for (const answer of answers) assert.match(answer, /^data: data: .*Hello/);
});

test('nothing is loaded where no client of models ships', async () => {
  await warmUp({ superstep: 'never:loaded' });
});
