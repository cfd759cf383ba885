import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as z from 'zod/v3';
import { readSchema } from '../../../src/openai/structured/readSchema.ts';

const text = { type: 'string' };
const inner = { type: 'object', properties: { b: text }, required: ['b'] };
const Inner = z.object({ b: z.string() });

for (const [what, schema, json] of [
  ['texts', z.string().min(1).max(9), { ...text, minLength: 1, maxLength: 9 }],
  ['descriptions', z.string().describe('Says it'), { ...text, description: 'Says it' }],
  ['numbers', z.number().min(0).lt(9), { type: 'number', minimum: 0, exclusiveMaximum: 9 }],
  ['whole numbers', z.number().int(), { type: 'integer' }],
  ['yes and no', z.boolean(), { type: 'boolean' }],
  ['null', z.null(), { type: 'null' }],
  ['literals', z.literal('a'), { const: 'a' }],
  ['choices', z.enum(['a', 'b']), { enum: ['a', 'b'] }],
  ['enums of TypeScript', z.nativeEnum({ Up: 0, 0: 'Up', Down: 'd' } as const), { enum: [0, 'd'] }],
  [
    'lists',
    z.array(z.string()).min(1).max(2),
    { type: 'array', items: text, minItems: 1, maxItems: 2 },
  ],
  ['tuples', z.tuple([z.string()]), { type: 'array', prefixItems: [text], items: false }],
  ['records', z.record(z.string()), { type: 'object', additionalProperties: text }],
  [
    'objects',
    z.object({ a: Inner, o: z.string().optional(), d: z.string().default('x') }),
    { type: 'object', properties: { a: inner, o: text, d: text }, required: ['a'] },
  ],
  ['unions', z.union([z.string(), Inner]), { anyOf: [text, inner] }],
  [
    'unions by a key',
    z.discriminatedUnion('k', [z.object({ k: z.literal('a') })]),
    { anyOf: [{ type: 'object', properties: { k: { const: 'a' } }, required: ['k'] }] },
  ],
  ['intersections', z.intersection(Inner, Inner), { allOf: [inner, inner] }],
  ['nullable', z.string().nullable(), { anyOf: [text, { type: 'null' }] }],
  ['refinements and transforms', z.string().refine(Boolean).transform(Number), text],
  ['pipelines', z.string().pipe(z.any()), text],
  ['brands', z.string().brand('x').readonly(), text],
  ['what JSON does not know', z.date(), {}],
] as const) {
  it(`a schema of zod 3 gives a JSON Schema for ${what}`, () => {
    assert.deepEqual(readSchema(schema).json, json);
  });
}
