import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as z from 'zod';
import { fromZod4 } from '../../../src/openai/structured/zod4.ts';
import { readSchema } from '../../../src/openai/structured/readSchema.ts';

const text = { type: 'string' };
const inner = { type: 'object', properties: { b: text }, required: ['b'] };
const Inner = z.object({ b: z.string() });

for (const [what, schema, json] of [
  ['texts', z.string().min(1).max(9), { ...text, minLength: 1, maxLength: 9 }],
  ['descriptions', z.string().describe('Says it'), { ...text, description: 'Says it' }],
  ['numbers', z.number().min(0).lt(9), { type: 'number', minimum: 0, exclusiveMaximum: 9 }],
  ['whole numbers', z.int().min(0), { type: 'integer', minimum: 0 }],
  ['yes and no', z.boolean(), { type: 'boolean' }],
  ['null', z.null(), { type: 'null' }],
  ['literals', z.literal('a'), { const: 'a' }],
  ['several literals', z.literal(['a', 'b']), { enum: ['a', 'b'] }],
  ['choices', z.enum(['a', 'b']), { enum: ['a', 'b'] }],
  ['enums of TypeScript', z.enum({ Up: 0, 0: 'Up', Down: 'd' }), { enum: [0, 'd'] }],
  ['lists', z.array(z.string()).min(1), { type: 'array', items: text, minItems: 1 }],
  ['tuples', z.tuple([z.string()]), { type: 'array', prefixItems: [text], items: false }],
  ['records', z.record(z.string(), z.string()), { type: 'object', additionalProperties: text }],
  [
    'objects',
    z.object({ a: Inner, o: z.string().optional(), d: z.string().default('x') }),
    { type: 'object', properties: { a: inner, o: text, d: text }, required: ['a'] },
  ],
  ['unions', z.union([z.string(), Inner]), { anyOf: [text, inner] }],
  ['intersections', z.intersection(Inner, Inner), { allOf: [inner, inner] }],
  ['nullable', z.string().nullable(), { anyOf: [text, { type: 'null' }] }],
  ['refinements and transforms', z.string().refine(Boolean).transform(Number), text],
  ['pipelines', z.string().pipe(z.any()), text],
  ['brands', z.string().brand('x').readonly(), text],
  ['what JSON does not know', z.date(), {}],
] as const) {
  it(`An early schema of zod 4 gives a JSON Schema for ${what}`, () => {
    assert.deepEqual(fromZod4(schema), json);
  });
}

it('An early schema of zod 4 that is part of itself gives one with an end', () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
  });
  const children = { type: 'array', items: {} };
  const tree = {
    type: 'object',
    properties: { name: text, children },
    required: ['name', 'children'],
  };
  assert.deepEqual(fromZod4(Tree), tree);
  const list: z.ZodType = z.lazy(() => z.array(list));
  assert.deepEqual(fromZod4(list), { type: 'array', items: {} });
});

it('A schema of zod 4 is read without the methods that it did not have at first', () => {
  const { _zod, '~standard': standard } = Inner;
  const { jsonSchema, ...early } = standard as typeof standard & { jsonSchema: unknown };
  assert.ok(jsonSchema);
  assert.deepEqual(readSchema({ _zod, '~standard': early } as never).json, inner);
});
