// The graphs of examples/ do what their comments promise; nobody waits for their sleeps.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CompiledStateGraph, RunEvent } from '../../src/engine/index.ts';
import { createOfflineModel } from '../../src/offline/offlineModel.ts';
import { MODEL_HOST, type ModelHost } from '../../src/openai/modelHost.ts';
import { settle } from '../engine/support.ts';
import * as sleep from '../fakes/sleep.ts';

const root = join(import.meta.dirname, '../..');
const urlOf = (path: string) => pathToFileURL(join(root, path)).href;

type Example = Readonly<Record<string, CompiledStateGraph>> & { readonly input: any };

const load = (name: string) => import(urlOf(`examples/${name}.graph.ts`)) as Promise<Example>;

/** The built-in model, and what passes through it. */
const requests = {
  inFlight: 0,
  peak: 0,
  count: 0,
  /** What a request waits for before it is answered. */
  hold: async (_prompt: string): Promise<void> => settle(),
};
const offline = createOfflineModel();
const fetch: typeof globalThis.fetch = async (url, init) => {
  requests.count++;
  requests.peak = Math.max(requests.peak, ++requests.inFlight);
  try {
    await requests.hold(init?.body as string);
    return await offline(url, init);
  } finally {
    requests.inFlight--;
  }
};
const host: ModelHost = {
  override: true,
  access: async () => ({ kind: 'handler', fetch, source: 'offline' }),
};

/** Runs an example, and tells how long it would have taken. */
async function run(name: string, options: { exportName?: string; input?: any } = {}) {
  const example = await load(name);
  const graph = example[options.exportName ?? 'graph']!;
  const input = options.input ?? example.input;
  Object.assign(requests, { peak: 0, count: 0 });
  const events: RunEvent[] = [];
  const start = sleep.now;
  const output = await graph.invoke(input, { onEvent: (event) => void events.push(event) });
  /** Paths of tasks, in the order in which they started or finished. */
  const order = (type: 'taskStarted' | 'taskFinished') =>
    events.flatMap((event) => (event.type === type ? [event.task.path.join('/')] : []));
  return {
    output,
    events,
    tookMs: sleep.now - start,
    started: order('taskStarted'),
    finished: order('taskFinished'),
  };
}

const { log } = console;
const { TMPDIR } = process.env;
const temporary = mkdtempSync(join(tmpdir(), 'superstep-examples-'));
const ours: Readonly<Record<string, string>> = {
  superstep: 'src/engine/index.ts',
  'superstep/openai': 'src/openai/index.ts',
  'superstep/sqlite': 'src/engine/sqlite.ts',
};
let hooks: ReturnType<typeof registerHooks>;
before(() => {
  console.log = () => {};
  process.env.TMPDIR = temporary;
  Object.assign(globalThis, { [MODEL_HOST]: host });
  hooks = registerHooks({
    resolve(specifier, context, next) {
      const file = ours[specifier];
      if (file !== undefined) return next(urlOf(file), context);
      const isExample = context.parentURL?.startsWith(urlOf('examples/')) ?? false;
      if (isExample && specifier === 'node:timers/promises') {
        return next(urlOf('test/fakes/sleep.ts'), context);
      }
      return next(specifier, context);
    },
  });
});
after(() => {
  console.log = log;
  process.env.TMPDIR = TMPDIR;
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  Reflect.deleteProperty(globalThis, MODEL_HOST);
  hooks.deregister();
  rmSync(temporary, { recursive: true });
});

describe('examples', () => {
  it('have a test each', () => {
    const names = globSync('examples/*.graph.*', { cwd: root }).map((path) =>
      basename(path, '.graph.ts'),
    );
    assert.deepEqual(names.sort(), [
      'cpu-parallel',
      'divergent-thinking',
      'map-reduce',
      'node-parallelism',
      'subgraphs',
      'subgraphs-basic',
      'tasks',
    ]);
  });

  it('open with what they show in five lines, and are short', () => {
    for (const path of globSync('examples/*.graph.ts', { cwd: root })) {
      const lines = readFileSync(join(root, path), 'utf8').split('\n');
      assert.ok(lines.length < 120, path);
      const opening = lines.findIndex((line) => !line.startsWith('//'));
      assert.ok(opening === 5, `${path} opens with ${opening} lines`);
    }
  });

  it('node-parallelism runs 2 s and 4 s of work in 4 s', async () => {
    const { output, tookMs, started, finished } = await run('node-parallelism');
    assert.equal(tookMs, 4000);
    assert.deepEqual(started, ['node_a', 'node_b']);
    assert.deepEqual(finished, ['node_a', 'node_b']);
    const texts: string[] = output.messages.map(({ text }: { text: string }) => text);
    assert.equal(texts.length, 3);
    assert.match(texts[1]!, /^Node A worked for \d+\.\d{3} s$/);
    assert.match(texts[2]!, /^Node B worked for \d+\.\d{3} s$/);
  });

  it('subgraphs-basic runs two subgraphs side by side, and joins what they found', async () => {
    const { output, tookMs, started, finished } = await run('subgraphs-basic');
    assert.equal(tookMs, 600 + 400 + 300);
    assert.deepEqual(started.slice(0, 2), ['research', 'planning'].sort());
    assert.ok(finished.indexOf('planning/ask_why') < finished.indexOf('research/search'));
    assert.equal(finished.at(-1), 'write');
    assert.equal(
      output.article,
      [
        '2 questions about apples',
        'How do apples grow?',
        'Why do people like apples?',
        'apples keep well in a cool place',
        'apples have seeds',
      ].join('\n'),
    );
    assert.deepEqual(Object.keys(output), ['topic', 'facts', 'questions', 'title', 'article']);
  });

  it('draw both subgraphs of subgraphs-basic', async () => {
    const { graph } = await load('subgraphs-basic');
    const text = graph!.getGraph({ xray: true }).drawMermaid();
    assert.match(text, /subgraph planning/);
    assert.match(text, /subgraph research/);
    assert.match(text, /planning_headline --> write;/);
    assert.match(text, /research_select --> write;/);
  });

  it('tasks writes all paragraphs at once, and asks for none that the thread has kept', async () => {
    const first = await run('tasks', { exportName: 'workflow' });
    const calls = [0, 1, 2].map((index) => `article/write_paragraph[${index}]`);
    assert.deepEqual(first.started, ['article', ...calls]);
    assert.equal(requests.peak, 3);
    assert.equal(first.output.split('\n\n').length, 3);

    const again = await run('tasks', { exportName: 'workflow' });
    assert.deepEqual(again.started, ['article']);
    assert.equal(again.output, first.output);
    assert.equal(requests.count, 0);

    const { input } = await load('tasks');
    const more = await run('tasks', { exportName: 'workflow', input: [...input, 'fog horns'] });
    assert.deepEqual(more.started, ['article', calls[0]]);
    assert.ok(more.output.startsWith(`${first.output}\n\n`));
  });

  it('map-reduce has an answer for each role in the order of the roles, whatever fails', async () => {
    const { input } = await load('map-reduce');
    const { roles } = input as { roles: string[] };
    // The later the role, the sooner its answer.
    requests.hold = async (prompt) => {
      const role = roles.findIndex((name) => prompt.includes(`As a ${name},`));
      for (let turn = role; turn < roles.length; turn++) await settle();
    };
    const { output, events, finished } = await run('map-reduce');
    requests.hold = async () => settle();

    const written = new Map(
      events.flatMap((event) =>
        event.type === 'taskWrote' ? [[event.task.path.join('/'), event.update] as const] : [],
      ),
    );
    assert.equal(output.responses.length, roles.length);
    for (const [index, response] of output.responses.entries()) {
      assert.deepEqual(written.get(`respond[${index}]`), { responses: [response] });
    }
    assert.match(output.responses[roles.indexOf('Mime')], /the Mime has nothing to say/);
    assert.ok(finished.indexOf('respond[9]') < finished.indexOf('respond[0]'), 'out of order');
    assert.equal(finished.at(-1), 'best_response');
    assert.ok(output.responses.includes(output.best_response));
    assert.deepEqual(Object.keys(output), ['roles', 'responses', 'best_response']);
  });

  for (const exportName of ['graph', 'pooled']) {
    it(`divergent-thinking (${exportName}) has eight requests in flight, and no more`, async () => {
      const { inputs } = (await load('divergent-thinking')) as any;
      const { output, started } = await run('divergent-thinking', {
        exportName,
        input: inputs[exportName],
      });
      assert.equal(output.new_roles.length, 12);
      assert.equal(output.responses.length, 12);
      assert.equal(requests.peak, 8);
      const speaking = started.filter((path) => path.includes('speak['));
      assert.equal(speaking.length, exportName === 'graph' ? 12 : 0);
      assert.deepEqual(Object.keys(output), ['new_roles', 'responses']);
    });
  }

  it('subgraphs joins what both found: as many responses as roles, and the best of all', async () => {
    const { output, started, finished } = await run('subgraphs');
    assert.deepEqual(started.slice(0, 2), ['best_response_graph', 'divergent_thinking_graph']);
    assert.equal(output.roles.length, 3 + 5);
    assert.equal(output.responses.length, 3 + 5);
    assert.deepEqual(output.roles.slice(3), output.new_roles);
    const lines = output.roles.map((role: string, i: number) => `${role}: ${output.responses[i]}`);
    assert.ok(lines.includes(output.best_response));
    assert.equal(finished.at(-1), 'overall_best');
  });

  it('draw the inside of both subgraphs of subgraphs', async () => {
    const text = (await load('subgraphs')).graph!.getGraph({ xray: true }).drawMermaid();
    for (const edge of [
      /best_response_graph_respond --> best_response_graph_best_response;/,
      /divergent_thinking_graph_generate_roles --> divergent_thinking_graph_divergent_thinking;/,
      /best_response_graph_best_response --> overall_best;/,
      /divergent_thinking_graph_divergent_thinking --> overall_best;/,
    ]) {
      assert.match(text, edge);
    }
  });

  it('cpu-parallel counts the same on worker threads and without them', async () => {
    const { output } = await run('cpu-parallel', { input: { ranges: 2 } });
    assert.deepEqual([output.onWorkers, output.inThread], [47_520, 47_520]);
  });
});
