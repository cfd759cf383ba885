// Measures the built client of models against a server on this machine:  node test/bench/openai.ts
// Ten mapped calls of 300 ms: the first of a program, of a command, and of a run in the editor's runner,
// where the thread got ready before; what a call costs over the bare package; how soon a piece that
// the server sends is an event; how long the import takes.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type * as Package from 'openai';
import type * as Engine from '../../src/engine/index.ts';
import { loadEsbuild } from '../../src/loader/bundle/loadEsbuild.ts';
import type * as Client from '../../src/openai/index.ts';
import { createWorkerRunner } from '../../src/runner/workerRunner.ts';
import { says, saysAfter, startModelServer, type Reply } from '../fakes/modelServer.ts';

const CALLS = 300;
const ROUNDS = 7;
const run = promisify(execFile);

const dist = new URL('../../dist/', import.meta.url);
const place = (path: string) => new URL(path, dist);
const load = (path: string) => import(place(path).href) as Promise<unknown>;
const { Annotation, Send, START, StateGraph, entrypoint } = (await load(
  'index.js',
)) as typeof Engine;
const { ChatOpenAI } = (await load('openai.js')) as typeof Client;

// The first request loads the package and Node's own fetch, so this comes first.
{
  await using server = await startModelServer(saysAfter(300, 'Hello'));
  const model = new ChatOpenAI({ apiKey: 'none', baseURL: server.baseURL });
  const graph = new StateGraph(
    Annotation.Root({
      said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    }),
  )
    .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }))
    .addConditionalEdges(START, () => Array.from({ length: 10 }, () => new Send('ask', {})))
    .compile();
  for (const [round, limit] of [
    // A program of its own has no moment in which it could load the package unnoticed.
    ['first', Infinity],
    ['next', 400],
  ] as const) {
    const start = performance.now();
    await graph.invoke({}, { onEvent: () => {} });
    tell(
      `ten mapped calls of 300 ms in a program, ${round} time`,
      performance.now() - start,
      limit,
    );
  }
}

// The same on the command line, where the thread gets ready while the file is bundled, and in the
// editor's runner, where it does so in reserve. Each run has a thread of its own: all calls are first.
{
  await using server = await startModelServer(saysAfter(300, 'Hello'));
  const folder = await mkdtemp(join(tmpdir(), 'superstep-bench-'));
  const file = join(folder, 'ten.graph.ts');
  await writeFile(
    file,
    `import { Annotation, Send, START, StateGraph } from 'superstep';
    import { ChatOpenAI } from 'superstep/openai';
    const model = new ChatOpenAI({ apiKey: 'none', baseURL: '${server.baseURL}' });
    const State = Annotation.Root({
      said: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    });
    export const graph = new StateGraph(State)
      .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }))
      .addConditionalEdges(START, () => Array.from({ length: 10 }, () => new Send('ask', {})))
      .compile();`,
  );
  const cli = place('cli.js');
  const commands: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const { stdout } = await run(process.execPath, [fileURLToPath(cli), 'run', file, '--json']);
    commands.push((JSON.parse(stdout) as { durationMs: number }).durationMs);
  }
  tell('ten mapped calls of 300 ms on the command line', median(commands), 400);

  const runner = createWorkerRunner({
    workerUrl: place('worker.js'),
    debugUrl: place('debug.js'),
    shipped: {
      superstep: place('index.js').href,
      'superstep/openai': place('openai.js').href,
    },
    loadEsbuild,
    keepWarm: true,
  });
  await runner.describe(file);
  const [runs, waits]: [number[], number[]] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    // As between two commands of a person.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const start = performance.now();
    runs.push((await runner.run({ file })).durationMs);
    waits.push(performance.now() - start);
  }
  await runner.dispose();
  await rm(folder, { recursive: true });
  tell('ten mapped calls of 300 ms in the thread in reserve', median(runs), 400);
  console.log(`  (${show(median(waits))} from the command to the result)`);
}

{
  await using server = await startModelServer(says('Hello'));
  const { OpenAI } = (await load('vendor/openai.js')) as typeof Package;
  const bare = new OpenAI({ apiKey: 'none', baseURL: server.baseURL, maxRetries: 0 });
  const model = new ChatOpenAI({ apiKey: 'none', baseURL: server.baseURL, model: 'm' });
  const messages = [{ role: 'user', content: 'Hi' }] as const;
  const ways: Record<string, () => Promise<unknown>> = {
    bare: () => bare.chat.completions.create({ model: 'm', messages: [...messages] }),
    ours: () => model.invoke(messages),
  };
  const costs: Record<string, number[]> = { bare: [], ours: [] };
  // In turns, so that both have the same machine under them.
  for (let i = 0; i < 2 * CALLS; i++) {
    for (const [name, call] of Object.entries(ways)) {
      const start = performance.now();
      await call();
      if (i >= CALLS) costs[name]!.push(performance.now() - start);
    }
  }
  const [ours, theirs] = [median(costs['ours']!), median(costs['bare']!)];
  tell('client over the bare package, per call', ours - theirs, 1);
  console.log(`  (${theirs.toFixed(2)} ms bare, ${ours.toFixed(2)} ms with the client)`);
}

{
  let sentAt = 0;
  const notes: Reply = says({ pieces: ['Hello'], before: () => void (sentAt = performance.now()) });
  await using server = await startModelServer(notes);
  const model = new ChatOpenAI({ apiKey: 'none', baseURL: server.baseURL });
  const workflow = entrypoint('ask', async () => (await model.invoke('Hi')).text);
  const waits: number[] = [];
  for (let i = 0; i < 50; i++) {
    await workflow.invoke(
      {},
      {
        onEvent: ({ type }) => {
          if (type === 'modelStreamed') waits.push(performance.now() - sentAt);
        },
      },
    );
  }
  tell('first token on the wire to its event', median(waits), 50);
}

{
  const time = (path: string) => {
    const script = `const start = performance.now(); await import(${JSON.stringify(place(path).href)}); console.log(performance.now() - start);`;
    const args = ['--input-type=module', '-e', script];
    const times = Array.from({ length: 9 }, () =>
      Number(execFileSync(process.execPath, args, { encoding: 'utf8' })),
    );
    return median(times);
  };
  const [engine, client, vendor] = ['index.js', 'openai.js', 'vendor/openai.js'].map(time);
  console.log(
    `import: superstep ${show(engine!)}, superstep/openai ${show(client!)}, openai at the first request ${show(vendor!)}`,
  );
}

function tell(what: string, ms: number, limitMs: number): void {
  const limit = limitMs === Infinity ? '' : ` (limit ${limitMs} ms)`;
  console.log(`${what}: ${show(ms)}${limit}${ms > limitMs ? '  TOO SLOW' : ''}`);
  if (ms > limitMs) process.exitCode = 1;
}

function show(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
