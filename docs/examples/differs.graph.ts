// Superstep and LangGraph.js give other results here: superstep parity differs.graph.ts
import { Annotation, START, StateGraph } from 'superstep';

const State = Annotation.Root({
  topic: Annotation<string>(),
  notes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export const graph = new StateGraph(State)
  .addNode('collect', ({ topic }) => ({ notes: [`${topic}: first`, `${topic}: second`] }))
  .addNode('sort', ({ notes }) => {
    // A copy here, and the state itself with LangGraph.js: neither returns it.
    notes.reverse();
    return {};
  })
  .addEdge(START, 'collect')
  .addEdge('collect', 'sort')
  .compile({ name: 'differs' });

export const input = { topic: 'bees' };
