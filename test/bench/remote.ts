// What it costs to cut a run into parts: node test/bench/remote.ts
import { Annotation, START, Send, StateGraph, append } from '../../src/engine/index.ts';
import { advance, readAdvanced, runTask, type Advanced } from '../../src/remote/index.ts';

const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const State = Annotation.Root({
  n: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  list: Annotation<number[]>({ reducer: append, default: () => [] }),
  ballast: Annotation<string>(),
});

const loop = (steps: number) =>
  new StateGraph(State)
    .addNode('next', ({ n }) => ({ n: n + 1 }))
    .addEdge(START, 'next')
    .addConditionalEdges('next', ({ n }) => (n < steps ? 'next' : '__end__'), ['next', '__end__'])
    .compile();

const map = (tasks: number) =>
  new StateGraph(State)
    .addNode('work', async (n: number) => ({ list: [n] }))
    .addConditionalEdges(
      START,
      () => Array.from({ length: tasks }, (_, n) => new Send('work', n)),
      ['work'],
    )
    .compile();

async function remotely(graph: any, input: object): Promise<unknown> {
  const config = { recursionLimit: 1e6 };
  let at: Advanced = sent(await advance(graph, { input, config }));
  while (at.status === 'tasks') {
    const replies = await Promise.all(
      at.tasks.map(async (task) => sent(await runTask(graph, task))),
    );
    at = sent(await advance(graph, { stored: at.stored, replies }));
  }
  return readAdvanced(at);
}

async function median(times: number, run: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run();
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b)[times >> 1]!;
}

const large = { ballast: 'x'.repeat(1024 * 1024) };
const cases: [string, number, any, object][] = [
  ['a superstep of one task', 200, loop(200), {}],
  ['the same with 1 MB of state', 20, loop(20), large],
  ['a sent task, of 100', 100, map(100), {}],
  ['a sent task, of 1,000', 1000, map(1000), {}],
  ['a sent task, of 5,000', 5000, map(5000), {}],
];
for (const [name, count, graph, input] of cases) {
  const here = await median(5, () => graph.invoke(input, { recursionLimit: 1e6 }));
  const elsewhere = await median(5, () => remotely(graph, input));
  const perOne = (ms: number) => `${((ms / count) * 1000).toFixed(0)} µs`;
  console.log(`${name}: ${perOne(elsewhere)} in parts, ${perOne(here)} by invoke`);
}
