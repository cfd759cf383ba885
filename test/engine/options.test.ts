// Misspelt options, as only programs without types can have them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  task,
  type NodeOptions,
} from '../../src/engine/index.ts';
import { failsWith, mentions } from './support.ts';

const State = Annotation.Root({ n: Annotation<number>() });
const work = () => ({ n: 1 });
const node = (options: object) => new StateGraph(State).addNode('a', work, options as NodeOptions);
const compiled = (options: object) => node({}).addEdge(START, 'a').compile(options);

describe('an option that does not exist is refused', () => {
  for (const [make, owner, wrong, meant] of [
    [() => node({ retyPolicy: {} }), 'Node "a"', 'retyPolicy', 'retryPolicy'],
    [() => node({ Defer: true }), 'Node "a"', 'Defer', 'defer'],
    [
      () => new StateGraph(State).addNode([['a', work, { end: [] } as NodeOptions]]),
      'Node "a"',
      'end',
      'ends',
    ],
    [() => compiled({ interruptBefor: ['a'] }), 'compile()', 'interruptBefor', 'interruptBefore'],
    [
      () => compiled({ checkpointSaver: new MemorySaver() }),
      'compile()',
      'checkpointSaver',
      'checkpointer',
    ],
    [
      () => new StateGraph(State).setNodeDefaults({ timeOut: 5 } as never),
      'setNodeDefaults()',
      'timeOut',
      'timeout',
    ],
    [() => new StateGraph(State, { ouput: State } as never), 'new StateGraph()', 'ouput', 'output'],
    [
      () => new StateGraph({ state: State, inputs: State } as never),
      'new StateGraph()',
      'inputs',
      'input',
    ],
    [() => task({ name: 't', retyr: {} } as never, work), 'Task "t"', 'retyr', 'retry'],
    [() => entrypoint({ name: 'e', stor: {} } as never, work), 'Entrypoint "e"', 'stor', 'store'],
    [
      () =>
        compiled({}) &&
        node({ retryPolicy: { maxAttempt: 2 } })
          .addEdge(START, 'a')
          .compile(),
      'retry policy of "a"',
      'maxAttempt',
      'maxAttempts',
    ],
    [
      () => task({ name: 't', timeout: { idelTimeout: 2 } } as never, work),
      'timeout policy of "t"',
      'idelTimeout',
      'idleTimeout',
    ],
    [
      () => task({ name: 't', cachePolicy: { keyFunk: () => '' } } as never, work),
      'cache policy of "t"',
      'keyFunk',
      'keyFunc',
    ],
  ] as [() => unknown, owner: string, wrong: string, meant: string][]) {
    it(`${owner}: ${wrong}`, async () => {
      const error = await failsWith('UNKNOWN_OPTION', make);
      mentions(error, owner, `"${wrong}"`, meant === 'checkpointer' ? meant : `mean "${meant}"`);
      assert.equal(error.details.key, wrong);
    });
  }

  it('with a list of those that there are, if none is close', async () => {
    const error = await failsWith('UNKNOWN_OPTION', () => node({ zzz: 1 }));
    mentions(error, 'the options are input, ends, defer');
  });
});

describe('what is passed in to be used is refused if it cannot be', () => {
  const theirs = { getTuple() {}, put() {}, putWrites() {} };
  for (const [key, value, lacks] of [
    ['checkpointer', theirs, 'list()'],
    ['checkpointer', { get() {}, list() {}, put() {} }, 'putTasks()'],
    ['checkpointer', null, 'get()'],
    ['store', { get() {}, put() {} }, 'delete()'],
    ['cache', { get() {} }, 'set()'],
  ] as [string, unknown, string][]) {
    it(`${key} without ${lacks}`, async () => {
      const given = { [key]: value } as never;
      const graph = new StateGraph(State).addNode('a', work).addEdge(START, 'a');
      const workflow = () => entrypoint({ name: 'flow', ...(given as object) }, work);
      for (const make of [() => graph.compile(given), workflow]) {
        const error = await failsWith('INVALID_OPTION', make);
        mentions(error, `its ${key}`, lacks, 'LangGraph');
        assert.equal(error.details.key, key);
      }
    });
  }
});

it('options that are undefined, and those of LangGraph without effect here, are let pass', async () => {
  const graph = new StateGraph(State, { nodes: ['a'], interrupt: {}, output: undefined } as never)
    .addNode('a', work, { subgraphs: [], tracePolicy: {}, made: undefined } as never)
    .addEdge(START, 'a')
    .compile();
  assert.deepEqual(await graph.invoke({}), { n: 1 });
});
