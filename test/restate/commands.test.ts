// The command line with a real Restate server: a worker, runs on it, questions and refusals.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { output, start } from '../cli/superstep.ts';
import { freePorts } from '../host/freePorts.ts';
import { RestateServer, missingServer } from './restateServer.ts';

const skip = (await missingServer()) ?? false;

const WORDS = `
import { Annotation, START, Send, StateGraph, append, interrupt } from 'superstep';
const State = Annotation.Root({
  texts: Annotation<string[]>(),
  counts: Annotation<number[]>({ reducer: append, default: () => [] }),
  isRight: Annotation<string>(),
});
export const input = { texts: ['to be', 'or not'] };
export const graph = new StateGraph(State)
  .addNode('count', ({ text }: { text: string }) => {
    console.log('counting', text);
    return { counts: [text.length] };
  })
  .addNode('ask', () => ({ isRight: String(interrupt('Is that right?')) }))
  .addConditionalEdges(START, ({ texts }) => texts.map((text) => new Send('count', { text })), ['count'])
  .addEdge('count', 'ask')
  .compile({ name: 'words' });
export const waits = new StateGraph(State)
  .addNode('wait', (_, { signal }) => new Promise<object>((resolve) => {
    const timer = setTimeout(() => resolve({}), 600_000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve({});
    });
  }))
  .addEdge(START, 'wait')
  .compile({ name: 'waits' });
`;

describe('superstep run --on restate', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-on-restate-'));
  const file = join(folder, 'words.graph.ts');
  const ends: (() => unknown)[] = [];
  const suite = { after: (end: () => unknown) => void ends.push(end) };
  let server: RestateServer;
  let worker: ReturnType<typeof start>;

  const on = () => `--on=restate=${server.ingress}`;
  const run = (...args: string[]) => start(suite, ['run', file, on(), ...args]);

  before(async () => {
    writeFileSync(file, WORDS);
    server = await RestateServer.start();
    const [port] = await freePorts(1);
    const at = [`--restate=${server.ingress}`, `--register=${server.admin}`, '--port', `${port}`];
    worker = start(suite, ['serve', file, ...at]);
    await output(worker.child.stdout, /Registered as/);
  });
  after(async () => {
    for (const end of ends) await end();
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the lines of a run as here, asks, and goes on with the answer', async () => {
    const first = await run('--thread', 'a / ö', '--no-ask').ended;
    assert.equal(first.code, 3, first.stderr);
    for (const line of [
      /▶ words/,
      /→ count\[1\]/,
      /counting or not/,
      /✓ count\[0\]/,
      /\? ask .*waits/,
    ]) {
      assert.match(first.stdout, line);
    }
    assert.match(first.stdout, /counts: \[ 5, 6 \]/);
    assert.match(first.stdout, /--on restate=http\S+ --thread 'a \/ ö' --resume VALUE/);
    const again = await run('--thread', 'a / ö', '--no-ask').ended;
    assert.equal(again.code, 3);
    assert.match(again.stdout, /Waits for\nask .*\n {2}'Is that right\?'/);
    const last = await run('--thread', 'a / ö', '--resume', 'yes', '--json').ended;
    assert.equal(last.code, 0, last.stderr);
    const { status, state } = JSON.parse(last.stdout);
    assert.deepEqual([status, state.isRight, state.counts], ['done', 'yes', [5, 6]]);
  });

  it('cancels the run when it is told to stop', async () => {
    const waiting = run('--graph', 'waits', '--thread', 'b');
    await output(waiting.child.stdout, /→ wait/);
    waiting.child.kill('SIGTERM');
    const { code, stdout } = await waiting.ended;
    assert.equal(code, 130);
    assert.match(stdout, /■ cancelled/);
  });

  it('tells what workers have where they have not what is asked for, and what the server refuses', async () => {
    const other = await run('--graph', 'other').ended;
    assert.equal(other.code, 2);
    assert.match(
      other.stderr,
      /have no graph "other" of the file; they have: words.graph, words.waits/,
    );
    const nobody = await run('--thread', 'nobody', '--resume', 'yes').ended;
    assert.equal(nobody.code, 2, nobody.stdout);
    assert.match(nobody.stdout + nobody.stderr, /EMPTY_INPUT|NOTHING_TO_RESUME/);
    const [port] = await freePorts(1);
    const gone = await start(suite, ['run', file, `--on=restate=http://127.0.0.1:${port}`]).ended;
    assert.equal(gone.code, 1);
    assert.match(
      gone.stderr,
      new RegExp(`Cannot reach the Restate server at http://127.0.0.1:${port}`),
    );
  });
});
