// Graphs whose tasks append a line to the file that LOG names, as they start and end.
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Annotation, START, Send, StateGraph, append, interrupt } from '../../src/engine/index.ts';

const note = (line: string) => appendFileSync(process.env.LOG!, `${line}\n`);

const State = Annotation.Root({
  count: Annotation<number>(),
  ms: Annotation<number>({ reducer: (_, b) => b, default: () => 20 }),
  list: Annotation<unknown[]>({ reducer: append, default: () => [] }),
});

const work = async ({ n, ms }: { n: number; ms: number }) => {
  note(`start ${n}`);
  await delay(ms);
  note(`end ${n}`);
  return { list: [n] };
};

/** Maps, and then asks. */
export const mapped = new StateGraph(State)
  .addNode('work', work as never)
  .addNode('ask', ({ count }) => ({ list: [interrupt(`${count}?`)] }))
  .addConditionalEdges(
    START,
    ({ count, ms }) => Array.from({ length: count }, (_, n) => new Send('work', { n, ms })),
    ['work'],
  )
  .addEdge('work', 'ask')
  .compile({ name: 'mapped' });

const inner = (name: string) =>
  new StateGraph(State)
    .addSequence({
      one: () => ({ list: [`${name} one`] }),
      two: () => ({ list: [`${name} two`] }),
    })
    .addEdge(START, 'one')
    .compile();

/** Two subgraphs side by side. */
export const nested = new StateGraph(State)
  .addNode('left', inner('left'), { returns: 'updates' })
  .addNode('right', inner('right'), { returns: 'updates' })
  .addEdge(START, 'left')
  .addEdge(START, 'right')
  .compile({ name: 'nested' });

export const broken = new StateGraph(State)
  .addNode('breaks', () => {
    throw new RangeError('no such page');
  })
  .addEdge(START, 'breaks')
  .compile({ name: 'broken' });

/** No worker has it. */
export const unknown = new StateGraph(State)
  .addNode('a', () => ({}))
  .addEdge(START, 'a')
  .compile({ name: 'unknown' });

/** Of this name workers have another. */
export const changed = new StateGraph(State)
  .addNode('breaks', () => ({ list: ['mended'] }))
  .addEdge(START, 'breaks')
  .compile({ name: 'broken' });
