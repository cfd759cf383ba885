// What a compiled graph tells of itself: its nodes, called alone, and the builder that it is made of.
import { Annotation, Command, END, START, StateGraph } from 'superstep';

const State = Annotation.Root({ n: Annotation<number>() });
const inner = new StateGraph(State)
  .addNode('half', ({ n }) => ({ n: n / 2 }))
  .addEdge(START, 'half')
  .compile();
const builder = new StateGraph(State)
  .addNode('double', ({ n }) => ({ n: n * 2 }), { retryPolicy: { maxAttempts: 2 } })
  .addNode('inner', inner)
  .addNode('leave', () => new Command({ goto: END, update: { n: 0 } }), { ends: [END] })
  .addEdge(START, 'double')
  .addEdge('double', 'inner')
  .addEdge('inner', 'leave');
const graph = builder.compile();
const nodes = graph.nodes as Record<
  string,
  { invoke(state: unknown): Promise<any> } & Record<string, any>
>;
console.log(await nodes['double']!.invoke({ n: 4 }));
console.log(await nodes['inner']!.invoke({ n: 4 }));
console.log((await nodes['leave']!.invoke({ n: 4 })).goto);
console.log('double' in nodes, 'gone' in nodes, nodes['double']!['retryPolicy']);
console.log((graph.builder as unknown) === builder);
