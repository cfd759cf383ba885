import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAnswers } from '../../src/cli/askAnswers.ts';
import type { Waiting } from '../../src/protocol/waiting.ts';
import { fakeTerminal } from './fakeTerminal.ts';

const { signal } = new AbortController();

function waiting(...values: unknown[]): Waiting {
  const place = { node: 'ask', nodeId: 'ask', path: ['ask'], since: 0 };
  return {
    questions: values.map((value, i) => ({ id: `q${i}`, value, ...place })),
    breakpoints: [],
  };
}

async function answer(value: unknown, ...typed: (string | undefined)[]) {
  const { terminal, text, prompts } = fakeTerminal(typed);
  const resume = await askAnswers(waiting(value), { terminal, signal });
  return { answer: resume?.answers?.['q0'], resume, text: text(), prompts };
}

test('a question is shown, and answered with a line of text or JSON', async () => {
  const asked = await answer('Really?', 'yes, please ');
  assert.equal(asked.answer, 'yes, please');
  assert.match(asked.text, /\? ask asks\n {2}'Really\?'$/);
  assert.deepEqual(asked.prompts, ['Answer: ']);
  for (const [typed, expected] of [
    ['{ "a": [1] }', { a: [1] }],
    ['false', false],
    ['""', ''],
    ['{ a', '{ a'],
  ] as const) {
    assert.deepEqual((await answer('Really?', typed)).answer, expected);
  }
});

test('an empty line and null are no answers', async () => {
  const asked = await answer({ what: 'Really?' }, '', ' null', '0');
  assert.deepEqual([asked.answer, asked.prompts.length], [0, 3]);
  assert.match(asked.text, /"" is an empty text, and null is no answer/);
});

test('a choice is made by its number or its text, and nothing else is one', async () => {
  const question = { question: 'Which?', options: ['red', { label: 'Blue', value: { rgb: 255 } }] };
  const asked = await answer(question, '3', 'reddish', '0', '', 'Blue');
  assert.deepEqual(asked.answer, { rgb: 255 });
  assert.match(asked.text, /question: 'Which\?'\n {2}1 {2}red\n {2}2 {2}Blue\n/);
  assert.doesNotMatch(asked.text, /options/);
  assert.deepEqual(new Set(asked.prompts), new Set(['Answer (1 to 2): ']));
  assert.equal((await answer(question, '1')).answer, 'red');
  assert.equal((await answer({ choices: ['only'] }, '1')).answer, 'only');
});

test('several questions are asked one by one and answered together', async () => {
  const { terminal, text } = fakeTerminal(['1', '2']);
  const resume = await askAnswers(waiting('One?', 'Two?'), { terminal, signal });
  assert.deepEqual(resume, { answers: { q0: 1, q1: 2 } });
  assert.match(text(), /asks \(1 of 2\)\n[^]*asks \(2 of 2\)/);
});

test('giving up at one of several questions answers none', async () => {
  const { terminal } = fakeTerminal(['1', undefined]);
  assert.equal(await askAnswers(waiting('One?', 'Two?'), { terminal, signal }), undefined);
});

test('a breakpoint is left with Enter', async () => {
  const breakpoint = { when: 'before', nodes: ['send'], path: ['inner'], since: 0 } as const;
  const paused: Waiting = { questions: [], breakpoints: [breakpoint] };
  const { terminal, text, prompts } = fakeTerminal(['']);
  assert.deepEqual(await askAnswers(paused, { terminal, signal }), {});
  assert.match(text(), /\? Paused before send of inner$/);
  assert.deepEqual(prompts, ['Press Enter to go on: ']);
  const left = fakeTerminal([undefined]);
  assert.equal(await askAnswers(paused, { terminal: left.terminal, signal }), undefined);
});
