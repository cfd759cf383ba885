// Subgraphs: as a node, called inside a node, and with a command to the graph around.
import { Annotation, Command, START, StateGraph } from 'superstep';

const Parent = Annotation.Root({
  foo: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const shared = new StateGraph(Annotation.Root({ foo: Annotation<string>, bar: Annotation<string> }))
  .addNode('one', () => ({ bar: 'bar' }))
  .addNode('two', ({ foo, bar }) => ({ foo: foo + bar }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();

const other = new StateGraph(Annotation.Root({ text: Annotation<string> }))
  .addNode('shout', ({ text }) => ({ text: text.toUpperCase() }))
  .addEdge(START, 'shout')
  .compile();

const graph = new StateGraph(Parent)
  .addNode('shared', shared)
  .addNode('call', async ({ foo }) => ({ foo: (await other.invoke({ text: foo })).text }))
  .addEdge(START, 'shared')
  .addEdge('shared', 'call')
  .compile();
for await (const [namespace, chunk] of await graph.stream(
  { foo: 'x' },
  { streamMode: 'updates', subgraphs: true },
)) {
  console.log(
    namespace.map((part) => part.split(':')[0]),
    chunk,
  );
}

const leaving = new StateGraph(Annotation.Root({ foo: Annotation<string> }))
  .addNode(
    'leave',
    () => new Command({ update: { foo: 'left' }, goto: 'last', graph: Command.PARENT }),
  )
  .addEdge(START, 'leave')
  .compile();
const handover = new StateGraph(Parent)
  .addNode('leaving', leaving, { ends: ['last'] })
  .addNode('last', ({ foo }) => ({ log: [`ends with ${foo}`] }))
  .addEdge(START, 'leaving')
  .compile();
console.log(await handover.invoke({ foo: 'y' }));
