// Written for LangGraph.js, and run by Superstep as it is.

import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({
  draft: Annotation<string>(),
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export const graph = new StateGraph(State)
  .addNode('write', () => ({ draft: 'Hello', log: ['written'] }))
  .addNode('review', ({ draft }) => ({ log: [`reviewed ${draft}`] }))
  .addEdge(START, 'write')
  .addEdge('write', 'review')
  .addEdge('review', END)
  .compile({ name: 'langgraph' });

export const input = {};
