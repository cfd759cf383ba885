import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findGraphs } from '../../src/loader/source/findGraphs.ts';
import { createFolder } from './support.ts';
import type { SourceRange, StaticGraph } from '../../src/loader/source/staticGraph.ts';

const IMPORT = `import { StateGraph, START, END, entrypoint } from 'superstep';\n`;

function find(source: string, fileName = 'x.graph.ts'): readonly StaticGraph[] {
  return findGraphs(source, fileName).graphs;
}

function one(source: string, fileName?: string): StaticGraph {
  const [graph, ...others] = find(source, fileName);
  assert.ok(graph, 'no graph found');
  assert.deepEqual(others, []);
  return graph;
}

/** `a->b` for a plain edge and `a~>b` for a conditional one. */
function edges(graph: StaticGraph): string {
  return graph.edges
    .map(({ source, target, conditional }) => `${source}${conditional ? '~>' : '->'}${target}`)
    .join(' ');
}

function nodes(graph: StaticGraph): string {
  return graph.nodes.map(({ name }) => name).join(' ');
}

/** The text that a range covers. */
function cut(
  source: string,
  { line1, column1, endLine1, endColumn1 }: StaticGraph['range'],
): string {
  const lines = source.split('\n').slice(line1 - 1, endLine1);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, endColumn1 - 1);
  lines[0] = (lines[0] ?? '').slice(column1 - 1);
  return lines.join('\n');
}

describe('findGraphs() reads builders', () => {
  it('as one chain that is exported', () => {
    const source = `${IMPORT}
export const graph = new StateGraph(State)
  .addNode('a', a)
  .addNode("b", async () => ({}))
  .addEdge(START, 'a')
  .addEdge('a', \`b\`)
  .addEdge('b', END)
  .compile({ name: 'my graph' });
`;
    const graph = one(source);
    assert.equal(graph.exportName, 'graph');
    assert.equal(graph.localName, 'graph');
    assert.equal(graph.kind, 'graph');
    assert.equal(graph.name, 'my graph');
    assert.equal(graph.compiled, true);
    assert.equal(nodes(graph), 'a b');
    assert.equal(edges(graph), '__start__->a a->b b->__end__');
    assert.ok(cut(source, graph.range).startsWith('export const graph = new StateGraph'));
    assert.equal(cut(source, graph.nodes[1]!.range), '"b"');
    assert.equal(cut(source, graph.nodes[1]!.definition!), '"b", async () => ({})');
  });

  it('as statements, with lenses at the statement that creates the builder', () => {
    const source = `${IMPORT}
const builder = new StateGraph(State);
builder.addNode('a', a);
builder.addEdge(START, 'a').addEdge('a', END);
export const graph = builder.compile();
`;
    const graph = one(source);
    assert.equal(graph.exportName, 'graph');
    assert.equal(edges(graph), '__start__->a a->__end__');
    assert.equal(cut(source, graph.range), 'const builder = new StateGraph(State);');
  });

  it('with nodes in records, in lists and in sequences', () => {
    const graph = one(`${IMPORT}
export const graph = new StateGraph(State)
  .addNode({ a, 'b-1': () => {}, c() {} })
  .addNode([['d', d], ['e', e, { ends: ['a', END] }]])
  .addSequence([['f', f], ['g', g], ['h', h]])
  .addSequence({ i, j })
  .compile();`);
    assert.equal(nodes(graph), 'a b-1 c d e f g h i j');
    assert.equal(edges(graph), 'f->g g->h i->j e~>a e~>__end__');
  });

  it('with barriers and with routers of every form', () => {
    const graph = one(`${IMPORT}
const targets = { yes: 'a', no: END };
export const graph = new StateGraph(State)
  .addNode('a', a)
  .addNode('b', b)
  .addEdge(['a', 'b'], 'c')
  .addConditionalEdges(START, pick, ['a', 'b'])
  .addConditionalEdges('a', pick, targets)
  .addConditionalEdges({ source: 'b', path: pick, pathMap: { again: 'b' } })
  .compile();`);
    assert.equal(edges(graph), 'a->c b->c __start__~>a __start__~>b a~>a a~>__end__ b~>b');
  });

  it('with a router without path map that may go anywhere else', () => {
    const graph = one(`${IMPORT}
export const graph = new StateGraph(S).addNode({ a, b }).addConditionalEdges('a', pick).compile();`);
    assert.equal(edges(graph), 'a~>b a~>__end__');
  });

  it('with names from constants, enums, records and joined texts', () => {
    const graph = one(`${IMPORT}
const A = 'a';
enum Name { B = 'b' }
const NAMES = { c: 'c', list: ['d'] } as const;
export const graph = new StateGraph(S)
  .addNode(A, a).addNode(Name.B, b).addNode(NAMES.c, c).addNode(NAMES.list[0], d)
  .addNode(A + '-' + Name.B, e).addNode(\`\${A}!\`, f).addNode(unknown, g)
  .compile();`);
    assert.equal(nodes(graph), 'a b c d a-b a!');
  });

  it('without giving up at a method, node name or wrapper it does not know', () => {
    const graph = one(`${IMPORT}
export const graph = (new StateGraph(S) as any)
  .addNode(...nodes)
  .someday('x')!
  .addNode('a', a)
  .compile()
  .withConfig({ tags: [] }) satisfies Runnable;`);
    assert.equal(nodes(graph), 'a');
    assert.equal(graph.exportName, 'graph');
  });

  it('that are never compiled, as such', () => {
    const graph = one(`${IMPORT}export const builder = new StateGraph(S).addNode('a', a);`);
    assert.equal(graph.compiled, false);
    assert.equal(graph.exportName, 'builder');
  });

  it('in functions, called or not, and under each name that a call is exported as', () => {
    const graphs = find(`${IMPORT}
export const first = make('x');
function make(name: string) {
  const builder = new StateGraph(S).addNode('a', () => later);
  return builder.compile({ name });
}
export const second = make('y');
const later = 1;
test('unused', () => { const inner = new StateGraph(S).addNode('t', t).compile(); });
`);
    assert.deepEqual(
      graphs.map(({ exportName, localName }) => [exportName, localName]),
      [
        ['first', 'first'],
        ['second', 'second'],
        [undefined, 'inner'],
      ],
    );
    assert.deepEqual(
      graphs.map(({ range }) => range.line1),
      [3, 8, 10],
    );
  });

  it('of a function that calls itself', () => {
    const source = `${IMPORT}function f() { return f() ?? new StateGraph(S).compile(); } export const g = f();`;
    assert.equal(one(source).exportName, 'g');
  });
});

describe('findGraphs() follows names', () => {
  for (const [how, source] of Object.entries({
    'a renamed import': `import { StateGraph as SG, END as Z } from 'superstep';
export const g = new SG(S).addNode('a', a).addEdge('a', Z).compile();`,
    'an import of LangGraph': `import { StateGraph, END } from '@langchain/langgraph';
export const g = new StateGraph(S).addNode('a', a).addEdge('a', END).compile();`,
    'a namespace import': `import * as lg from '@langchain/langgraph/web';
export const g = new lg.StateGraph(S).addNode('a', a).addEdge('a', lg.END).compile();`,
    'a local module that passes it on': `import { StateGraph, END } from './engine.ts';
export const g = new StateGraph(S).addNode('a', a).addEdge('a', END).compile();`,
    'a dynamic import': `const { StateGraph: G, END: Z } = await import('superstep');
export const g = new G(S).addNode('a', a).addEdge('a', Z).compile();`,
    require: `const lg = require('superstep'); const { StateGraph, END } = lg;
exports.g = new StateGraph(S).addNode('a', a).addEdge('a', END).compile();`,
    'import equals': `import lg = require('superstep');
export const g = new lg.StateGraph(S).addNode('a', a).addEdge('a', lg.END).compile();`,
    'a name that is not imported yet': `
export const g = new StateGraph(S).addNode('a', a).addEdge('a', END).compile();`,
  })) {
    it(`of ${how}`, () => {
      const graph = one(source);
      assert.equal(graph.exportName, 'g');
      assert.equal(edges(graph), 'a->__end__');
    });
  }

  it('but leaves the StateGraph of others alone', () => {
    assert.deepEqual(
      find(`import { StateGraph } from 'chess'; export const g = new StateGraph();`),
      [],
    );
    assert.deepEqual(find(`class StateGraph {} export const g = new StateGraph();`), []);
    assert.deepEqual(find(`function f(StateGraph) { return new StateGraph(); }`), []);
    assert.deepEqual(find(`import type { StateGraph } from 'superstep'; let x: StateGraph;`), []);
  });

  it('of exports in every form', () => {
    const make = `const g = new StateGraph(S).compile();`;
    for (const [source, exportName] of [
      [`export default new StateGraph(S).compile();`, 'default'],
      [`${make} export default g;`, 'default'],
      [`export { g as y }; ${make}`, 'y'],
      [`${make} export { g as default };`, 'default'],
      [`${make} export { g as 'my graph' };`, 'my graph'],
      [`export let g; g = new StateGraph(S).compile();`, 'g'],
      [`${make} export { g as default, g as named };`, 'named'],
      [`module.exports = new StateGraph(S).compile();`, 'default'],
      [`${make} module.exports = { x: 1, y: g };`, 'y'],
      [`module.exports.z = new StateGraph(S).compile();`, 'z'],
      [`exports.z = new StateGraph(S).compile();`, 'z'],
      [`${make} export = g;`, 'default'],
      [
        `export const { graph } = make(); function make() { return { graph: new StateGraph(S).compile() }; }`,
        'graph',
      ],
      [`${make} export * from './other';`, undefined],
      [`${make} export { g as q } from './other';`, undefined],
    ] as const) {
      assert.equal(one(IMPORT + source).exportName, exportName, source);
    }
  });

  it('of two graphs in one declaration, each at its own place', () => {
    const [a, b] = find(
      `${IMPORT}export const a = new StateGraph(S).compile(), b = new StateGraph(S).compile();`,
    );
    assert.deepEqual([a?.exportName, b?.exportName], ['a', 'b']);
    assert.notDeepEqual(a?.range, b?.range);
  });

  it('of subgraphs', () => {
    const graphs = find(`${IMPORT}
const inner = new StateGraph(S).addNode('x', x).compile();
const other = new StateGraph(S).addNode('y', y);
export const outer = new StateGraph(S)
  .addNode('one', inner)
  .addNode('two', other.compile())
  .addNode({ three: inner })
  .compile();`);
    assert.deepEqual(
      graphs.map(({ localName }) => localName),
      ['inner', 'other', 'outer'],
    );
    assert.deepEqual(
      graphs[2]?.nodes.map(({ name, subgraph }) => [name, subgraph]),
      [
        ['one', 'inner'],
        ['two', 'other'],
        ['three', 'inner'],
      ],
    );
  });

  it('of entrypoints', () => {
    const graphs = find(`${IMPORT}
export const plain = entrypoint('flow', async () => 1);
export const named = entrypoint({ name: 'other', checkpointer }, async () => 1);`);
    assert.deepEqual(
      graphs.map(({ exportName, name, kind, compiled }) => [exportName, name, kind, compiled]),
      [
        ['plain', 'flow', 'entrypoint', true],
        ['named', 'other', 'entrypoint', true],
      ],
    );
  });
});

describe('findGraphs() understands', () => {
  for (const [fileName, source] of Object.entries({
    'a.ts': `const x = <any>1; @dec class C { constructor(@p private a: string) {} static { f(); } }
using y = open(); const z = { async *[Symbol.iterator]() {} };`,
    'a.tsx': `const x = <div>{list.map((i) => <b key={i}>{'{'}</b>)}</div>;`,
    'a.mts': `const data = await import('./x.json', { with: { type: 'json' } }); enum E { A }`,
    'a.cts': `import fs = require('node:fs'); namespace N { export const a = 1; }`,
    'a.js': `const x = <div/>;`,
    'a.mjs': `await 1; label: for (;;) break label;`,
    'a.cjs': `'use strict'; if (x) return; require('x');`,
    'b.ts': `#!/usr/bin/env node\nabstract class A<const T> extends B { declare a: T; accessor b = 1; override c?(): void }`,
    'c.ts': `\uFEFFexport type X = typeof import('./a'); declare module 'm' { const q: number; }`,
  })) {
    it(`what may stand in ${fileName}: ${source.slice(0, 40)}`, () => {
      const code = source.replace(/^(\uFEFF|#!.*)?/, (start) => `${start}\n${IMPORT}`);
      const found = findGraphs(`${code}\nexport const g = new StateGraph(S).compile();`, fileName);
      assert.deepEqual(found.problems, []);
      assert.equal(found.graphs[0]?.exportName, 'g');
      assert.equal(found.complete, true);
    });
  }

  it('chains of any length', () => {
    const count = 5000;
    const calls = Array.from(
      { length: count },
      (_, i) => `.addNode('n${i}', f).addEdge(START, 'n${i}')`,
    );
    const graph = one(`${IMPORT}export const g = new StateGraph(S)${calls.join('\n')}.compile();`);
    assert.equal(graph.nodes.length, count);
    assert.equal(graph.edges.length, count);
  });

  it('what it can of code nested too deep for the stack', () => {
    for (const deep of [
      '('.repeat(1e5),
      '['.repeat(1e5),
      `${'-('.repeat(1e4)}1${')'.repeat(1e4)}`,
    ]) {
      const found = findGraphs(
        `${IMPORT}export const g = new StateGraph(S).compile();\nf(${deep}`,
        'x.ts',
      );
      assert.equal(found.graphs[0]?.exportName, 'g');
    }
  });
});

describe('findGraphs() on broken text', () => {
  const source = `${IMPORT}
export const first = new StateGraph(S)
  .addNode('a', a)
  .addNode('b',
  .addEdge(START, 'a')
  .compile();

function half(x {

export const second = new StateGraph(S).addNode('c', c).compile();
`;

  it('finds the graphs, without the broken lines', () => {
    const { graphs, problems, complete } = findGraphs(source, 'x.graph.ts');
    assert.deepEqual(
      graphs.map((graph) => [graph.exportName, nodes(graph), graph.compiled, graph.range.line1]),
      [
        ['first', 'a', true, 3],
        ['second', 'c', true, 11],
      ],
    );
    assert.equal(complete, false);
    assert.ok(problems.length >= 2);
    assert.deepEqual(problems[0]?.range?.line1, 6);
  });

  it('reports errors that do not stop the parser, at their place', () => {
    const { problems, complete } = findGraphs(`const a = 1;\n  const a = 2;`, 'x.ts');
    assert.equal(complete, true);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.range?.line1, 2);
    assert.equal(problems[0].range.column1, 9);
  });

  it('takes text that is no program at all', () => {
    for (const text of [
      '',
      '\0\0\0',
      '{',
      '`',
      '/*',
      '"',
      '<<<<<<< HEAD',
      '\u2028}',
      '}{)(',
      '\ud800',
    ]) {
      for (const extension of ['ts', 'tsx', 'cjs', 'txt', '']) {
        assert.deepEqual(findGraphs(text, `x.${extension}`).graphs, []);
      }
    }
  });
});

describe('findGraphs() on every prefix of a file', () => {
  const folder = join(import.meta.dirname, '../fixtures/loader/parser');
  for (const name of readdirSync(folder)) {
    it(`${name} keeps the graphs whose definition is complete`, () => {
      const source = readFileSync(join(folder, name), 'utf8');
      const whole = findGraphs(source, name);
      assert.equal(whole.complete, true);
      assert.ok(whole.graphs.length > 0);
      const lineStarts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
      const endOf = ({ range }: { range: SourceRange }) =>
        (lineStarts[range.endLine1 - 1] ?? 0) + range.endColumn1 - 1;
      // What a function makes is called before it is defined, perhaps.
      const lineEndOf = ({ range }: { range: SourceRange }) =>
        lineStarts[range.endLine1] ?? source.length;
      const ends = whole.graphs.map((graph) =>
        Math.max(endOf(graph), ...graph.nodes.map(lineEndOf)),
      );
      for (let length = 0; length <= source.length; length++) {
        const found = findGraphs(source.slice(0, length), name).graphs;
        const expected = whole.graphs.filter((_, i) => (ends[i] ?? 0) <= length);
        for (const { range, nodes } of expected) {
          const isSame = (graph: StaticGraph) =>
            graph.range.line1 === range.line1 ||
            (nodes[0] && graph.nodes[0]?.range.line1 === nodes[0].range.line1);
          assert.ok(
            found.some(isSame),
            `the graph of line ${range.line1} is lost at length ${length}`,
          );
        }
      }
    });
  }
});

describe('findGraphs() finds what exported functions make', () => {
  const make = `new StateGraph(S).addNode('a', a).addEdge(START, 'a')`;
  const factories = (source: string) =>
    find(`${IMPORT}${source}`).map(({ exportName, isFactory, nodes: { length } }) =>
      [exportName, isFactory ? 'factory' : 'graph', length].join(' '),
    );
  const cases: [source: string, expected: string[]][] = [
    [`export function make() { return ${make}.compile(); }`, ['make factory 1']],
    [`export const make = async (config) => ${make}.compile();`, ['make factory 1']],
    [
      `export default async function ({ configurable }) { const g = ${make}; return g.compile(); }`,
      ['default factory 1'],
    ],
    [`export const make = (runtime, more = 1) => ${make};`, ['make factory 1']],
    [
      `function make() { return ${make}.compile(); }\nexport { make as built };`,
      ['built factory 1'],
    ],
    [
      `export function make() { return ${make}.compile(); }\nexport const g = make();`,
      ['g graph 1'],
    ],
    [`export const make = (model) => ${make}.compile();`, [' graph 1']],
    [`export const make = (config, tools) => ${make}.compile();`, [' graph 1']],
  ];
  for (const [source, expected] of cases) {
    it(`such as ${source}`, () => assert.deepEqual(factories(source), expected));
  }
});

describe('findGraphs() finds agents', () => {
  it('of LangGraph and LangChain, by the packages that they come from', () => {
    const source = `import { createReactAgent as react } from '@langchain/langgraph/prebuilt';
import { createAgent } from 'langchain';
import { createDeepAgent } from 'deepagents';
import { createSupervisor } from '@langchain/langgraph-supervisor';
import { createAgent as own } from './agents';
export const a = react({ llm, name: 'first' });
export const b = createAgent({});
export const c = createDeepAgent();
export const d = createSupervisor({}).compile({ name: 'fourth' });
export const e = own();
export const f = () => createAgent({});
`;
    const found = find(source, 'agent.ts').map(
      ({ exportName, name = '' }) => `${exportName} ${name}`,
    );
    assert.deepEqual(found, ['a first', 'b ', 'c ', 'd fourth', 'f ']);
  });
});

it('findGraphs() takes names of nodes from files beside', async () => {
  const folder = await createFolder();
  await mkdir(folder);
  await writeFile(
    join(folder, 'names.ts'),
    `export { DRAFT } from './more.js';\nexport const NODES = { review: 'review' } as const;\nexport enum Other { Last = 'last' }\n`,
  );
  await writeFile(join(folder, 'more.ts'), `import './names';\nexport const DRAFT = 'draft';\n`);
  const source = `${IMPORT}import { DRAFT, NODES, Other } from './names';
import * as all from './names.js';
import { GONE } from './gone';
export const graph = new StateGraph(S)
  .addNode(DRAFT, draft)
  .addNode(NODES.review, review)
  .addNode([[Other.Last, last]])
  .addNode(GONE, gone)
  .addEdge(START, all.DRAFT)
  .addConditionalEdges(DRAFT, route, [NODES.review, Other.Last])
  .compile();`;
  const graph = one(source, join(folder, 'agent.ts'));
  assert.equal(nodes(graph), 'draft review last');
  assert.equal(edges(graph), '__start__->draft draft~>review draft~>last');
});
