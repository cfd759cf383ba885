// Several cores: a node with `thread: true` computes on a worker thread, so that others can at the same time.
//
// Press Run and look at the timeline: "on_workers" counts its ranges side by side, on as many threads as
// there are cores; "in_thread" does the same work, one range after another. The first tasks on
// workers wait until the threads have started.

import { Annotation, END, Send, START, StateGraph } from 'superstep';

const State = Annotation.Root({
  /** How many ranges of numbers are looked at. */
  ranges: Annotation<number>(),
  onWorkers: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
  inThread: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
});

/** One range: from a million times `range` on. */
const Range = Annotation.Root({ range: Annotation<number>() });

/** How many primes there are among the 300,000 numbers of a range. */
function countPrimes(range: number): number {
  const from = range * 1_000_000;
  let count = 0;
  for (let n = Math.max(2, from); n < from + 300_000; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) count++;
  }
  return count;
}

const eachRange = (node: string) => (state: typeof State.State) =>
  Array.from({ length: state.ranges }, (_, range) => new Send(node, { range }));

export const graph = new StateGraph(State)
  .addNode('on_workers', ({ range }) => ({ onWorkers: countPrimes(range) }), {
    input: Range,
    thread: true,
  })
  .addNode('then', () => ({}), { defer: true })
  .addNode('in_thread', ({ range }) => ({ inThread: countPrimes(range) }), { input: Range })
  .addConditionalEdges(START, eachRange('on_workers'), ['on_workers'])
  .addEdge('on_workers', 'then')
  .addConditionalEdges('then', eachRange('in_thread'), ['in_thread'])
  .addEdge('in_thread', END)
  // The editor and the command line need not be told the module; a program of your own does.
  .compile({ name: 'cpu_parallel', module: import.meta.url });

export const input = { ranges: 8 };
