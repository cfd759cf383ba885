// Measures 200 tests with recorded models, as `superstep test` of the built package runs them:
// npm run build && node test/bench/recordedTests.ts
// Each test asks a model four times. The time is that of the whole command.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { says, startModelServer } from '../fakes/modelServer.ts';

const ROUNDS = 3;
const TESTS = 200;
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const pieces = Array.from({ length: 20 }, (_, i) => ` word${i}`);
await using server = await startModelServer(says({ pieces }));
const folder = await mkdtemp(join(tmpdir(), 'superstep-bench-'));
for (const files of [1, 20]) {
  const place = join(folder, String(files));
  await mkdir(place);
  for (let i = 0; i < files; i++) {
    await writeFile(join(place, `g${i}.graph.ts`), graphFile(TESTS / files));
  }
  await test(place, ['--record', 'missing']);
  const times: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await test(place, []);
    times.push(`${seconds(performance.now() - began)} (load ${loadavg()[0]!.toFixed(1)})`);
  }
  console.log(`${TESTS} recorded tests in ${files} file(s): ${times.join(', ')}`);
}
await rm(folder, { recursive: true });

async function test(cwd: string, more: readonly string[]): Promise<void> {
  const args = [cli, 'test', '--reporter', 'json', ...more];
  const env = { ...process.env, OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: server.baseURL };
  const options = { cwd, env, maxBuffer: 1e8 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  const { passed } = JSON.parse(stdout) as { passed: number };
  if (passed !== TESTS) throw new Error(`Of ${TESTS} tests ${passed} passed`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function graphFile(tests: number): string {
  const items = Array.from(
    { length: tests },
    (_, i) =>
      `  'topic ${i}': { graph: 'graph', input: { topic: 'thing ${i}' }, expect: (run) => equal(run.state.ideas.length, 3) },`,
  );
  return `import { equal } from 'node:assert/strict';
import { Annotation, END, Send, START, StateGraph } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';

const State = Annotation.Root({
  topic: Annotation<string>(),
  ideas: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  best: Annotation<string>(),
});
const model = new ChatOpenAI();

export const graph = new StateGraph(State)
  .addNode('think', async ({ topic, role }: any) => ({
    ideas: [(await model.invoke(\`As \${role}: an idea about \${topic}\`)).text],
  }))
  .addNode('choose', async ({ ideas }) => ({
    best: (await model.invoke(\`Choose one of: \${ideas.join(', ')}\`)).text,
  }))
  .addConditionalEdges(
    START,
    ({ topic }) => ['poet', 'cook', 'judge'].map((role) => new Send('think', { topic, role })),
    ['think'],
  )
  .addEdge('think', 'choose')
  .addEdge('choose', END)
  .compile();

export const tests = {
${items.join('\n')}
};
`;
}
