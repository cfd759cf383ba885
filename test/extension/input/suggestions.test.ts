import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { suggestionsAt } from '../../../src/extension/input/suggestions.ts';
import { schemaProblems } from '../../../src/runner/schemaProblems.ts';
import { valueSchema, type GraphValues } from '../../../src/runner/valueSchema.ts';

interface Tree {
  name: string;
  inside?: Tree[] | undefined;
}
const tree: z.ZodType<Tree> = z.lazy(() =>
  z.object({ name: z.string(), inside: z.array(tree).optional() }),
);
const plan = z.object({
  title: z.string().describe('What it is called'),
  mode: z.enum(['fast', 'good']),
  steps: z.array(z.object({ done: z.boolean(), cost: z.number() })),
});

const field = (key: string, type: string) => ({ key, type, required: false });
const values: GraphValues = {
  kind: 'graph',
  fields: [
    ...[field('plan', 'object'), field('tree', 'any'), field('level', '"low" | "high" | number')],
    ...[field('messages', 'messages'), field('tags', 'string[]')],
  ],
  schemas: { plan: z.toJSONSchema(plan, { io: 'input' }), tree: z.toJSONSchema(tree) },
};

/** What is offered where the bar stands. */
function offered(text: string, of = values): string[] {
  const found = suggestionsAt(text.replace('|', ''), text.indexOf('|'), valueSchema(of));
  return found?.suggestions.map(({ text: each }) => each.replaceAll(/^"(.+)"$/g, '$1')) ?? [];
}

test('the keys that a graph has and a text has not are offered, with their types', () => {
  assert.deepEqual(offered('{ "tags": [], | }'), ['plan', 'tree', 'level', 'messages']);
  const [key] = suggestionsAt('{"plan": {}}', 10, valueSchema(values))!.suggestions;
  assert.deepEqual(key, {
    ...{ kind: 'key', text: '"title"', snippet: '"title": $1', detail: 'string' },
    description: 'What it is called',
  });
  assert.deepEqual(offered('{"plan": {"steps": [{"done": true}, {|}]}}'), ['done', 'cost']);
  assert.deepEqual(offered('{"messages": [{|}]}'), ['role', 'content', 'id']);
});

test('values are offered where there are few: members of enums, literals, booleans, beginnings', () => {
  assert.deepEqual(offered('{"plan": {"mode": |}}'), ['fast', 'good']);
  assert.deepEqual(offered('{"plan": {"mode": "fa|"}}'), ['fast', 'good']);
  assert.deepEqual(offered('{"plan": {"steps": [{"done": |}]}}'), ['true', 'false']);
  assert.deepEqual(offered('{"level": |}'), ['low', 'high']);
  assert.deepEqual(offered('{"tags": |}'), ['[]']);
  assert.deepEqual(offered('{"tags": [|]}'), ['""']);
  assert.deepEqual(offered('{"nobody": |}'), []);
});

test('a schema that refers to itself is followed as deep as the text goes', () => {
  assert.deepEqual(offered('{"tree": {"inside": [{"inside": [{"name": "x", |}]}]}}'), ['inside']);
});

test('a key that is typed anew keeps its value, one before another gets a comma, and signs stay signs', () => {
  const snippets = (text: string, of = values) =>
    suggestionsAt(text.replace('|', ''), text.indexOf('|'), valueSchema(of))!.suggestions.map(
      ({ snippet }) => snippet,
    );
  assert.equal(snippets('{ "pl|": 1 }')[0], '"plan"');
  assert.equal(snippets('{ | "tags": [] }')[0], '"plan": $1,');
  const odd = { ...values, fields: [field('a$1}\\', 'string')] };
  assert.equal(snippets('{ | }', odd)[0], '"a\\$1\\}\\\\\\\\": $1');
});

test('what does not fit inside of a value is told with its place', () => {
  const wrong = {
    plan: { title: 3, mode: 'slow', steps: [{ done: true, cost: 'much' }] },
    tree: null,
  };
  assert.deepEqual(
    schemaProblems(values, wrong).map(({ path }) => path),
    ['plan.title', 'plan.mode', 'plan.steps[0].cost', 'tree'],
  );
  assert.deepEqual(schemaProblems({ ...values, kind: 'entrypoint' }, wrong), []);
});
