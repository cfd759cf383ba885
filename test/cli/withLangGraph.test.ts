// `--with langgraph`: the LangGraph.js that is installed beside a file runs it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { langGraphProject } from './langGraphProject.ts';
import { output, start, superstep } from './superstep.ts';

const STATE = `
const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const says = (name: string) => () => ({ log: [name] });
`;
const imports = (names: string, from = 'superstep') => `import { ${names} } from '${from}';\n`;
const HEAD = imports('Annotation, END, START, Send, StateGraph, interrupt') + STATE;

const run = (t: Parameters<typeof superstep>[0], cwd: string, ...args: string[]) =>
  superstep(t, ['run', 'a.graph.ts', '--with', 'langgraph', ...args], { cwd });

describe('run --with langgraph', () => {
  const mapped = `
    const inner = new StateGraph(State).addNode('in', says('in')).addEdge(START, 'in').compile();
    export const graph = new StateGraph(State)
      .addNode('plan', says('plan'))
      .addNode('work', (n: number) => ({ log: ['work ' + n] }))
      .addNode('inner', inner)
      .addEdge(START, 'plan')
      .addConditionalEdges('plan', () => [new Send('work', 1), new Send('work', 2)], ['work'])
      .addEdge('work', 'inner')
      .compile();`;

  for (const from of ['superstep', '@langchain/langgraph']) {
    it(`runs a file that imports ${from}, and shows its tasks as runs of ours are shown`, async (t) => {
      const head = imports('Annotation, START, Send, StateGraph', from) + STATE;
      const cwd = langGraphProject(head + mapped);
      const { code, stdout, stderr } = await run(t, cwd, '--xray');
      assert.equal(code, 0, stderr);
      const lines = stdout.split('\n').map((line) => line.replace(/^[\d:.]+ /, ''));
      const told = lines.filter((line) => /^[→✓▶]|^ *superstep/.test(line));
      assert.deepEqual(
        told.map((line) => line.trim().replace(/ {2}.*/, '')),
        [
          ...['▶ a', 'superstep 1, 1 task', '→ plan', '✓ plan'],
          ...['superstep 2, 2 tasks', '→ work[0]', '→ work[1]', '✓ work[0]', '✓ work[1]'],
          ...['superstep 3, 1 task', '→ inner', 'superstep 1 of inner, 1 task'],
          ...['→ inner › in', '✓ inner › in', '✓ inner', '✓ done'],
        ],
      );
      const state = [...stdout.matchAll(/^ {2}\d {2}(.*)$/gm)].map(([, item]) => item);
      const once = ['plan', 'work 1', 'work 2'];
      assert.deepEqual(state, [...once, ...once, 'in']);
      assert.match(stderr, /LangGraph\.js 1\.\S+ runs this file\. It does not tell of retries/);
    });
  }

  it('runs functions in the place of graphs: an entrypoint with its tasks', async (t) => {
    const cwd = langGraphProject(`${imports('entrypoint, task')}
      const double = task('double', async (n: number) => n * 2);
      export const flow = entrypoint('flow', async (n: number) => (await double(n)) + 1);
      export const input = 20;`);
    const { code, stdout } = await run(t, cwd);
    assert.equal(code, 0);
    assert.match(stdout, /→ flow › double/);
    assert.match(stdout, /Final state\n41/);
  });

  it('pauses at a question, and goes on with the answer', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('ask', () => ({ log: [interrupt('Go?')] })).addEdge(START, 'ask').compile();`);
    const kept = ['--thread', 't', '--store', join(cwd, 'threads.sqlite')];
    const paused = await run(t, cwd, ...kept);
    assert.equal(paused.code, 3);
    assert.match(paused.stdout, /'Go\?'/);
    assert.match(paused.stdout, /superstep run a\.graph\.ts --with langgraph --thread t /);
    const answered = await run(t, cwd, ...kept, '--resume', 'yes', '--json');
    assert.equal(answered.code, 0, answered.stderr);
    assert.deepEqual((JSON.parse(answered.stdout) as { state: unknown }).state, { log: ['yes'] });
  });

  it('tells the node that failed, and its line', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('good', says('good'))
        .addNode('bad', () => { throw new TypeError('no such luck'); })
        .addEdge(START, 'good').addEdge('good', 'bad').compile();`);
    const { code, stdout } = await run(t, cwd);
    assert.equal(code, 1);
    assert.match(stdout, /✗ bad .*no such luck|✗ bad[^]*TypeError: no such luck/);
    assert.match(stdout, /a\.graph\.ts:10/);
    assert.match(stdout, /log: \[ 'good' \]/);
  });

  it('stops a run that never ends when it is told to', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('ever', () => new Promise(() => setInterval(() => {}, 1000)))
        .addEdge(START, 'ever').compile();`);
    const { child, ended } = start(t, ['run', 'a.graph.ts', '--with', 'langgraph'], { cwd });
    await output(child.stdout, /→ ever/);
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
  });

  it('says how to install LangGraph.js where it is not there', async (t) => {
    const { code, stderr } = await run(t, langGraphProject(HEAD, null));
    assert.equal(code, 1);
    assert.match(
      stderr,
      /is not installed where that would find it: npm install @langchain\/langgraph @langchain\/core \(IMPORT_NOT_FOUND\)/,
    );
  });

  it('refuses another major version, and names both', async (t) => {
    const { code, stderr } = await run(t, langGraphProject(HEAD, '0.2.74'));
    assert.equal(code, 1);
    assert.match(stderr, /installed there as 0\.2\.74; it has to be version 1: npm install/);
  });

  it('names what a file imports that LangGraph.js does not have, and where', async (t) => {
    const cwd = langGraphProject(
      `${imports('START, merge, asLangGraphSaver')}export const graph = asLangGraphSaver;`,
    );
    const { code, stderr } = await run(t, cwd);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^a\.graph\.ts:1:24: error: .* has no "asLangGraphSaver", .*\(NOT_IN_LANGGRAPH\)/m,
    );
  });

  it('tells what an exported function throws that is to make the graph', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export function makeGraph() {
        const graph = new StateGraph(State).addNode('a', says('a')).addEdge(START, 'a').compile();
        if (graph) throw new Error('no key');
        return graph;
      }`);
    const { code, stderr } = await run(t, cwd);
    assert.equal(code, 1);
    assert.match(stderr, /"makeGraph" was called to make its graph, and threw: no key/);
  });

  it('compiles a builder that the file exports, once', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export const builder = new StateGraph(State).addNode('a', says('a')).addEdge(START, 'a');`);
    const { code, stdout } = await run(t, cwd, '--json');
    assert.equal(code, 0);
    const { graph, state } = JSON.parse(stdout) as { graph: string; state: unknown };
    assert.deepEqual({ graph, state }, { graph: 'builder', state: { log: ['a'] } });
  });

  it('refuses what is neither of the two', async (t) => {
    const { code, stderr } = await superstep(t, ['run', 'a.graph.ts', '--with', 'python']);
    assert.equal(code, 2);
    assert.match(stderr, /--with takes superstep or langgraph, got "python"/);
  });
});
