// One node, to begin with: press Run above the graph.

import { END, START, StateGraph, StateSchema } from 'superstep';
import { z } from 'zod';

const State = new StateSchema({
  name: z.string(),
  greeting: z.string().default(''),
});

export const graph = new StateGraph(State)
  .addNode('greet', ({ name }) => ({ greeting: `Hello, ${name}!` }))
  .addEdge(START, 'greet')
  .addEdge('greet', END)
  .compile({ name: 'greeter' });

export const input = { name: 'world' };
