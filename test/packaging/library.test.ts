import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { npm, root, run } from '../host/install.ts';

const program = `import { Annotation, END, START, StateGraph } from 'superstep';
const State = Annotation.Root({ said: Annotation<string>() });
const graph = new StateGraph(State)
  .addNode('answer', ({ said }) => ({ said: said.toUpperCase() }))
  .addEdge(START, 'answer')
  .addEdge('answer', END)
  .compile({ name: 'answer' });
const result = await graph.invoke({ said: 'hello' });
export const said: string = result.said;
// @ts-expect-error The state knows its types.
export const wrong: number = result.said;
`;

/** The client of models: its types, and its code with a server that is made up. */
const client = `import { ChatOpenAI, ToolNode, tool } from 'superstep/openai';
const answer = { choices: [{ message: { content: '{"id":2}' }, finish_reason: 'stop' }] };
const model = new ChatOpenAI({ configuration: { fetch: async () => Response.json(answer) } });
export const text: string = (await model.invoke('Hi')).text;
const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
const pick = model.withStructuredOutput<{ id: number }>(schema);
export const id: number = (await pick.invoke('Hi')).id;
export const node = new ToolNode([tool(() => 'Twelve', { name: 'clock' })]);
// @ts-expect-error The text of a message is a text.
export const wrong: number = (await model.invoke('Hi')).text;
`;

/** Runs in parts: the tasks go as texts. */
const parts = `import { Annotation, START, StateGraph } from 'superstep';
import { drive, readAdvanced, runTask, type RemoteTask } from 'superstep/remote';
const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
  .addNode('double', ({ n }) => ({ n: n * 2 }))
  .addEdge(START, 'double')
  .compile();
const run = (task: RemoteTask) => runTask(graph, JSON.parse(JSON.stringify(task)) as RemoteTask);
console.log(readAdvanced(await drive(graph, { input: { n: 21 }, run })));
`;

const graphFile = program.replace('const graph', 'export const graph').split('const result')[0];

describe('the npm package', () => {
  let folder: string;
  let installed: string;

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'superstep-library-')));
    installed = join(folder, 'node_modules/superstep');
    mkdirSync(installed, { recursive: true });
    await npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    await run('tar', ['-xzf', archive, '-C', installed, '--strip-components=1'], { cwd: folder });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'program.ts'), program);
    writeFileSync(join(folder, 'client.ts'), client);
    writeFileSync(join(folder, 'parts.ts'), parts);
    writeFileSync(join(folder, 'answer.graph.ts'), graphFile ?? '');
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  test('holds the library and the command line, and nothing of the extension', () => {
    const names = readdirSync(installed).sort();
    assert.deepEqual(names, [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'media',
      'package.json',
    ]);
    const media = readdirSync(join(installed, 'media')).sort();
    assert.deepEqual(media, ['errors.md', 'lint.md', 'page.css', 'panel.css']);
    const dist = readdirSync(join(installed, 'dist'));
    for (const name of ['index.js', 'cli.js', 'worker.js', 'types']) assert.ok(dist.includes(name));
    for (const name of ['extension.js', 'webview.js.map']) assert.ok(!dist.includes(name));
    // The views of a run, for pages: minified, as it is published, half of that and less.
    assert.ok(statSync(join(installed, 'dist/webview.js')).size < 6_000_000);
  });

  test('runs in Node', async () => {
    const script = `console.log((await import(${JSON.stringify(join(folder, 'program.ts'))})).said)`;
    const said = await run(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(said, 'HELLO\n');
  });

  test('has the client of models, which needs no openai package', async () => {
    const script = `const { text, id } = await import(${JSON.stringify(join(folder, 'client.ts'))}); console.log(text, id)`;
    const said = await run(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(said, '{"id":2} 2\n');
  });

  test('reads schemas of zod before 4.2 with the copy of zod that it brings', async () => {
    const early = `
      import { ChatOpenAI } from 'superstep/openai';
      import * as z from './node_modules/superstep/dist/vendor/zod.js';
      const { _zod, '~standard': { jsonSchema, ...standard } } = z.object({ id: z.int() });
      const answer = { choices: [{ message: { content: '{"id":2}' }, finish_reason: 'stop' }] };
      let asked;
      const fetch = async (_, { body }) => ((asked = JSON.parse(body)), Response.json(answer));
      const model = new ChatOpenAI({ apiKey: 'key', configuration: { fetch } });
      await model.withStructuredOutput({ _zod, '~standard': standard }).invoke('Hi');
      console.log(Object.keys(asked.response_format.json_schema.schema.properties));
    `;
    writeFileSync(join(folder, 'early.js'), early);
    const said = await run(process.execPath, ['early.js'], { cwd: folder });
    assert.equal(said, "[ 'id' ]\n");
  });

  test('runs a graph in parts', async () => {
    assert.equal(await run(process.execPath, ['parts.ts'], { cwd: folder }), '{ n: 42 }\n');
  });

  const uncaught = {
    'of the engine': `import { StateGraph } from 'superstep';\nnew StateGraph(7);\n`,
    'of the client of models': `import { ChatOpenAI } from 'superstep/openai';
await new ChatOpenAI({ model: 'm' }).invoke('Hi');\n`,
  };
  for (const [name, text] of Object.entries(uncaught)) {
    test(`an error ${name} that nobody catches is read without scrolling`, async () => {
      writeFileSync(join(folder, 'uncaught.ts'), text);
      const env = { PATH: process.env['PATH'] };
      const failed = promisify(execFile)(process.execPath, ['uncaught.ts'], { cwd: folder, env });
      const said = await failed.then(
        () => assert.fail('nothing was thrown'),
        ({ stderr }: { stderr: string }) => stderr,
      );
      assert.match(said, /superstep\/dist\/[\w/-]+\.js:\d+\n/);
      assert.ok(said.length < 3000, said);
    });
  }

  const resolutions = {
    nodenext: { module: 'nodenext' },
    bundler: { module: 'esnext', moduleResolution: 'bundler' },
  };
  for (const [name, options] of Object.entries(resolutions)) {
    test(`has types for programs with ${name} resolution`, async () => {
      const compilerOptions = {
        ...options,
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
      };
      const config = join(folder, `tsconfig.${name}.json`);
      writeFileSync(
        config,
        JSON.stringify({ compilerOptions, files: ['program.ts', 'client.ts', 'parts.ts'] }),
      );
      await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
    });
  }

  test('its command line runs a graph file', async () => {
    // What npm would install beside it.
    symlinkSync(
      join(root, 'node_modules/esbuild'),
      join(folder, 'node_modules/esbuild'),
      'junction',
    );
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(installed, 'dist/cli.js'),
        ...[
          'run',
          'answer.graph.ts',
          '--input',
          '{"said":"hello"}',
          '--json',
          '--html',
          'run.html',
        ],
      ],
      { cwd: folder },
    );
    const { status, state } = JSON.parse(stdout) as { status: string; state: unknown };
    assert.deepEqual({ status, state }, { status: 'done', state: { said: 'HELLO' } });
    assert.match(readFileSync(join(folder, 'run.html'), 'utf8'), /<title>Run of answer<\/title>/);
  });
});
