// Two nodes that START leads to run at the same time: the slower one alone decides how long it takes.
//
// Press Run above the definition. In the output, compare the clock times at which the nodes start
// (the same) and end (two seconds apart); the summary shows 6 s of work done in 4 s.
// In the preview both nodes light up together.

import { setTimeout as sleep } from 'node:timers/promises';
import { END, HumanMessage, MessagesState, START, StateGraph, type NodeConfig } from 'superstep';
import type { GraphTests } from 'superstep/testing';

/** Makes a node that takes its time, and then says how long that was. */
function worker(name: string, seconds: number) {
  return async (_state: typeof MessagesState.State, { signal }: NodeConfig) => {
    const started = performance.now();
    console.log(`working for ${seconds} s`);
    await sleep(seconds * 1000, undefined, { signal }); // pass the signal on, and Stop works at once
    const took = ((performance.now() - started) / 1000).toFixed(3);
    return { messages: [new HumanMessage(`${name} worked for ${took} s`)] };
  };
}

export const graph = new StateGraph(MessagesState)
  .addNode('node_a', worker('Node A', 2))
  .addNode('node_b', worker('Node B', 4))
  .addEdge(START, 'node_a')
  .addEdge(START, 'node_b')
  .addEdge('node_a', END)
  .addEdge('node_b', END)
  .compile({ name: 'node-parallelism' });

export const input = { messages: [new HumanMessage('Let both nodes work')] };

// Run by the icon beside its name, or by `superstep test`.
export const tests = {
  'lets both nodes run in one superstep': {
    nodes: { node_a: {}, node_b: {} },
    expect: { together: [['node_a', 'node_b']], atMost: { supersteps: 1 } },
  },
} satisfies GraphTests;
