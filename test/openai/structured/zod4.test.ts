import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as z from 'zod';
import { fromZod4 } from '../../../src/openai/structured/zod4.ts';
import { readSchema } from '../../../src/openai/structured/readSchema.ts';

const text = { type: 'string' };
const inner = { type: 'object', properties: { b: text }, required: ['b'] };
const Inner = z.object({ b: z.string() });

/** What our copy of zod says of itself around each schema. */
const draft = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

for (const [what, schema, json] of [
  ['texts', z.string().min(1).max(9), { ...text, minLength: 1, maxLength: 9 }],
  ['descriptions', z.string().describe('Says it'), { ...text, description: 'Says it' }],
  ['numbers', z.number().min(0).lt(9), { type: 'number', minimum: 0, exclusiveMaximum: 9 }],
  ['null', z.null(), { type: 'null' }],
  ['literals', z.literal('a'), { ...text, const: 'a' }],
  ['choices', z.enum(['a', 'b']), { ...text, enum: ['a', 'b'] }],
  ['enums of TypeScript', z.enum({ Up: 0, 0: 'Up', Down: 'd' }), { enum: [0, 'd'] }],
  ['lists', z.array(z.string()).min(1), { type: 'array', items: text, minItems: 1 }],
  [
    'objects',
    z.object({ a: Inner, o: z.string().optional(), d: z.string().default('x') }),
    {
      type: 'object',
      properties: { a: inner, o: text, d: { ...text, default: 'x' } },
      required: ['a'],
    },
  ],
  [
    'objects without other keys',
    z.strictObject({ b: z.string() }),
    { ...inner, additionalProperties: false },
  ],
  ['unions', z.union([z.string(), Inner]), { anyOf: [text, inner] }],
  ['refinements and transforms', z.string().refine(Boolean).transform(Number), text],
  ['what JSON does not know', z.date(), {}],
] as const) {
  it(`an early schema of zod 4 gives a JSON Schema for ${what}`, () => {
    assert.deepEqual(fromZod4(schema), { ...draft, ...json });
  });
}

it('an early schema of zod 4 that is part of itself gives one that refers to itself', () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree);
    },
  });
  const children = { type: 'array', items: { $ref: '#' } };
  const tree = {
    type: 'object',
    properties: { name: text, children },
    required: ['name', 'children'],
  };
  assert.deepEqual(fromZod4(Tree), { ...draft, ...tree });
});

it('a schema of zod 4 is read without the methods that it did not have at first', () => {
  const { _zod, '~standard': standard } = Inner;
  const { jsonSchema, ...early } = standard as typeof standard & { jsonSchema: unknown };
  assert.ok(jsonSchema);
  assert.deepEqual(readSchema({ _zod, '~standard': early } as never).json, { ...draft, ...inner });
});

it('descriptions are read from schemas, since another copy of zod keeps them where ours does not look', () => {
  const Described = z.string();
  Object.defineProperty(Described, 'description', { value: 'Says it' });
  const json = fromZod4(z.object({ b: Described }));
  assert.deepEqual(json?.['properties'], { b: { ...text, description: 'Says it' } });
});

it('schemas of other libraries are left to others', () => {
  assert.equal(fromZod4({ '~standard': Inner['~standard'] } as never), undefined);
});
