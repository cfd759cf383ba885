// `superstep parity`: a graph runs with Superstep and with LangGraph.js, and what differs is told.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { compareGraph } from '../../src/cli/compareGraph.ts';
import { LoadError } from '../../src/loader/loadError.ts';
import { createTestRunner } from '../runner/testRunner.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { langGraphProject } from './langGraphProject.ts';
import { output, start } from './superstep.ts';

const runner = createTestRunner({ after });

const HEAD = `import { Annotation, Command, END, START, Send, StateGraph, append, interrupt } from 'superstep';
const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
  log2: Annotation<string[]>({ reducer: append, default: () => [] }),
});
const says = (name: string) => () => ({ log: [name] });
`;

async function parity(
  source: string,
  given: { input?: string; graph?: string; version?: string | null } = {},
) {
  const { version, ...options } = given;
  const { terminal, text } = fakeTerminal();
  const command = {
    name: 'parity' as const,
    file: join(langGraphProject(source, version), 'a.graph.ts'),
    ...options,
  };
  const context = { runner, terminal, signal: new AbortController().signal };
  const code = await compareGraph({ ...command, json: true }, context);
  const found = JSON.parse(text()) as {
    alike: boolean;
    differences: {
      kind: string;
      superstep?: number;
      graph?: string;
      ours: unknown;
      theirs: unknown;
    }[];
    known: { title: string }[];
    isChance?: boolean;
    superstep: { status: string; state: unknown };
    langgraph: { status: string; state: unknown };
  };
  return { code, ...found };
}

describe('superstep parity', () => {
  it('finds a graph alike that sends, joins, commands and has another one inside', async () => {
    const { code, ...found } = await parity(
      `${HEAD}
      const inner = new StateGraph(State).addNode('in', says('in')).addEdge(START, 'in').compile();
      export const graph = new StateGraph(State)
        .addNode('plan', () => new Command({ update: { log: ['plan'] }, goto: ['b', 'a'] }), { ends: ['a', 'b'] })
        .addNode('a', says('a'))
        .addNode('b', says('b'))
        .addNode('work', (n: number) => ({ log: ['work ' + n] }))
        .addNode('inner', inner)
        .addEdge(START, 'plan')
        .addConditionalEdges('a', () => [new Send('work', 2), new Send('work', 1)], ['work'])
        .addEdge(['a', 'b'], 'inner')
        .addEdge('work', END)
        .compile();`,
      { input: '{ "log": ["given"] }' },
    );
    assert.deepEqual(found.differences, []);
    assert.equal(code, 0);
    assert.deepEqual(found.superstep, found.langgraph);
    assert.equal(found.superstep.status, 'done');
  });

  it('finds a functional workflow and messages alike, whatever ids they have', async () => {
    const { code, superstep } = await parity(`
      import { HumanMessage, MessagesAnnotation, START, StateGraph } from 'superstep';
      export const graph = new StateGraph(MessagesAnnotation)
        .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'yes' }] }))
        .addEdge(START, 'answer')
        .compile();
      export const input = { messages: [new HumanMessage('no?')] };`);
    assert.equal(code, 0);
    const { messages } = superstep.state as { messages: object[] };
    assert.deepEqual(messages, [
      { type: 'human', content: 'no?' },
      { type: 'ai', content: 'yes' },
    ]);
  });

  it('tells the superstep from which on a graph differs, both sides, and the known reason', async () => {
    const { code, differences, known } = await parity(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('a', says('a'))
        .addNode('b', ({ log }) => { log.push('lost'); return {}; })
        .addEdge(START, 'a').addEdge('a', 'b').compile();`);
    assert.equal(code, 4);
    assert.deepEqual(
      differences.map(({ kind, superstep }) => [kind, superstep]),
      [
        ['folds', 2],
        ['state', undefined],
      ],
    );
    assert.deepEqual(differences[1]!.ours, { log: ['a'], log2: [] });
    assert.deepEqual(differences[1]!.theirs, { log: ['a', 'lost'], log2: [] });
    assert.deepEqual(
      known.map(({ title }) => title),
      ['Changes in place that are not returned'],
    );
  });

  it('tells that chance decides, where two runs of ours differ as well', async () => {
    const { code, isChance, differences } = await parity(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('a', () => ({ log: [String(performance.timeOrigin + performance.now())] }))
        .addEdge(START, 'a').compile();`);
    assert.deepEqual([code, isChance, differences[0]!.kind], [4, true, 'updates']);
  });

  it('finds graphs alike that ask the same, and others not', async () => {
    const asks = (question: string) => `${HEAD}
      export const graph = new StateGraph(State)
        .addNode('ask', () => ({ log: [interrupt(${question})] })).addEdge(START, 'ask').compile();`;
    const alike = await parity(asks("'Go?'"));
    assert.deepEqual(
      [alike.code, alike.superstep.status, alike.langgraph.status],
      [0, 'waiting', 'waiting'],
    );
    const other = await parity(asks("'lg_is_pregel' in graph ? 'theirs' : 'ours'"));
    assert.deepEqual(
      other.differences.map(({ kind, ours, theirs }) => [kind, ours, theirs]),
      [['questions', ['ours'], ['theirs']]],
    );
  });

  it('finds graphs alike that fail alike', async () => {
    const { code, superstep, langgraph } = await parity(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('a', says('a'))
        .addNode('bad', () => { throw new RangeError('too far'); })
        .addEdge(START, 'a').addEdge('a', 'bad').compile();`);
    assert.deepEqual([code, superstep.status, langgraph.status], [0, 'failed', 'failed']);
  });

  it('takes a file that only one of the two loads for a difference, with the reason', async () => {
    const { code, differences, known } = await parity(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('log', says('a')).addEdge(START, 'log').compile();`);
    assert.equal(code, 4);
    assert.deepEqual(differences[0]!.ours, { status: 'done' });
    assert.match(JSON.stringify(differences[0]!.theirs), /cannot be loaded.*state attribute/);
    assert.deepEqual(
      known.map(({ title }) => title),
      ['Nodes named like a key'],
    );
  });

  it('fails with what is wrong where neither of the two loads the file', async () => {
    const broken = parity(
      `${HEAD} export function graph() { throw new Error('no key'); }
      new StateGraph(State).addNode('a', says('a')).compile;`,
      { graph: 'graph' },
    );
    await assert.rejects(broken, (error) => {
      return (
        error instanceof LoadError &&
        /"graph" was called .* no key/.test(error.problems[0]!.message)
      );
    });
  });

  for (const [version, told] of [
    [null, /is not installed where that would find it: npm install @langchain\/langgraph/],
    ['2.0.0', /is installed there as 2\.0\.0; it has to be version 1: npm install/],
  ] as const) {
    it(`runs nothing without a LangGraph.js that it knows: ${version ?? 'none'}`, async () => {
      const run = parity(`throw new Error('it was loaded');`, { version });
      await assert.rejects(run, (error) => {
        return error instanceof LoadError && told.test(error.problems[0]!.message);
      });
    });
  }

  it('ends at Ctrl+C while a graph never ends, and compares nothing', async (t) => {
    const cwd = langGraphProject(`${HEAD}
      export const graph = new StateGraph(State)
        .addNode('ever', () => { process.stdout.write(''); return new Promise(() => setInterval(() => {}, 1000)); })
        .addEdge(START, 'ever').compile();`);
    const { child, ended } = start(t, ['parity', 'a.graph.ts'], { cwd });
    await output(child.stderr, /Running with Superstep/);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    assert.deepEqual([code, stdout], [130, '']);
  });

  it('prints both sides beside each other', async () => {
    const { terminal, text } = fakeTerminal();
    const file = join(import.meta.dirname, '../../docs/examples/differs.graph.ts');
    const context = { runner, terminal, signal: new AbortController().signal };
    assert.equal(await compareGraph({ name: 'parity', file, json: false }, context), 4);
    assert.match(
      text(),
      /^✗ Superstep and LangGraph\.js 1\.\S+ differ; before that 1 superstep alike$/m,
    );
    assert.match(
      text(),
      /^superstep 2: the same is written, and becomes another state\n {2}Superstep +LangGraph\.js 1\./m,
    );
    assert.match(
      text(),
      /first', 'bees: second' \] {2}notes: \[ 'bees: second', 'bees: first' \]$/m,
    );
    assert.match(
      text(),
      /Known: Changes in place that are not returned\n {2}https:.*#changes-in-place-that/,
    );
  });
});
