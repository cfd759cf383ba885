// The graphs of examples/ do what their comments promise; nobody waits for their sleeps.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CompiledStateGraph, RunEvent } from '../../src/engine/index.ts';
import * as sleep from '../fakes/sleep.ts';

const root = join(import.meta.dirname, '../..');
const urlOf = (path: string) => pathToFileURL(join(root, path)).href;

interface Example {
  readonly graph: CompiledStateGraph;
  readonly input: any;
}

const load = (name: string) => import(urlOf(`examples/${name}.graph.ts`)) as Promise<Example>;

/** Runs an example, and tells how long it would have taken. */
async function run(name: string) {
  const { graph, input } = await load(name);
  const events: RunEvent[] = [];
  const start = sleep.now;
  const output = await graph.invoke(input, { onEvent: (event) => void events.push(event) });
  /** Paths of tasks, in the order in which they started or finished. */
  const order = (type: 'taskStarted' | 'taskFinished') =>
    events.flatMap((event) => (event.type === type ? [event.task.path.join('/')] : []));
  return {
    output,
    tookMs: sleep.now - start,
    started: order('taskStarted'),
    finished: order('taskFinished'),
  };
}

const { log } = console;
let hooks: ReturnType<typeof registerHooks>;
before(() => {
  console.log = () => {};
  hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'superstep') return next(urlOf('src/engine/index.ts'), context);
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
  hooks.deregister();
});

describe('examples', () => {
  it('have a test each', () => {
    const names = globSync('examples/*.graph.*', { cwd: root }).map((path) =>
      path.split(/[\\/]/).at(-1),
    );
    assert.deepEqual(names.sort(), ['node-parallelism.graph.ts', 'subgraphs-basic.graph.ts']);
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
    const text = graph.getGraph({ xray: true }).drawMermaid();
    assert.match(text, /subgraph planning/);
    assert.match(text, /subgraph research/);
    assert.match(text, /planning_headline --> write;/);
    assert.match(text, /research_select --> write;/);
  });
});
