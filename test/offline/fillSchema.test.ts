import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { ask, fill, objectOf } from './ask.ts';

type Keywords = Record<string, unknown>;

const bounds = (name: string, max: number) =>
  fc.tuple(fc.option(fc.nat(max)), fc.option(fc.nat(max))).map(([one, other]): Keywords => {
    const min = one === null || other === null ? one : Math.min(one, other);
    const most = one === null || other === null ? other : Math.max(one, other);
    return {
      ...(min !== null && { [`min${name}`]: min }),
      ...(most !== null && { [`max${name}`]: most }),
    };
  });

const text = bounds('Length', 60).map((keywords) => ({ type: 'string', ...keywords }));
const formatted = fc
  .constantFrom('email', 'uri', 'date', 'date-time', 'time', 'uuid', 'ipv4', 'ipv6', 'duration')
  .map((format) => ({ type: 'string', format }));
const patterned = fc
  .constantFrom(
    ...['^[A-Z]{3}-\\d{4}$', '^(?:red|green|blue)+$', '^\\w+@\\w+\\.(com|org)$', '^[^0-9]{2,5}$'],
    ...['^\\+?[1-9]\\d{1,14}$', '^#[0-9a-fA-F]{6}$', 'a.c', '^(a|b(c|d)?)*x$', '^[\\w.-]+$'],
  )
  .map((pattern) => ({ type: 'string', pattern }));
const number = fc
  .tuple(
    fc.constantFrom('integer', 'number'),
    fc.option(fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 10, max: 1e5 }))),
    fc.constantFrom('imum', 'exclusive'),
    fc.option(fc.constantFrom(1, 2, 5)),
  )
  .map(([type, range, kind, multipleOf]) => {
    const [min, max] =
      kind === 'imum' ? ['minimum', 'maximum'] : ['exclusiveMinimum', 'exclusiveMaximum'];
    return {
      type,
      ...(range && { [min]: range[0], [max]: range[0] + range[1] }),
      ...(multipleOf !== null && { multipleOf }),
    };
  });
const values = fc.uniqueArray(
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  {
    minLength: 1,
    maxLength: 5,
  },
);
const leaf: fc.Arbitrary<Keywords> = fc.oneof(
  text,
  formatted,
  patterned,
  number,
  values.map((list) => ({ enum: list })),
  fc.oneof(fc.string(), fc.integer()).map((value) => ({ const: value })),
  fc.constantFrom('boolean', 'null').map((type) => ({ type })),
  fc.constantFrom('string', 'integer').map((type) => ({ type: [type, 'null'] })),
);

const names = fc.constantFrom(
  ...['id', 'name', 'title', 'roles', 'tags', 'score', 'age', 'answer', 'isDone', 'steps', 'x y'],
  ...['email', 'created_at', 'price', 'reason', 'city', 'constructor', 'setup', 'query', 'kind'],
);
const { schema: anySchema } = fc.letrec<{ schema: Keywords; object: Keywords; array: Keywords }>(
  (tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('object'),
      tie('array'),
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      fc.record({ allOf: fc.tuple(tie('object')) }),
    ),
    object: fc
      .tuple(
        fc.dictionary(names, tie('schema'), { maxKeys: 4, noNullPrototype: true }),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([properties, isRequired, isClosed]) => ({
        type: 'object',
        properties,
        ...(isRequired && { required: Object.keys(properties) }),
        ...(isClosed && { additionalProperties: false }),
      })),
    array: fc
      .tuple(tie('schema'), bounds('Items', 6))
      .map(([items, keywords]) => ({ type: 'array', items, ...keywords })),
  }),
);

const prompts = fc.constantFrom(
  'Create 5 different roles, without Poet and Pirate',
  'As a cat, answer in one sentence. Your neighbour has not replied.',
  'Which is best? Return the id.\n\n0: a\n1: b\n2: c',
  'Write 200 words about moss',
  '',
);

/** The same JSON, of objects that inherit nothing. */
function withoutPrototypes(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.assign(Object.create(null) as object, item)
      : item,
  );
}

test('any schema of the supported kind is filled with a valid value', () => {
  fc.assert(
    fc.property(anySchema, prompts, fc.nat(1000), (schema, prompt, seed) => {
      const value = fill(schema, prompt, seed);
      // Without inherited names: zod takes the `constructor` of any object for a property of that name.
      const { success, error } = z.fromJSONSchema(schema).safeParse(withoutPrototypes(value));
      assert.ok(
        success,
        `${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${error?.message}`,
      );
    }),
    { numRuns: 200 },
  );
});

test('schemas as zod writes them are filled with values that zod accepts', () => {
  const node = z.object({
    label: z.string(),
    get children() {
      return z.array(node);
    },
  });
  const schemas: Record<string, z.ZodType> = {
    object: z.object({ name: z.string(), age: z.int().min(18).max(99), email: z.email() }),
    optional: z.object({
      a: z.string().optional(),
      b: z.nullable(z.number()),
      c: z.boolean().default(true),
    }),
    union: z.union([z.string().max(5), z.number().positive(), z.array(z.boolean())]),
    discriminated: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('circle'), radius: z.number().gt(0) }),
      z.object({ kind: z.literal('square'), side: z.int().multipleOf(5) }),
    ]),
    enums: z.object({ step: z.enum(['poem', 'story', 'joke']), level: z.literal([1, 2, 3]) }),
    lists: z.array(z.object({ id: z.int(), tags: z.array(z.string()).min(1).max(3) })).length(7),
    tuple: z.tuple([z.string(), z.number(), z.boolean()]),
    record: z.record(z.string(), z.int()),
    formats: z.object({
      a: z.url(),
      b: z.uuid(),
      c: z.iso.date(),
      d: z.iso.datetime(),
      e: z.ipv4(),
    }),
    pattern: z.object({ code: z.string().regex(/^[A-Z]{2}\d{3}$/) }),
    intersection: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
    recursive: node,
    strict: z.strictObject({ a: z.string().min(3).max(4), b: z.number().min(0).max(1) }),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    for (let seed = 0; seed < 20; seed++) {
      const value = fill(z.toJSONSchema(schema), 'Make something up', seed);
      const { success, error } = schema.safeParse(value);
      assert.ok(success, `${name}: ${JSON.stringify(value)}: ${error?.message}`);
    }
  }
});

test('schemas that contradict themselves, or are no schemas, do no harm', () => {
  const schemas: Keywords[] = [
    { $ref: '#' },
    { $ref: '#/nowhere' },
    { $ref: 'https://example.com/other.json' },
    { anyOf: [{ $ref: '#' }] },
    { type: 'object', properties: { self: { $ref: '#' } }, required: ['self'] },
    { type: 'string', minLength: 5, maxLength: 2 },
    { type: 'string', pattern: '(' },
    { type: 'string', pattern: '(?=x)y\\1' },
    { type: 'integer', minimum: 5, maximum: 2 },
    { type: 'array', items: { const: 1 }, uniqueItems: true, minItems: 3 },
    { enum: [] },
    { type: 'object', properties: 7, required: 'a' },
    { anyOf: [] },
    { type: 'array', items: 3, minItems: -1 },
  ];
  for (const schema of schemas) fill(schema);
  assert.equal(typeof fill(true), 'string');
});

test('lists are as long as the prompt says', () => {
  const roles = objectOf({ roles: { type: 'array', items: { type: 'string' } } });
  const prompts: Record<string, number> = {
    'Create 5 different roles': 5,
    'Reference role list: Poet, Pirate, create 12 different roles.': 12,
    'Invent exactly seven roles': 7,
    'n = 4, invent roles': 4,
    'Make up roles': 3,
    'The roles field holds the 6 newly created role names': 6,
    'Write 100 words. Create 2 roles': 2,
  };
  for (const [prompt, count] of Object.entries(prompts)) {
    assert.equal(fill(roles, prompt).roles.length, count, prompt);
  }
  const two = objectOf({
    cats: { type: 'array', items: { type: 'string' } },
    dogs: { type: 'array', items: { type: 'string' } },
  });
  const { cats, dogs } = fill(two, 'Name 4 cats and 2 dogs');
  assert.deepEqual([cats.length, dogs.length], [4, 2]);
  const bounded = objectOf({ roles: { type: 'array', items: { type: 'string' }, maxItems: 3 } });
  assert.equal(fill(bounded, 'Create 5 roles').roles.length, 3);
});

test('roles are names that differ from each other and from those in the prompt', () => {
  const roles = objectOf({ roles: { type: 'array', items: { type: 'string' } } });
  const prompt = 'Roles that are taken: Poet, Pirate, Patient Gardener. Create 20 different roles.';
  for (let seed = 0; seed < 20; seed++) {
    const names: string[] = fill(roles, prompt, seed).roles;
    assert.equal(new Set(names).size, 20);
    for (const name of names) {
      assert.match(name, /^\p{Lu}[\w-]+( [\w-]+)+$/u);
      assert.doesNotMatch(name, /\b(?:Poet|Pirate|Patient|Gardener)\b/);
    }
  }
});

test('a list of any length takes no longer an item than a short one', () => {
  const schema = objectOf({ roles: { type: 'array', items: { type: 'string' } } });
  const before = process.cpuUsage();
  assert.equal(fill(schema, 'create 20000 different roles').roles.length, 20_000);
  // Time of the processor, which others' work does not count for; looking back at all took half a minute.
  assert.ok(process.cpuUsage(before).user < 10_000_000);
});

test('an id is one of those that the prompt lists', () => {
  const id = objectOf({ id: { type: 'integer' } });
  const lists: Record<string, readonly [number, number]> = {
    'Which of these 3 numbered answers is best, first is 0? Return its id.\n0: a\n1: b\n2: c': [
      0, 2,
    ],
    'Pick the best id.\n1. one\n2. two\n3. three\n4. four': [1, 4],
    'Pick the best.\n[10] ten\n[11] eleven': [10, 11],
    'The first corresponds to ID 0. Here they are:\n\none\n\ntwo\n\nthree with\ntwo lines': [0, 2],
    'Return the best index of ["a", "b", "c"], starting at 0': [0, 2],
    'Choose the id of the best:\n- a\n- b': [0, 1],
    'The first has id 1. Choose:\n- a\n- b\n- c': [1, 3],
  };
  for (const [prompt, [min, max]] of Object.entries(lists)) {
    const seen = new Set<number>();
    for (let seed = 0; seed < 60; seed++) seen.add(fill(id, prompt, seed).id);
    assert.deepEqual([Math.min(...seen), Math.max(...seen)], [min, max], prompt);
    assert.equal(seen.size, max - min + 1, prompt);
  }
});

test('names and descriptions decide what stands in a field', () => {
  const string = { type: 'string' };
  const value = fill(
    objectOf({
      email: string,
      website: string,
      date: string,
      city: string,
      favourite_color: string,
      title: string,
      summary: string,
      percent: { type: 'integer' },
      year: { type: 'integer' },
      score: { type: 'number', description: 'from 3 to 4' },
      isDone: { type: 'boolean' },
    }),
    'Plan a trip to Valparaíso',
  );
  assert.match(value.email, /^[a-z.]+@example\.com$/);
  assert.match(value.website, /^https:\/\/example\.com\//);
  assert.match(value.date, /^\d{4}-\d\d-\d\d$/);
  assert.equal(value.city, 'Valparaíso');
  assert.match(value.favourite_color, /^[a-z]+$/);
  assert.ok(value.title.length < 60);
  assert.match(value.summary, /^\p{Lu}.*\.$/su);
  assert.ok(value.percent >= 5 && value.percent <= 95);
  assert.ok(value.year > 1950 && value.year < 2030);
  assert.ok(value.score >= 3 && value.score <= 4);
  assert.equal(typeof value.isDone, 'boolean');
});

test('a choice follows the prompt where it says one', () => {
  const step = objectOf({ step: { enum: ['poem', 'story', 'joke'] } });
  for (let seed = 0; seed < 20; seed++) {
    assert.equal(fill(step, 'Write me a joke about cats', seed).step, 'joke');
  }
  const mood = objectOf({ mood: { enum: ['negative', 'neutral', 'positive'] } });
  assert.equal(fill(mood, 'I love this kettle').mood, 'positive');
  assert.equal(fill(mood, 'A terrible kettle').mood, 'negative');
});

test('JSON without a schema has the fields that the prompt names', () => {
  const prompts: Record<string, readonly string[]> = {
    'Return in JSON format with a response field': ['response'],
    'Answer in JSON with a field "id"; the first has id 0': ['id'],
    'JSON with the keys name, age and tags': ['name', 'age', 'tags'],
    'Give JSON like {"city": "Paris", "visits": 3}': ['city', 'visits'],
    'It must fit this JSON Schema:\n{"type":"object","properties":{"a":{"type":"integer"}}}': ['a'],
    'Something in JSON': ['answer'],
  };
  for (const [prompt, fields] of Object.entries(prompts)) {
    assert.deepEqual(Object.keys(json(prompt)), fields, prompt);
  }
  assert.equal(typeof json('JSON with an id field').id, 'number');
  assert.equal(json('Create 4 names. Return JSON with a names field').names.length, 4);
});

function json(prompt: string): any {
  return JSON.parse(ask(prompt, { response_format: { type: 'json_object' } }).text);
}
