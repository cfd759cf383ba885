// What a step and a task cost on a Restate server of this machine: node test/bench/restate.ts
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Annotation, START, Send, StateGraph, append } from '../../src/engine/index.ts';
import { RestateClient, serveRestate } from '../../src/restate/index.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from '../restate/restateServer.ts';

const State = Annotation.Root({
  n: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  left: Annotation<number>(),
  list: Annotation<number[]>({ reducer: append, default: () => [] }),
});
const loop = new StateGraph(State)
  .addNode('next', ({ n }) => ({ n: n + 1 }))
  .addEdge(START, 'next')
  .addConditionalEdges('next', ({ n, left }) => (n < left ? 'next' : '__end__'), [
    'next',
    '__end__',
  ])
  .compile();
const map = new StateGraph(State)
  .addNode('work', (async (n: number) => ({ list: [n] })) as never)
  .addConditionalEdges(
    START,
    ({ left }) => Array.from({ length: left }, (_, n) => new Send('work', n)),
    ['work'],
  )
  .compile();

const port = Number(process.argv[2]);
if (process.send) {
  await serveRestate({ loop, map }, { port, reusePort: true });
  process.send('ready');
  process.on('message', () => process.send!(process.cpuUsage()));
  process.once('disconnect', () => process.exit());
} else {
  const missing = await missingServer();
  if (missing !== undefined) throw new Error(missing);
  for (const workers of [1, 2, 4]) await measure(workers);
}

async function measure(count: number): Promise<void> {
  const server = await RestateServer.start();
  const [shared] = await freePorts(1);
  const children = Array.from({ length: count }, () =>
    fork(import.meta.filename, [String(shared)]),
  );
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const client = new RestateClient(server);
    await client.register(`http://127.0.0.1:${shared}`);
    let thread = 0;
    const timed = async (graph: string, left: number) => {
      const start = performance.now();
      await client.invoke(graph, { left }, { threadId: `${++thread}`, recursionLimit: 1000 });
      return performance.now() - start;
    };
    const cpuMs = async () => {
      const used = children.map(async (child) => {
        child.send('how much');
        const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
        return (user + system) / 1000;
      });
      return (await Promise.all(used)).reduce((sum, ms) => sum + ms, 0);
    };
    await timed('map', 50);
    const step = (await timed('loop', 50)) / 50;
    const tasks = [await timed('map', 1000), await timed('map', 1000)];
    const before = await cpuMs();
    tasks.push(await timed('map', 1000));
    const cpu = ((await cpuMs()) - before) / 1000;
    const start = performance.now();
    await Promise.all(Array.from({ length: 40 }, () => timed('loop', 10)));
    const threads = performance.now() - start;
    console.log(
      `${count} workers: ${step.toFixed(1)} ms a superstep of one task, ${Math.round(1000 / (Math.min(...tasks) / 1000))} ` +
        `tasks a second of 1,000 (${cpu.toFixed(2)} ms of the workers' CPU each), 40 threads of 10 supersteps in ${(threads / 1000).toFixed(2)} s`,
    );
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await server.end();
  }
}
