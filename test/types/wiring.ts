// Names of nodes, targets, chunks. Compiled, never run.
import {
  Annotation,
  Command,
  END,
  START,
  Send,
  StateGraph,
  append,
  type CompiledStateGraph,
} from '../../src/engine/index.ts';
import { assertType, some, type Equal } from './support.ts';

const State = Annotation.Root({
  n: Annotation<number>(),
  list: Annotation<string[]>({ reducer: append, default: () => [] }),
});
type State = typeof State.State;
const two = new StateGraph(State).addNode('alpha', () => {}).addNode('beta', () => {});

// Edges
two.addEdge(START, 'alpha').addEdge('alpha', 'beta').addEdge('beta', END);
two.addEdge(['alpha', 'beta'], 'alpha');
// @ts-expect-error no such source
two.addEdge('alfa', 'beta');
// @ts-expect-error no such target
two.addEdge('alpha', 'betta');
// @ts-expect-error no such source of a barrier
two.addEdge(['alpha', 'betta'], 'beta');
// @ts-expect-error nothing follows END
two.addEdge(END, 'alpha');
// @ts-expect-error START only begins
two.addEdge('alpha', START);
// @ts-expect-error no such node
two.setEntryPoint('alfa');

// Several nodes at once
{
  const several = new StateGraph(State)
    .addNode({ a: () => ({ n: 1 }), b: (state) => ({ n: state.n }) })
    .addSequence([
      ['c', (state) => ({ n: state.n })],
      ['d', () => ({ list: ['d'] })],
    ])
    .addSequence({ e: () => {}, f: (state: State) => ({ n: state.n }) });
  several.addEdge('a', 'b').addEdge('c', 'f');
  several.addEdge('a', 'g');
  // @ts-expect-error looks like a misspelling
  several.addEdge('a', 'bb');
}

// Routers
two.addConditionalEdges('alpha', (state) => {
  assertType<Equal<typeof state, State>>();
  return state.n > 1 ? 'beta' : END;
});
two.addConditionalEdges('alpha', async ({ n }) => (n > 1 ? ['alpha', 'beta'] : []), [
  'alpha',
  'beta',
]);
two.addConditionalEdges('alpha', ({ list }) => list.map((item) => new Send('beta', item)));
two.addConditionalEdges('alpha', ({ list }) => list.map((item) => new Send('beta', item)), [
  'beta',
]);
two.addConditionalEdges('alpha', ({ n }) => n > 1, { true: 'beta', false: END });
two.addConditionalEdges('alpha', ({ n }) => (n > 1 ? 'more' : 'less'), {
  more: 'beta',
  less: 'alpha',
});
// @ts-expect-error no such node
two.addConditionalEdges('alpha', () => 'betta');
// @ts-expect-error no such node in a list
two.addConditionalEdges('alpha', () => ['alpha', 'betta']);
// @ts-expect-error no such node to send to
two.addConditionalEdges('alpha', () => new Send('betta', 1));
// @ts-expect-error no such node to send to, in a list
two.addConditionalEdges('alpha', () => [new Send('beta', 1), new Send('betta', 1)]);
// @ts-expect-error no such node in the path map
two.addConditionalEdges('alpha', () => 'x', { x: 'betta' });
// @ts-expect-error no such node in the list of paths
two.addConditionalEdges('alpha', () => 'beta', ['betta']);
// @ts-expect-error no such source
two.addConditionalEdges('alfa', () => 'beta');
// @ts-expect-error wrong key of the state
two.addConditionalEdges('alpha', ({ m }) => (m ? 'beta' : END));

// Send and Command
{
  const send = new Send('alpha', { x: 1 });
  assertType<Equal<typeof send, Send<'alpha', { x: number }>>>();
  const command = new Command({ update: { n: 1 }, goto: 'alpha' });
  assertType<Equal<typeof command.goto, readonly ('alpha' | Send<'alpha'>)[]>>();
  new StateGraph(State)
    .addNode('a', () => new Command({ update: { n: 1 }, goto: 'b' }), { ends: ['b'] })
    .addNode('b', async () => new Command({ goto: [new Send('a', 1), 'a'] }))
    .addNode('c', ({ n }) => (n > 1 ? new Command({ goto: END }) : { n }))
    .addNode('d', () => [new Command({ update: { n: 1 } }), { list: ['x'] }])
    .addNode('e', () => new Command({ graph: Command.PARENT, goto: 'elsewhere' }));
  // @ts-expect-error wrong key in the update
  new StateGraph(State).addNode('a', () => new Command({ update: { m: 1 } }));
  new StateGraph(State)
    .addNode('a', () => new Command({ goto: ['b', END] }), { ends: ['b', 'c'] })
    .addNode('b', ({ n }) => new Command({ goto: n > 1 ? 'a' : 'c' }), { ends: { a: 'x', c: 'y' } })
    .addNode('c', ({ list }) => new Command({ goto: list.map((item) => new Send('a', item)) }), {
      ends: ['a'],
    })
    .addNode('d', ({ list }) => new Command({ goto: list[0]! }), { ends: ['a'] });
  // @ts-expect-error not among the ends
  new StateGraph(State).addNode('a', () => new Command({ goto: 'd' }), { ends: ['b', 'c'] });
  // @ts-expect-error not among the ends, of a promise
  new StateGraph(State).addNode('a', async () => new Command({ goto: 'd' }), { ends: ['b', 'c'] });
  new StateGraph(State).addNode(
    'a',
    // @ts-expect-error one of two is not among the ends
    ({ n }) => (n > 1 ? new Command({ goto: 'd' }) : new Command({ goto: 'b' })),
    { ends: ['b', 'c'] },
  );
  // @ts-expect-error wrong type in the update
  new StateGraph(State).addNode('a', () => new Command({ update: { n: 'text' } }));
  // @ts-expect-error a key that may be there, and that the state does not have
  new StateGraph(State).addNode('a', (): { m?: number } => ({}));
}

// Error handlers
{
  new StateGraph(State)
    .addNode('a', () => ({ n: 1 }), {
      errorHandler: (state, { error, node }) => {
        assertType<Equal<typeof state, State>>();
        return { list: [`${node}: ${error.message}`], n: state.n };
      },
    })
    .setNodeDefaults({ errorHandler: ({ list }) => ({ list }) });
  new StateGraph(State).addNode('a', () => ({ n: 1 }), {
    input: Annotation.Root({ word: Annotation<string>() }),
    errorHandler: ({ word }) => ({ list: [word] }),
  });
  new StateGraph(State).addNode('a', () => ({ n: 1 }), {
    // @ts-expect-error no such key of the state
    errorHandler: ({ m }) => ({ n: m }),
  });
  // @ts-expect-error a wrong type in the update
  new StateGraph(State).addNode('a', () => ({ n: 1 }), { errorHandler: () => ({ n: 'text' }) });
}

// Subgraphs
{
  const sub = two.compile();
  const graph = new StateGraph(State).addNode('sub', sub).addEdge(START, 'sub').compile();
  const result = await graph.invoke({});
  assertType<Equal<typeof result, State>>();
  const anything: CompiledStateGraph = graph;
  void anything;
  // @ts-expect-error not compiled
  new StateGraph(State).addNode('sub', two);
}

// Streams
{
  const graph = two.compile();
  for await (const chunk of await graph.stream({})) {
    assertType<Equal<typeof chunk extends Record<string, unknown> ? true : false, true>>();
  }
  for await (const chunk of await graph.stream({}, { streamMode: 'values' })) {
    assertType<Equal<typeof chunk, State>>();
  }
  for await (const [mode, chunk] of await graph.stream({}, { streamMode: ['values', 'custom'] })) {
    assertType<Equal<typeof mode, 'values' | 'custom'>>();
    if (mode === 'values') assertType<Equal<typeof chunk, State>>();
  }
  for await (const item of await graph.stream({}, { streamMode: 'values', subgraphs: true })) {
    const [namespace, chunk] = item;
    assertType<Equal<typeof namespace, string[]>>();
    void chunk;
  }
  // @ts-expect-error no such mode
  await graph.stream({}, { streamMode: 'value' });
}

// A state that the compiler knows nothing of
{
  const loose = new StateGraph(some<any>())
    .addNode('a', (state) => ({ x: state.y }))
    .addEdge(START, 'a')
    .compile();
  const result = await loose.invoke({ x: 1 });
  void result.anything;
}
