// Two nodes, one after the other: press Run above the graph, or `npx superstep run hello.graph.ts`.

import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, START, StateGraph, type NodeConfig } from 'superstep';

const State = Annotation.Root({ name: Annotation<string>(), greeting: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('think', async (_state, { signal }: NodeConfig) => {
    console.log('thinking');
    await sleep(100, undefined, { signal }); // Stop takes effect at once
  })
  .addNode('greet', ({ name }) => ({ greeting: `Hello, ${name}!` }))
  .addEdge(START, 'think')
  .addEdge('think', 'greet')
  .addEdge('greet', END)
  .compile({ name: 'hello' });

export const input = { name: 'Ada' };
