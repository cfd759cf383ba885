import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  Annotation,
  Command,
  END,
  START,
  StateGraph,
  type DrawableGraph,
} from '../../src/engine/index.ts';
import { assertGolden } from '../golden.ts';

const State = Annotation.Root({ n: Annotation<number>() });
const pass = () => {};
const create = () => new StateGraph(State) as any;

/** A chain of nodes, as a builder. */
function chain(...names: string[]) {
  const graph = create();
  for (const name of names) graph.addNode(name, pass);
  names.forEach((name, i) => graph.addEdge(i === 0 ? START : names[i - 1], name));
  return graph;
}

/** The lines with edges and blocks. */
const structure = (graph: DrawableGraph) =>
  graph
    .drawMermaid({ withStyles: false })
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());

const golden = (name: string, graph: DrawableGraph) =>
  assertGolden(`engine/${name}`, graph.drawMermaid().replace(/\n$/, '').split('\n'));

/** The two subgraphs of the tutorial, and the parent around them. */
function tutorial() {
  const doge = chain('generate_response', 'pick_best').addEdge('pick_best', END).compile();
  const react = chain('generate_roles', 'divergent_thinking')
    .addEdge('divergent_thinking', END)
    .compile();
  const key = Annotation.Root({ best_response: Annotation<string>() });
  return new StateGraph(key)
    .addNode('doge_graph', doge)
    .addNode('react_graph', react)
    .addNode('best_response', pass)
    .addEdge(START, 'doge_graph')
    .addEdge(START, 'react_graph')
    .addEdge(['doge_graph', 'react_graph'], 'best_response')
    .addEdge('best_response', END)
    .compile();
}

/** What Mermaid makes of a text: its parser runs without a browser, the cleaning of HTML does not. */
interface Parsed {
  readonly vertices: ReadonlyMap<string, { text?: string; classes: string[] }>;
  readonly edges: readonly { start: string; end: string; text: string; stroke: string }[];
  readonly blocks: readonly { id: string; title: string; nodes: string[] }[];
}
let parse: (text: string) => Promise<Parsed>;
before(async () => {
  const { default: purify } = await import('dompurify');
  Object.assign(purify, { addHook: () => {}, sanitize: (html: string) => html });
  const { default: mermaid } = await import('mermaid');
  await mermaid.parse('graph TD;'); // registers the kinds of diagrams
  parse = async (text) => {
    const { db } = (await mermaid.mermaidAPI.getDiagramFromText(text)) as any;
    return { vertices: db.getVertices(), edges: db.getEdges(), blocks: db.getSubGraphs() };
  };
});

/** A label as a reader sees it: the parser keeps entities in a form of its own. */
const shown = (text = '') =>
  text
    .replaceAll('&nbsp;', ' ')
    .replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/ﬂ°(\w+)¶ß/g, (_, name) => (name === 'nbsp' ? ' ' : `&${name};`))
    .replace(/^<p>(.*)<\/p>$/s, '$1');

/** Asserts that Mermaid reads from the text exactly what the graph describes. */
async function assertReadsBack(graph: DrawableGraph): Promise<void> {
  const text = graph.drawMermaid();
  const parsed = await parse(text);
  const ids = graph.mermaidIds();
  assert.equal(new Set(Object.values(ids)).size, Object.keys(ids).length, 'ids are unique');
  const blocks = new Set(parsed.blocks.map(({ id }) => id));
  const labels = new Map([...parsed.vertices].map(([id, { text }]) => [id, shown(text)]));
  for (const node of Object.values(graph.nodes)) {
    const name = node.name.replace(/[\r\n]+/g, ' ');
    const label = labels.get(ids[node.id]!);
    assert.equal(label?.split('<hr/>')[0]!.trim(), name.trim(), `label of ${node.id} in\n${text}`);
  }
  assert.equal(
    [...labels.keys()].filter((id) => !blocks.has(id)).length,
    Object.keys(graph.nodes).length,
  );
  assert.deepEqual(
    parsed.edges.map(({ start, end, stroke }) => `${start} ${stroke} ${end}`).sort(),
    graph.edges
      .map(
        (edge) =>
          `${ids[edge.source]} ${edge.conditional ? 'dotted' : 'normal'} ${ids[edge.target]}`,
      )
      .sort(),
  );
  for (const id of Object.keys(graph.nodes)) {
    const around = id.split(':').slice(0, -1).join(':');
    const block = parsed.blocks.find(({ nodes }) => nodes.includes(ids[id]!));
    assert.equal(block?.id, around === '' ? undefined : ids[around], `block of ${id} in\n${text}`);
  }
}

describe('drawMermaid()', () => {
  it('draws a graph with router, ends, barrier, defer and metadata', async () => {
    const graph = create()
      .addNode('ask', pass, { metadata: { owner: 'me', tags: ['x', 'y'], skipped: { deep: 1 } } })
      .addNode('think', () => new Command({ goto: 'ask' }), { ends: ['ask', END] })
      .addNode('left', pass)
      .addNode('right', pass)
      .addNode('join', pass, { defer: true })
      .addEdge(START, 'ask')
      .addConditionalEdges('ask', () => 'yes', { yes: 'think', 'no, never': END, left: 'left' })
      .addEdge('think', 'right')
      .addEdge(['left', 'right'], 'join')
      .addEdge('join', END)
      .compile();
    await golden('everything', graph.getGraph());
    await assertReadsBack(graph.getGraph());
  });

  it('draws nested subgraphs with blocks in blocks', async () => {
    const inner = chain('one', 'two').compile();
    const middle = chain('before').addNode('deep', inner).addEdge('before', 'deep').compile();
    const graph = create()
      .addNode('first', middle)
      .addNode('second', middle)
      .addNode('loops', chain('x', 'y').addEdge('y', 'x').compile())
      .addNode('single', chain('alone').compile())
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .addEdge('second', 'loops')
      .addEdge('loops', 'single')
      .compile();
    await golden('nested', graph.getGraph({ xray: true }));
    await golden('nestedOneLevel', graph.getGraph({ xray: 1 }));
    for (const xray of [true, false, 0, 1, 2]) await assertReadsBack(graph.getGraph({ xray }));
    assert.equal(
      graph.getGraph({ xray: 2 }).drawMermaid(),
      graph.getGraph({ xray: true }).drawMermaid(),
    );
    assert.equal(graph.getGraph({ xray: 0 }).drawMermaid(), graph.getGraph().drawMermaid());
  });

  it('draws the parent graph of the tutorial with exactly these edges', () => {
    assert.deepEqual(structure(tutorial().getGraph({ xray: 1 })), [
      '__start__ --> doge_graph_generate_response;',
      '__start__ --> react_graph_generate_roles;',
      'best_response --> __end__;',
      'doge_graph_pick_best --> best_response;',
      'react_graph_divergent_thinking --> best_response;',
      'subgraph doge_graph',
      'doge_graph_generate_response --> doge_graph_pick_best;',
      'end',
      'subgraph react_graph',
      'react_graph_generate_roles --> react_graph_divergent_thinking;',
      'end',
    ]);
  });

  it('tells subgraphs apart whose inner nodes have the same names', async () => {
    const graph = create()
      .addNode('a', chain('x', 'y').compile())
      .addNode('b', chain('x', 'y').compile())
      .addNode('a_x', pass)
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'a_x')
      .compile()
      .getGraph({ xray: true });
    await assertReadsBack(graph);
    assert.equal(graph.drawMermaid().match(/subgraph/g)?.length, 2);
  });

  it('keeps the edges at START and END of a subgraph that fans out', async () => {
    const fan = create()
      .addNode('a', pass)
      .addNode('b', pass)
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('a', END)
      .addEdge('b', END)
      .compile();
    const graph = create()
      .addNode('before', pass)
      .addNode('fan', fan)
      .addNode('after', pass)
      .addEdge(START, 'before')
      .addEdge('before', 'fan')
      .addEdge('fan', 'after')
      .compile()
      .getGraph({ xray: true });
    assert.deepEqual(structure(graph), [
      '__start__ --> before;',
      'before --> fan___start__;',
      'fan___end__ --> after;',
      'after --> __end__;',
      'subgraph fan',
      'fan___start__ --> fan_a;',
      'fan___start__ --> fan_b;',
      'fan_a --> fan___end__;',
      'fan_b --> fan___end__;',
      'end',
    ]);
    await assertReadsBack(graph);
  });

  it('wraps the labels of edges, and escapes what is syntax in them', async () => {
    const labels = [
      'one two three four five six seven eight nine ten eleven',
      'say "no"',
      'a --> b',
      'x | y',
      '1. first',
      'end',
      '<b>bold</b>',
      '#35;',
      '[x](y){z}',
      '中文',
      '`code`',
      '.->',
    ];
    for (const label of labels) {
      const graph = create()
        .addNode('a', pass)
        .addNode('b', pass)
        .addEdge(START, 'a')
        .addConditionalEdges('a', () => label, { [label]: 'b' })
        .compile()
        .getGraph();
      await assertReadsBack(graph);
      const { edges } = await parse(graph.drawMermaid());
      const seen = shown(edges.find(({ start }) => start === 'a')?.text).replaceAll(
        / *<br> */g,
        ' ',
      );
      assert.equal(seen.trim(), label);
    }
    const long = create()
      .addNode('a', pass)
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'x', { 'a b c d e': END })
      .compile()
      .getGraph();
    assert.match(
      long.drawMermaid({ wrapLabelNWords: 2 }),
      /&nbsp;a b&nbsp;<br>&nbsp;c d&nbsp;<br>&nbsp;e&nbsp;/,
    );
  });

  it('takes direction, curve and colours', async () => {
    const graph = chain('a').compile().getGraph();
    const text = graph.drawMermaid({
      direction: 'LR',
      curveStyle: 'basis',
      nodeColors: { first: 'fill:red' },
    });
    assert.match(text, /'curve': 'basis'/);
    assert.match(text, /^graph LR;$/m);
    assert.match(text, /^\tclassDef first fill:red;$/m);
    assert.match(text, /^\tclassDef last fill:#bfb6fc;$/m);
    await parse(text);
    assert.equal(
      graph.drawMermaid({ withStyles: false }),
      'graph TD;\n\t__start__ --> a;\n\ta --> __end__;\n',
    );
  });

  it('draws an edge from a node to itself', async () => {
    const graph = create()
      .addNode('a', pass)
      .addEdge(START, 'a')
      .addEdge('a', 'a')
      .addConditionalEdges('a', () => END, ['a', END])
      .compile()
      .getGraph();
    await assertReadsBack(graph);
  });

  it('gives the same text each time', () => {
    const graph = tutorial();
    assert.equal(
      graph.getGraph({ xray: true }).drawMermaid(),
      graph.getGraph({ xray: true }).drawMermaid(),
    );
  });
});

describe('hostile names', () => {
  it('never become ids that every plain object has as a property', () => {
    const graph = chain('__proto__', 'constructor', 'toString').compile().getGraph();
    assert.deepEqual(
      Object.values(graph.mermaidIds()).filter((id) => (id as string) in {}),
      [],
    );
  });

  const hostile = [
    'end',
    'END',
    'graph',
    'subgraph',
    'click',
    'default',
    'style',
    'class',
    'o',
    'x',
    '"quoted"',
    "it's",
    '[square]',
    '(round)',
    '{curly}',
    '((double))',
    'a --> b',
    'a; b',
    'a\nb',
    'a\tb',
    '%% comment',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '&amp;',
    '&lt;b&gt;',
    '#quot;',
    '#35;',
    '\\n',
    '`code`',
    '**bold**',
    '_under_',
    '__proto__',
    'constructor',
    '1. x',
    '- x',
    '+ x',
    '* x',
    '1',
    '0',
    '😀',
    '👩‍👩‍👧 family',
    '一二三',
    '四五六',
    'naïve café',
    'עברית',
    ' space ',
    '   ',
    '@{ shape: circle }',
    'a@b',
    '$$x^2$$',
    'http://example.com',
    'x'.repeat(200),
    `${'y'.repeat(199)}"`,
    '---',
    '-',
    '.',
    '/',
    '/slash/',
    '>flag]',
    '​',
    'a=b',
    'a&b',
    'a~~~b',
    'href',
    'call',
    'direction TB',
    'title',
    'accTitle: x',
    'accDescr: x',
    'flowchart-elk',
    'interpolate',
    'linkStyle',
    '_self',
    'undefined',
    'LR',
    'v',
    'direction LR of x',
    'style_x',
    'swimlane-beta',
    'end-game',
    'graph-b',
    'end_game',
    'endless',
    'a-end',
    'a-',
    '-a',
    'a--b',
    'a -',
    '- a',
    '%%{init}%%',
    '100%',
    'a~b',
  ].filter((name) => !/[|:]/.test(name));

  for (const name of hostile) {
    it(`draw ${JSON.stringify(name.slice(0, 40))}, plain, as a subgraph and inside one`, async () => {
      const inner = chain(name, 'other').compile();
      const graph = create()
        .addNode(name, pass)
        .addNode('sub', inner)
        .addNode(`${name}2`, inner)
        .addEdge(START, name)
        .addEdge(name, 'sub')
        .addEdge(name, `${name}2`)
        .compile();
      await assertReadsBack(graph.getGraph());
      await assertReadsBack(graph.getGraph({ xray: true }));
    });
  }

  it('all in one graph have ids of their own', async () => {
    const graph = chain(...hostile)
      .compile()
      .getGraph();
    assert.deepEqual(Object.keys(graph.mermaidIds()).length, hostile.length + 2);
    await assertReadsBack(graph);
  });

  it('in metadata are escaped', async () => {
    for (const text of hostile) {
      const graph = create()
        .addNode('a', pass, { metadata: { note: text, [text]: 1 } })
        .addEdge(START, 'a')
        .compile()
        .getGraph();
      await assertReadsBack(graph);
    }
  });

  it('of any kind read back and have ids of their own', async () => {
    const name = fc
      .oneof(
        fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
        fc.string({
          minLength: 1,
          maxLength: 12,
          unit: fc.constantFrom(...'end_-+*.`#&;<>"\'()[]{}%@/\\ \n~=x1'),
        }),
      )
      .filter((text) => !/[|:]/.test(text) && text !== START && text !== END && !/[ﬂ¶]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), async (names) => {
        const graph = chain(...names)
          .addNode('the sub', chain(...names, 'last').compile())
          .addEdge(START, 'the sub')
          .compile();
        if (names.includes('the sub')) return;
        await assertReadsBack(graph.getGraph({ xray: true }));
      }),
      { numRuns: 300 },
    );
  });
});

describe('getGraph()', () => {
  it('lists START, the nodes as they were added, and END', () => {
    const graph = create()
      .addNode('z', pass)
      .addNode('a', pass, { metadata: { k: 1 } })
      .addEdge(START, 'a')
      .addEdge('a', 'z')
      .compile()
      .getGraph();
    assert.deepEqual(Object.values(graph.nodes), [
      { id: START, name: START },
      { id: 'z', name: 'z' },
      { id: 'a', name: 'a', metadata: { k: 1 } },
      { id: END, name: END },
    ]);
    assert.deepEqual(graph.edges, [
      { source: START, target: 'a', conditional: false },
      { source: 'a', target: 'z', conditional: false },
      { source: 'z', target: END, conditional: false },
    ]);
  });

  it('has no END where nothing leads to it', () => {
    const graph = create()
      .addNode('a', pass)
      .addEdge(START, 'a')
      .addEdge('a', 'a')
      .compile()
      .getGraph();
    assert.deepEqual(Object.keys(graph.nodes), [START, 'a']);
  });

  it('labels routes whose result is not the name of the node', () => {
    const graph = create()
      .addNode('a', pass)
      .addNode('b', pass)
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'b', { go: 'b', b: 'b', [END]: END })
      .compile()
      .getGraph();
    assert.deepEqual(graph.edges.slice(1), [
      { source: 'a', target: 'b', data: 'go', conditional: true },
      { source: 'a', target: 'b', conditional: true },
      { source: 'a', target: END, conditional: true },
    ]);
  });

  it('draws a router without path map as edges to all other nodes', () => {
    const graph = create()
      .addNode('a', pass)
      .addNode('b', pass)
      .addNode('c', pass)
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => 'b')
      .compile()
      .getGraph();
    assert.deepEqual(
      graph.edges.slice(1).map(({ source, target }: any) => `${source} ${target}`),
      ['a b', 'a c', `a ${END}`],
    );
  });

  it('is what getGraphAsync promises', async () => {
    const graph = tutorial();
    const options = { xray: true };
    assert.equal(
      (await graph.getGraphAsync(options)).drawMermaid(),
      graph.getGraph(options).drawMermaid(),
    );
  });

  it('describes 300 nodes', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `node ${i}`);
    const graph = chain(...names)
      .compile()
      .getGraph();
    assert.equal(Object.keys(graph.nodes).length, 302);
    assert.equal(graph.drawMermaid().match(/-->/g)?.length, 301);
  });
});
