import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseCommand } from '../../src/cli/args.ts';
import type { RunCommand } from '../../src/cli/command.ts';
import { runGraph } from '../../src/cli/runGraph.ts';
import { SAVED_RUN } from '../../src/protocol/panelHtml.ts';
import type { ToWebview } from '../../src/protocol/webviewMessages.ts';
import type { TracedEvent } from '../../src/trace/trace.ts';
import { createTestRunner } from '../runner/testRunner.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { pageFiles } from './pageFiles.ts';
import { distIsMissing, fixture, superstep } from './superstep.ts';

const skip = distIsMissing;
const file = fixture('nodes.graph.ts');

function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-html-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a page that was written tells its views. */
function messagesOf(path: string): ToWebview[] {
  const [, json = '[]'] =
    new RegExp(`id="${SAVED_RUN}">([^]*?)</script>`).exec(readFileSync(path, 'utf8')) ?? [];
  return JSON.parse(json) as ToWebview[];
}

const endOf = (messages: readonly ToWebview[]) => messages.find(({ type }) => type === 'runEnded');

test('run --html writes the run as a page, beside what it prints', { skip }, async (t) => {
  const out = join(tempFolder(t), 'run.html');
  const { code, stdout, stderr } = await superstep(t, [
    ...['run', file, '--graph', 'fine', '--json', '--html', out],
  ]);
  assert.deepEqual([code, (JSON.parse(stdout) as { status: string }).status], [0, 'done']);
  assert.match(stderr, /^The run is in .*run\.html\n$/);
  const messages = messagesOf(out);
  assert.deepEqual(
    messages.map(({ type }) => type),
    ['graph', 'runStarted', 'runEvents', 'progress', 'runEnded'],
  );
  const [graph, , , progress] = messages;
  assert.deepEqual(graph?.type === 'graph' && [graph.title, graph.file], [
    'chain',
    'nodes.graph.ts',
  ]);
  assert.deepEqual(
    progress?.type === 'progress' && progress.nodes.map(({ id, status }) => [id, status]),
    [
      ['first', 'done'],
      ['second', 'done'],
    ],
  );
});

test('run --html writes a run that fails, with its failure', { skip }, async (t) => {
  const out = join(tempFolder(t), 'run.html');
  const { code } = await superstep(t, ['run', file, '--graph', 'throwsWithCause', '--html', out]);
  assert.equal(code, 1);
  const end = endOf(messagesOf(out));
  assert.match((end?.type === 'runEnded' && end.message) || '', /^In node "\w+": /);
});

test('run --html tells at once where it cannot write, and runs nothing', async (t) => {
  const folder = tempFolder(t);
  for (const [out, why] of [
    [join(folder, 'gone/run.html'), /there is no folder .*gone/],
    [folder, /is a folder/],
    ['', /--html takes the path of a file/],
  ] as const) {
    const { code, stdout, stderr } = await superstep(t, ['run', file, '--html', out]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, why);
  }
});

test('run --html shows a run that was answered as one', { skip }, async (t) => {
  const folder = tempFolder(t);
  const out = join(folder, 'run.html');
  const { terminal } = fakeTerminal(['l', '"d"']);
  const command = parseCommand([
    ...['run', fixture('threads.graph.ts'), '--graph', 'parallel', '--html', out],
    ...['--thread', 'one', '--store', join(folder, 'threads.sqlite')],
  ]) as RunCommand;
  const { signal } = new AbortController();
  const runner = createTestRunner(t);
  const pages = { describer: runner, files: pageFiles };
  assert.equal(await runGraph(command, { runner, terminal, signal, pages }), 0);
  assert.ok(existsSync(out));
  const messages = messagesOf(out);
  const end = endOf(messages);
  assert.equal(end?.type === 'runEnded' && end.status, 'done');
  const events = messages.flatMap((message) =>
    message.type === 'runEvents' ? (message.events as readonly TracedEvent[]) : [],
  );
  const starts = events.filter(({ type }) => type === 'runStarted');
  assert.equal(starts.length, 2);
});
