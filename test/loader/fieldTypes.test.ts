import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InputField } from '../../src/engine/model/graphHandle.ts';
import { withSourceTypes } from '../../src/loader/source/fieldTypes.ts';

const IMPORT = `import { Annotation, END, START, StateGraph } from 'superstep';\n`;

/** `key: type`, with `!` behind a key that is asked for. */
function known(source: string, fields: readonly InputField[], exportName = 'g'): string[] {
  const file = 'x.graph.ts';
  return withSourceTypes(fields, { source: IMPORT + source, file, exportName }).map(
    ({ key, type, required }) => `${key}${required ? '!' : ''}: ${type}`,
  );
}

function open(...keys: string[]): InputField[] {
  return keys.map((key) => ({ key, type: 'any', required: false }));
}

const types: [text: string, type: string, optional?: true][] = [
  ['string', 'string'],
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['string | undefined', 'string', true],
  ['(string | undefined)', 'string', true],
  ['string[]', 'string[]'],
  ['readonly string[]', 'string[]'],
  ['Array<number>', 'number[]'],
  ['ReadonlyArray<boolean>', 'boolean[]'],
  ['string[][]', 'string[][]'],
  [`'kind' | "curt"`, '"kind" | "curt"'],
  [`'kind' | 'curt' | undefined`, '"kind" | "curt"', true],
  [`('a' | 'b')[]`, '("a" | "b")[]'],
  ['1 | -2', '1 | -2'],
  ['true', 'true'],
  ['Customer', 'any'],
  ['Customer[]', 'any[]'],
  ['string | null', 'any'],
  ['string | Customer', 'any'],
  ['Customer | undefined', 'any', true],
  ['Record<string, number>', 'any'],
  ['any', 'any', true],
  ['unknown', 'any', true],
  ['undefined', 'any', true],
];

describe('withSourceTypes()', () => {
  for (const [text, type, optional] of types) {
    it(`reads Annotation<${text}>()`, () => {
      const source = `
const State = Annotation.Root({ a: Annotation<${text}>() });
export const g = new StateGraph(State).addNode('n', ({ a }) => {}).compile();`;
      assert.deepEqual(known(source, open('a')), [`a${optional ? '' : '!'}: ${type}`]);
    });
  }

  const forms: [what: string, text: string][] = [
    [
      'with options',
      'const S = Annotation.Root({ a: Annotation<string>({ reducer: (x, y) => y }) });',
    ],
    ['without a call', 'const S = Annotation.Root({ a: Annotation<string> });'],
    [
      'spread from another state',
      'const T = Annotation.Root({ a: Annotation<string>() }); const S = Annotation.Root({ ...T.spec });',
    ],
    ['in a constant', 'const a = Annotation<string>(); const S = Annotation.Root({ a });'],
    [
      'of a namespace',
      `import * as lib from 'superstep'; const S = lib.Annotation.Root({ a: lib.Annotation<string>() });`,
    ],
  ];
  for (const [what, text] of forms) {
    it(`reads a key that is written ${what}`, () => {
      const source = `${text}
export const g = new StateGraph(S).addNode('n', (state) => state.a.trim()).compile();`;
      assert.deepEqual(known(source, open('a')), ['a!: string']);
    });
  }

  it('does not ask for a key that a node writes, nor for one that nobody reads', () => {
    const source = `
const State = Annotation.Root({
  topic: Annotation<string>(), joke: Annotation<string>(), spare: Annotation<string>(),
});
export const g = new StateGraph(State)
  .addNode('write', async ({ topic }) => ({ joke: 'of ' + topic }))
  .addNode('check', (state) => { console.log(state.joke); })
  .compile();`;
    assert.deepEqual(known(source, open('topic', 'joke', 'spare')), [
      'topic!: string',
      'joke: string',
      'spare: string',
    ]);
  });

  it('asks for each key of an input schema, whoever else writes it', () => {
    const state = `
const In = Annotation.Root({ a: Annotation<number>(), b: Annotation<number | undefined>() });
const State = Annotation.Root({ ...In.spec, c: Annotation<string>() });`;
    for (const made of [
      'new StateGraph(State, { input: In })',
      'new StateGraph({ state: State, input: In })',
    ]) {
      const source = `${state}
export const g = ${made}.addNode('n', () => ({ a: 1 })).compile();`;
      assert.deepEqual(known(source, open('a', 'b')), ['a!: number', 'b: number']);
    }
  });

  it('keeps what the graph itself tells, and asks for no key with a default', () => {
    const source = `
const State = Annotation.Root({ a: Annotation<string>(), b: Annotation<string>() });
export const g = new StateGraph(State).addNode('n', ({ a, b }) => {}).compile();`;
    const fields: InputField[] = [
      { key: 'a', type: 'number', required: true },
      { key: 'b', type: 'any', required: false, default: 'x' },
      { key: 'c', type: 'any', required: true },
    ];
    assert.deepEqual(known(source, fields), ['a!: number', 'b: string', 'c!: any']);
  });

  it('leaves what it cannot read as it is', () => {
    for (const source of [
      `import { State } from './state.ts'; export const g = new StateGraph(State).compile();`,
      `export const other = new StateGraph(Annotation.Root({ a: Annotation<string>() })).compile();`,
      'export const g = (',
    ]) {
      assert.deepEqual(known(source, open('a')), ['a: any']);
    }
  });

  it('reads a state that a function declares', () => {
    const source = `
function make() {
  const State = Annotation.Root({ a: Annotation<string>() });
  return new StateGraph(State).addNode('n', ({ a }) => {}).compile();
}
export const g = make();`;
    assert.deepEqual(known(source, open('a')), ['a!: string']);
  });
});
