// A module that ends each worker thread that loads it.
import { isMainThread } from 'node:worker_threads';
import { Annotation, START, StateGraph } from '../../../src/engine/index.ts';

if (!isMainThread) process.exit(7);

export const graph = new StateGraph(Annotation.Root({ out: Annotation<number>() }))
  .addNode('one', () => ({}), { thread: true })
  .addNode('two', () => ({}), { thread: true })
  .addEdge(START, 'one')
  .addEdge(START, 'two')
  .compile({ module: import.meta.url });
