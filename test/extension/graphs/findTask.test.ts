import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTask } from '../../../src/extension/graphs/findTask.ts';

const text = `
const write = task('write', async (topic: string) => topic);
const score = task({ retry: 2, name: "score it" }, async () => 1);
const odd = task(
  'a:b (c)',
  () => 1,
);
const named = task(name, () => 1);
`;

const cases: [nodeId: string, begins: string | undefined][] = [
  ['flow:write', "task('write'"],
  ['flow:write:score it', 'task({ retry: 2'],
  ['flow:a:b (c)', "task(\n  'a:b (c)'"],
  ['flow:name', undefined],
  ['write', undefined],
];
for (const [nodeId, begins] of cases) {
  test(`the definition of the task of "${nodeId}" is ${begins === undefined ? 'not ' : ''}found`, () => {
    const at = findTask(text, nodeId);
    assert.equal(at === undefined, begins === undefined);
    if (at !== undefined && begins !== undefined) assert.ok(text.slice(at).startsWith(begins));
  });
}
