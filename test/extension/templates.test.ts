// The templates of "New Graph File" run as they stand, with the built-in offline model.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestRunner } from '../runner/testRunner.ts';

const templates = join(import.meta.dirname, '../../templates');
const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href;

const expected: Record<string, (state: any) => void> = {
  empty: ({ greeting }) => assert.equal(greeting, 'Hello, world!'),
  'parallel-nodes': ({ report }) => assert.equal(report, '33 letters, 9 words'),
  tasks: (poem: string) => assert.ok(poem.split('\n').length >= 3, poem),
  'map-reduce': ({ jokes, best }) => {
    assert.equal(jokes.length, 4);
    assert.ok(jokes.includes(best));
  },
  subgraphs: ({ plan }) =>
    assert.equal(plan, 'There will be rain in Lisbon. Visit the museum of Lisbon.'),
};

test('every template is expected to do something', () => {
  const names = readdirSync(templates).map((name) => name.replace('.graph.ts', ''));
  assert.deepEqual(names.sort(), Object.keys(expected).sort());
});

for (const [name, check] of Object.entries(expected)) {
  test(`the template ${name} runs`, async (t) => {
    const runner = createTestRunner(t, {
      shipped: {
        superstep: source('engine/index.ts'),
        'superstep/openai': source('openai/index.ts'),
        zod: import.meta.resolve('zod'),
      },
    });
    const result = await runner.run({
      file: join(templates, `${name}.graph.ts`),
      models: { choose: async () => ({ kind: 'offline', options: {} }) },
    });
    assert.equal(result.status, 'done', result.error?.message);
    check(result.state);
  });
}
