// A worker of its own process: node worker.ts PORT LOG INGRESS. Each task appends a line to the log as it starts and ends.
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Annotation, START, Send, StateGraph, append, interrupt } from '../../src/engine/index.ts';
import { serveRestate } from '../../src/restate/index.ts';

const [port, log, ingress] = process.argv.slice(2);
const note = (line: string) => appendFileSync(log!, `${line}\n`);

const State = Annotation.Root({
  count: Annotation<number>(),
  list: Annotation<unknown[]>({ reducer: append, default: () => [] }),
});

const work = async ({ n }: { n: number }) => {
  note(`start ${n}`);
  await delay(60);
  note(`end ${n}`);
  return { list: [n] };
};

const mapped = new StateGraph(State)
  .addNode('work', work as never)
  .addNode('sum', ({ list }) => ({ count: (list as number[]).reduce((sum, n) => sum + n, 0) }))
  .addConditionalEdges(
    START,
    ({ count }) => Array.from({ length: count }, (_, n) => new Send('work', { n })),
    ['work'],
  )
  .addEdge('work', 'sum')
  .compile({ name: 'mapped' });

const inner = (name: string, asks: boolean) =>
  new StateGraph(State)
    .addSequence({
      one: async () => {
        await delay(20);
        return { list: [`${name} one`] };
      },
      two: () => ({ list: [asks ? `${name} ${interrupt(`${name}?`)}` : `${name} two`] }),
    })
    .addEdge(START, 'one')
    .compile();

const nested = new StateGraph(State)
  .addNode('left', inner('left', true), { returns: 'updates' })
  .addNode('right', inner('right', false), { returns: 'updates' })
  .addNode('last', () => ({ list: ['last'] }))
  .addEdge(START, 'left')
  .addEdge(START, 'right')
  .addEdge(['left', 'right'], 'last')
  .compile({ name: 'nested' });

const endless = new StateGraph(State)
  .addNode('waits', async (_, { signal }) => {
    note('waits');
    await delay(600_000, undefined, { signal }).catch(() => note('told to stop'));
  })
  .addNode('breaks', () => {
    throw new RangeError('broken');
  })
  .addConditionalEdges(START, ({ count }) => (count > 0 ? 'waits' : 'breaks'), ['waits', 'breaks'])
  .compile({ name: 'endless' });

/** The last of its tasks fails at once, the others go on. */
const failing = new StateGraph(State)
  .addNode('work', (async ({ n, of }: { n: number; of: number }, { signal }: any) => {
    if (n === of - 1) throw new RangeError(`task ${n} is broken`);
    await delay(600_000, undefined, { signal }).catch(() => {});
  }) as never)
  .addConditionalEdges(
    START,
    ({ count }) => Array.from({ length: count }, (_, n) => new Send('work', { n, of: count })),
    ['work'],
  )
  .compile({ name: 'failing' });

const Large = Annotation.Root({ megabytes: Annotation<number>(), text: Annotation<string>() });
const large = new StateGraph(Large)
  .addNode('swell', ({ megabytes }) => ({ text: 'x'.repeat(megabytes * 1024 * 1024) }))
  .addEdge(START, 'swell')
  .compile({ name: 'large' });

await serveRestate(
  { mapped, nested, large, endless, failing },
  { port: Number(port), reusePort: true, ...(ingress && { ingress }) },
);
process.send?.('ready');
process.once('disconnect', () => process.exit());
