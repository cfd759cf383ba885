import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  Command,
  END,
  MessagesState,
  START,
  Send,
  StateGraph,
  append,
  entrypoint,
  interrupt,
} from '../../src/engine/index.ts';
import { expectRun, runGraph, type ExpectedRun } from '../../src/testing/index.ts';

const Log = Annotation.Root({
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
  last: Annotation<string>(),
});
const says = (name: string) => () => ({ log: [name], last: name });

/** Fans out to two nodes, joins them, and asks. */
function makeGraph() {
  return new StateGraph(Log)
    .addNode('plan', says('plan'))
    .addNode('left', () => ({ log: ['left'] }))
    .addNode('right', () => ({ log: ['right'] }))
    .addNode('judge', () => ({ log: [`judged ${interrupt<string, string>('Which?')}`] }))
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', () => ['left', 'right'], ['left', 'right', END])
    .addEdge(['left', 'right'], 'judge')
    .compile();
}

describe('a graph that is run by a test', () => {
  it('tells what ran, in which order, along which edges, and what was written', async () => {
    const run = await runGraph(makeGraph(), {}, { resume: ['left'] });
    assert.equal(run.status, 'done');
    assert.deepEqual(run.state.log, ['plan', 'left', 'right', 'judged left']);
    assert.deepEqual(run.updates('plan'), [{ log: ['plan'], last: 'plan' }]);
    assert.equal(run.ran('left'), 1);
    assert.equal(run.took('plan', 'left'), 1);
    assert.equal(run.took('left', 'judge'), 1);
    assert.equal(run.took('plan', '__end__'), 0);
    assert.ok(run.ranTogether('left', 'right'));
    assert.ok(!run.ranTogether('plan', 'right'));
    assert.ok(run.ranAfter('judge', 'right'));
    assert.ok(!run.ranAfter('right', 'left'));
    assert.deepEqual(run.warnings, []);
  });

  it('replaces nodes for the run only, in subgraphs too, and never calls what was replaced', async () => {
    let calls = 0;
    const inner = new StateGraph(Log)
      .addNode('pay', () => {
        calls++;
        return { last: 'paid' };
      })
      .addEdge(START, 'pay')
      .compile();
    const graph = new StateGraph(Log)
      .addNode('ask', says('ask'))
      .addNode('shop', inner)
      .addEdge(START, 'ask')
      .addEdge('ask', 'shop')
      .compile();
    const nodes = { 'shop:pay': { last: 'free' }, ask: () => ({ last: 'stub' }) };
    const run = await runGraph(graph, {}, { nodes });
    expectRun(run, { state: { last: 'free', log: [] }, ran: { 'shop:pay': 1, ask: 1 } });
    assert.equal(calls, 0);
    const whole = await runGraph(graph, {}, { nodes: { shop: { last: 'closed' } } });
    expectRun(whole, { state: { last: 'closed' }, ran: { shop: 1, 'shop:pay': 0 } });
    assert.equal((await graph.invoke({})).last, 'paid');
    assert.equal(calls, 1);
  });

  it('takes a Command in the place of a node', async () => {
    const nodes = { plan: new Command({ goto: 'left', update: { last: 'jumped' } }) };
    const run = await runGraph(makeGraph(), {}, { nodes, resume: () => undefined });
    assert.equal(run.state.last, 'jumped');
    assert.equal(run.took('plan', 'left') > 0, true);
  });

  it('refuses a stub of a node that is not there, and names the one that is meant', async () => {
    await assert.rejects(runGraph(makeGraph(), {}, { nodes: { jugde: {} } }), {
      code: 'UNKNOWN_NODE',
      message: /Cannot replace node "jugde".*did you mean "judge"/,
    });
    await assert.rejects(runGraph(new StateGraph(Log) as never, {}), { code: 'INVALID_OPTION' });
  });

  it('waits where no answer is given, and tells what it asks and the state so far', async () => {
    const run = await runGraph(makeGraph(), {});
    assert.equal(run.status, 'waiting');
    assert.deepEqual(
      run.questions.map(({ value }) => value as unknown),
      ['Which?'],
    );
    assert.deepEqual(run.state.log, ['plan', 'left', 'right']);
    assert.ok(!Object.hasOwn(run.state, '__interrupt__'));
  });

  it('answers several questions by what they ask', async () => {
    const ask = (question: string) => () => ({
      log: [`${question} ${interrupt<string, string>(question)}`],
    });
    const graph = new StateGraph(Log)
      .addNode('a', ask('one'))
      .addNode('b', ask('two'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile();
    const run = await runGraph(graph, {}, { resume: ({ value }) => `to ${value as string}` });
    expectRun(run, { state: { log: ['one to one', 'two to two'] } });
  });

  it('keeps what led to a failure beside its error', async () => {
    const failure = new Error('no');
    const nodes = {
      right() {
        throw failure;
      },
    };
    const run = await runGraph(makeGraph(), {}, { nodes });
    assert.equal(run.status, 'failed');
    assert.equal(run.error, failure);
    assert.equal(run.ran('plan'), 1);
    assert.deepEqual(run.state.log, ['plan']);
  });

  it('counts each task that was sent', async () => {
    const graph = new StateGraph(Log)
      .addNode('each', ({ item }: { item: string }) => ({ log: [item] }))
      .addConditionalEdges(START, () => ['x', 'y', 'z'].map((item) => new Send('each', { item })), [
        'each',
      ])
      .compile();
    const run = await runGraph(graph, {});
    expectRun(run, {
      ran: { each: 3 },
      took: ['__start__ -> each'],
      state: { log: ['x', 'y', 'z'] },
    });
  });

  it('runs an entrypoint as well', async () => {
    const twice = entrypoint('twice', (n: number) => Promise.resolve(n * 2));
    const run = await runGraph(twice, 21);
    assert.equal(run.status, 'done');
    assert.equal(run.state, 42);
  });
});

describe('the order in which nodes end', () => {
  /** The state is what the node that ended last has left outside of it. */
  function racing() {
    let last = '';
    const node = (name: string) => async () => {
      await Promise.resolve();
      return { log: [name] };
    };
    const ended: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', node('a'))
      .addNode('b', node('b'))
      .addNode('c', node('c'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge(START, 'c')
      .compile();
    const onEvent = (event: { type: string; task?: { node: string } }) => {
      if (event.type === 'taskFinished') ended.push((last = event.task!.node));
    };
    return { graph, ended, onEvent, last: () => last };
  }

  async function orderOf(seed: number): Promise<string> {
    const { graph, ended, onEvent } = racing();
    const run = await runGraph(graph, {}, { seed, config: { onEvent } });
    assert.deepEqual(run.state.log, ['a', 'b', 'c'], 'the state does not depend on it');
    return ended.join('');
  }

  it('is the same for the same seed, and each order comes with some seed', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const order = await orderOf(seed);
      assert.equal(await orderOf(seed), order);
      orders.add(order);
    }
    assert.equal(orders.size, 6);
  });
});

describe('a run that is compared with what was expected', () => {
  async function failure(expected: ExpectedRun): Promise<string> {
    const run = await runGraph(makeGraph(), {}, { resume: ['left'] });
    try {
      expectRun(run, expected);
    } catch (error) {
      assert.equal((error as Error).name, 'AssertionError');
      return (error as Error).message;
    }
    return '';
  }

  it('lists everything that differs', async () => {
    const message = await failure({
      status: 'waiting',
      state: { last: 'other', log: ['plan', 'left', 'right', 'judged left'] },
      ran: { plan: 2, nobody: 1, judge: 2 },
      took: ['plan -> __end__'],
      tookNot: ['plan → left'],
      together: [['plan', 'left']],
      inOrder: ['left', 'right'],
      atMost: { supersteps: 1, modelCalls: 0 },
      warnings: ['CHANGE_LOST'],
    });
    assert.match(message, /- it is done, not waiting/);
    assert.match(message, /- state\.last is 'plan', not 'other'/);
    assert.doesNotMatch(message, /state\.log/);
    assert.match(message, /- plan ran once, not 2 times/);
    assert.match(
      message,
      /- nobody ran not at all, not once; those that ran: plan, left, right, judge/,
    );
    assert.match(message, /- plan -> __end__ was not taken/);
    assert.match(message, /- plan → left was taken once/);
    assert.match(message, /- plan and left ran in no superstep together/);
    assert.match(message, /- right did not wait for left; the order was plan, left, right, judge/);
    assert.match(message, /- it took 3 supersteps, not at most 1/);
    assert.match(message, /- its warnings are not CHANGE_LOST, but none/);
  });

  it('says nothing where all is as expected', async () => {
    assert.equal(
      await failure({
        ran: { plan: 1, judge: 1 },
        took: ['__start__ -> plan', 'right -> judge'],
        together: [['left', 'right']],
        inOrder: ['plan', 'left', 'judge'],
        atMost: { supersteps: 3, modelCalls: 0, tokens: 0 },
        warnings: [],
      }),
      '',
    );
  });

  it('refuses what would hold for every run', async () => {
    const run = await runGraph(makeGraph(), {}, { resume: ['left'] });
    const refused = (expected: unknown, message: RegExp) =>
      assert.throws(() => expectRun(run, expected as ExpectedRun), message);
    refused({ stat: { last: 'other' } }, /has no option "stat"; did you mean "state"\?/);
    refused({ atMost: { token: 0 } }, /"atMost" has no option "token"; did you mean "tokens"\?/);
    refused('done', /Cannot compare a run with "done"/);
    refused(null, /Cannot compare a run with null/);
  });

  it('names the error of a run that failed', async () => {
    const nodes = {
      plan() {
        throw new Error('out of money');
      },
    };
    const run = await runGraph(makeGraph(), {}, { nodes });
    assert.throws(() => expectRun(run, {}), /it is failed, not done: out of money/);
    expectRun(run, { status: 'failed', ran: { judge: 0 } });
  });

  it('compares messages by role and text', async () => {
    const graph = new StateGraph(MessagesState)
      .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'Hello' }] }))
      .addEdge(START, 'answer')
      .compile();
    const run = await runGraph(graph, { messages: 'Hi' });
    expectRun(run, { state: { messages: ['Hi', ['ai', 'Hello']] } });
    assert.throws(
      () => expectRun(run, { state: { messages: ['Hi', ['human', 'Hello']] } }),
      /state\.messages is .*role: 'ai'/,
    );
    assert.throws(() => expectRun(run, { state: { messages: ['Hi'] } }), /state\.messages/);
  });
});

it('refuses to answer a graph that asks for ever', async () => {
  const graph = new StateGraph(Log)
    .addNode('ask', () => ({ last: interrupt<string, string>('And now?') }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'ask')
    .compile();
  await assert.rejects(runGraph(graph, {}, { resume: () => 'yes' }), {
    code: 'GRAPH_RECURSION_LIMIT',
    message: /Graph "graph" still asks after 250 rounds of answers, now 'And now\?'.*"resume"/,
  });
});

it('what a run has reached counts nodes and edges, the end without an edge as well', async () => {
  const { coverage } = await runGraph(makeGraph(), {}, { resume: ['left'] });
  assert.deepEqual(coverage.nodes, { plan: 1, left: 1, right: 1, judge: 1 });
  assert.deepEqual(
    coverage.edges.filter(({ count }) => count !== 1),
    [{ source: 'plan', target: '__end__', conditional: true, count: 0 }],
  );
});
