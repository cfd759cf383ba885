import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { readSchema } from '../../../src/openai/structured/readSchema.ts';
import { toStrictSchema, withoutNulls } from '../../../src/openai/structured/strictSchema.ts';

const text = { type: 'string' };
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
});

describe('toStrictSchema()', () => {
  it('closes objects, wherever they are, and requires all their keys', () => {
    const inner = object({ b: text }, ['b']);
    const schema = {
      ...object({ a: inner, list: { type: 'array', items: inner } }, ['a', 'list']),
    };
    const closed = { ...inner, additionalProperties: false };
    assert.deepEqual(toStrictSchema(schema), {
      ...object({ a: closed, list: { type: 'array', items: closed } }, ['a', 'list']),
      additionalProperties: false,
    });
  });

  it('lets what may be missing be null', () => {
    const schema = object({
      text: { ...text, description: 'Says it' },
      choice: { enum: ['a', 'b'], description: 'One of them' },
      ref: { $ref: '#/$defs/x', description: 'Servers allow none here' },
      open: { anyOf: [text, { type: 'null' }] },
    });
    assert.deepEqual(toStrictSchema(schema)?.['properties'], {
      text: { type: ['string', 'null'], description: 'Says it' },
      choice: {
        anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }],
        description: 'One of them',
      },
      ref: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'null' }] },
      open: { anyOf: [text, { type: 'null' }] },
    });
  });

  it('leaves out what servers do not know and the answer is held against anyway', () => {
    const schema = z.object({ a: z.string().min(2).max(3).regex(/x/), b: z.email(), c: z.int() });
    assert.deepEqual(toStrictSchema(readSchema(schema).json)?.['properties'], {
      a: { type: 'string' },
      b: { type: 'string', format: 'email' },
      c: { type: 'integer' },
    });
  });

  it('keeps the bounds that servers know', () => {
    const schema = z.object({ a: z.number().min(1).max(5), b: z.array(z.string()).min(5).max(5) });
    assert.deepEqual(toStrictSchema(readSchema(schema).json)?.['properties'], {
      a: { type: 'number', minimum: 1, maximum: 5 },
      b: { type: 'array', items: { type: 'string' }, minItems: 5, maxItems: 5 },
    });
  });

  for (const [what, schema] of [
    ['free keys', z.object({ a: z.record(z.string(), z.number()) })],
    ['tuples', z.object({ a: z.tuple([z.string(), z.number()]) })],
    ['intersections', object({ a: { allOf: [text, { minLength: 1 }] } })],
    ['anything', z.object({ a: z.unknown() })],
    ['lists of anything', z.object({ a: z.array(z.any()) })],
  ] as const) {
    it(`gives up on ${what}`, () => {
      assert.equal(toStrictSchema(readSchema(schema).json), undefined);
    });
  }
});

describe('withoutNulls()', () => {
  const Inner = z.object({ c: z.string().optional(), d: z.string().nullable().optional() });
  const Shape = z.object({
    a: z.string().optional(),
    b: z.string().nullable(),
    list: z.array(Inner),
    either: z.union([Inner, z.string()]),
  });

  it('takes out what stands in for missing keys, and leaves what may be null', () => {
    const inner = { c: null, d: null };
    const value = { a: null, b: null, list: [inner, inner], either: inner };
    assert.deepEqual(withoutNulls(value, readSchema(Shape).json), {
      b: null,
      list: [{ d: null }, { d: null }],
      either: { d: null },
    });
  });

  it('follows references, and leaves what the schema does not know', () => {
    const Tree = z.object({
      name: z.string().optional(),
      get next() {
        return z.array(Tree);
      },
    });
    const value = { name: null, other: null, next: [{ name: null, next: [] }] };
    assert.deepEqual(withoutNulls(value, readSchema(Tree).json), {
      other: null,
      next: [{ next: [] }],
    });
    assert.equal(withoutNulls(7, readSchema(Tree).json), 7);
  });
});
