import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Annotation, END, START, StateGraph } from '../../src/engine/index.ts';
import { readModel, type DiagramSource } from '../../src/webview/diagram/diagramModel.ts';
import { writeMermaid, type Direction } from '../../src/webview/diagram/mermaidText.ts';
import { agentLoop, twoSubgraphs } from './sampleGraphs.ts';

/** The text that is drawn, and the nodes and subgraphs in it. */
function prepareText(source: DiagramSource, direction: Direction) {
  const model = readModel(source);
  assert.ok(model);
  const { text, ids } = writeMermaid(model, direction);
  const nodes = [...model.blocks, ...model.nodes].map(({ id, name }) => ({
    id,
    name,
    mermaidId: ids.get(id)!,
  }));
  return { text, nodes: nodes.filter(({ id }) => !/^__(start|end)__$/.test(id)) };
}

test('names get ids of our own and labels become codes, START and END become pills', () => {
  const { text, nodes } = prepareText(
    {
      mermaid:
        'graph TD;\n\t__start__([<p>__start__</p>]):::first\n\tconstructor("a #60;b#62;")\n\t__start__ --> constructor;\n',
      nodes: [{ id: 'constructor', name: 'a <b>', mermaidId: 'constructor' }],
    },
    'TD',
  );
  assert.equal(text, 'graph TD;\nn0(["START"]):::terminal\nn1("a #60;b#62;")\nn0 --> n1\n');
  assert.deepEqual(nodes, [{ id: 'constructor', name: 'a <b>', mermaidId: 'n1' }]);
});

test('directives and baked colours are left out, the direction is the asked one', () => {
  const { text } = prepareText(agentLoop, 'LR');
  assert.match(text, /^graph LR;\n/);
  assert.doesNotMatch(text, /%%|classDef|fill:/);
});

test('labels of edges and metadata of nodes stay, a deferred node is marked', () => {
  const { text } = prepareText(agentLoop, 'TD');
  assert.match(text, /n4 -\. "not enough" \.-> n2/);
  assert.match(text, /\("write#95;report<br\/><small>defer #61; true<\/small>"\):::deferred/);
});

test('expanded subgraphs are nodes too, under the id of their subgraph node', () => {
  const { nodes } = prepareText(twoSubgraphs, 'TD');
  const ids = nodes.map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 2), ['doge_graph', 'react_graph']);
  assert.deepEqual(
    ids.slice(2),
    twoSubgraphs.nodes.map(({ id }) => id),
  );
});

test('what code called hangs on its caller, inside the box of the same subgraph', () => {
  const called = [
    { id: 'react_graph:generate_roles:draft', name: 'draft', parent: 'react_graph:generate_roles' },
    { id: 'best_response:a <b>', name: 'a <b>', parent: 'best_response' },
    { id: 'best_response:a <b>:again', name: 'again', parent: 'best_response:a <b>' },
    { id: 'gone:x', name: 'x', parent: 'gone' },
  ];
  const { text, nodes } = prepareText({ ...twoSubgraphs, called }, 'TD');
  const alias = (id: string) => nodes.find((node) => node.id === id)!.mermaidId;
  const box = text.slice(
    text.indexOf('subgraph', text.indexOf('subgraph') + 1),
    text.lastIndexOf('end'),
  );
  const draft = alias('react_graph:generate_roles:draft');
  assert.ok(
    box.includes(
      `${draft}("draft"):::called\n${alias('react_graph:generate_roles')} -.- ${draft}\n`,
    ),
  );
  const [first, second] = [alias('best_response:a <b>'), alias('best_response:a <b>:again')];
  assert.deepEqual(text.slice(text.lastIndexOf('end')).trim().split('\n'), [
    'end',
    `${first}("a #60;b#62;"):::called`,
    `${alias('best_response')} -.- ${first}`,
    `${second}("again"):::called`,
    `${first} -.- ${second}`,
    // They stand before what follows their callers.
    `${draft} ~~~ ${alias('react_graph:divergent_thinking')}`,
    ...[first, second].map((inner) => `${inner} ~~~ n6`),
  ]);
  assert.deepEqual(
    nodes.slice(2).map(({ id }) => id),
    twoSubgraphs.nodes.flatMap(({ id }) => [
      id,
      ...called.map((node) => node.id).filter((inner) => inner.startsWith(`${id}:`)),
    ]),
  );
});

test('a long name is cut in its label only', () => {
  const name = 'x'.repeat(200);
  const { text, nodes } = prepareText(
    { mermaid: `\t${name}(${name})`, nodes: [{ id: name, name, mermaidId: name }] },
    'TD',
  );
  assert.equal(nodes[0]?.name, name);
  assert.match(text, /\("x{47}#8230;"\)/);
});

test('a text in another form is none that can be read', () => {
  const given = [{ id: 'a', name: 'a', mermaidId: 'a' }];
  assert.equal(readModel({ mermaid: 'graph TD;\n\ta==>b', nodes: given }), undefined);
});

test('edges from several nodes meet in a bar before the node that waits for them', () => {
  const state = Annotation.Root({ x: Annotation<number>() });
  const step = () => ({});
  const graph = new StateGraph(state)
    .addNode('a', step)
    .addNode('b', step)
    .addNode('c', step)
    .addNode('d', step)
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(['a', 'b'], 'c')
    .addEdge('a', 'd')
    .addEdge('c', END)
    .compile()
    .getGraph();
  const ids = new Map(Object.entries(graph.mermaidIds()));
  const nodes = Object.values(graph.nodes).map((node) => ({
    ...node,
    mermaidId: ids.get(node.id)!,
  }));
  const model = readModel({ mermaid: graph.drawMermaid(), nodes });
  assert.deepEqual(model?.nodes.find(({ id }) => id === 'c')?.joins, [['a', 'b']]);
  const { text, edges } = writeMermaid(model, 'TD');
  // START, a, b, c, d and END are n0 to n5.
  assert.deepEqual(
    text.split('\n').filter((line) => /j0/.test(line)),
    ['n1 --- j0', 'n2 --- j0', 'j0@{ shape: fork }', 'class j0 join', 'j0 --> n3'],
  );
  assert.match(text, /^n1 --> n4$/m);
  assert.doesNotMatch(text, /^n[12] --> n3$/m);
  assert.deepEqual(edges.find(({ from }) => from === 'j0')?.joined, ['a', 'b']);
});

test('every line that the engine writes is understood', () => {
  const state = Annotation.Root({ x: Annotation<number>() });
  const inner = new StateGraph(state)
    .addNode('end', () => ({}))
    .addNode('say "hi"\n<b>', () => ({}), { metadata: { owner: 'me', tags: ['x', 'y'] } })
    .addEdge(START, 'end')
    .addEdge('end', 'say "hi"\n<b>')
    .addEdge('say "hi"\n<b>', END)
    .compile();
  const middle = new StateGraph(state)
    .addNode('名前', inner)
    .addNode('last', () => ({}), { defer: true })
    .addEdge(START, '名前')
    .addEdge('名前', 'last')
    .compile();
  const graph = new StateGraph(state)
    .addNode('__proto__', () => ({}))
    .addNode('sub graph', middle)
    .addEdge(START, '__proto__')
    .addConditionalEdges('__proto__', () => 'yes', {
      yes: 'sub graph',
      'no --> "never"': END,
      again: '__proto__',
    })
    .compile()
    .getGraph({ xray: true });
  const mermaidIds = new Map(Object.entries(graph.mermaidIds()));
  const given = Object.values(graph.nodes).map(({ id, name }) => ({
    id,
    name,
    mermaidId: mermaidIds.get(id) ?? '',
  }));
  const { text, nodes } = prepareText({ mermaid: graph.drawMermaid(), nodes: given }, 'TD');
  for (const line of text.trim().split('\n')) {
    assert.match(
      line,
      /^(graph TD;|end|subgraph n\d+\["[^"]*"\]|n\d+|n\d+ (-->|-\.->|-- "[^"]*" -->|-\. "[^"]*" \.->) n\d+|n\d+\("[^"]*"\)(:::deferred)?|n\d+\(\["(START|END)"\]\):::terminal)$/,
    );
  }
  const clusters = nodes.filter(({ id }) => id === 'sub graph' || id === 'sub graph:名前');
  assert.equal(clusters.length, 2);
});
