import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  GraphDrained,
  MemorySaver,
  RunControl,
  START,
  StateGraph,
} from '../../src/engine/index.ts';
import { LogState, failsWith, mentions, recorder, says } from './support.ts';

/** Three nodes in a row; the second asks for the drain. */
function drained(control: RunControl, reason?: string) {
  return new StateGraph(LogState)
    .addNode('one', says('one'))
    .addNode('two', () => {
      control.requestDrain(reason);
      return { log: ['two'] };
    })
    .addNode('three', says('three'))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .addEdge('two', 'three');
}

describe('a drain', () => {
  it('stops the run before its next superstep, with the reason', async () => {
    const control = new RunControl();
    const seen = recorder();
    const graph = drained(control, 'the process ends').compile({ name: 'drained' });
    const error = await failsWith('DRAINED', graph.invoke({}, { control, onEvent: seen.onEvent }));
    assert.ok(error instanceof GraphDrained);
    assert.equal(error.reason, 'the process ends');
    mentions(error, '"drained"', 'the process ends');
    assert.deepEqual(seen.lines().slice(-2), ['superstepFinished 2', 'runFailed']);
    assert.deepEqual(seen.of('runFailed')[0]!.state, { log: ['one', 'two'] });
  });

  it('leaves a run alone that is done by then', async () => {
    const control = new RunControl();
    const graph = new StateGraph(LogState)
      .addNode('last', () => (control.requestDrain(), { log: ['last'] }))
      .addEdge(START, 'last')
      .compile();
    assert.deepEqual((await graph.invoke({}, { control })).log, ['last']);
  });

  it('asked for before the start runs nothing', async () => {
    const control = new RunControl();
    control.requestDrain();
    const seen = recorder();
    await failsWith(
      'DRAINED',
      drained(control).compile().invoke({}, { control, onEvent: seen.onEvent }),
    );
    assert.deepEqual(seen.of('taskStarted'), []);
  });

  it('lets subgraphs that run come to their end', async () => {
    const control = new RunControl();
    const graph = new StateGraph(LogState)
      .addNode('sub', drained(control).compile())
      .addNode('after', says('after'))
      .addEdge(START, 'sub')
      .addEdge('sub', 'after')
      .compile();
    const seen = recorder();
    await failsWith('DRAINED', graph.invoke({}, { control, onEvent: seen.onEvent }));
    assert.deepEqual(
      seen.of('taskFinished').map(({ task }) => task.path.join('/')),
      ['sub/one', 'sub/two', 'sub/three', 'sub'],
    );
  });

  it('can be taken up again from where the run was stored', async () => {
    const control = new RunControl();
    const graph = drained(control).compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: 't' } };
    await failsWith('DRAINED', graph.invoke({}, { ...config, control }));
    assert.deepEqual((await graph.invoke(null as any, config)).log, ['one', 'two', 'three']);
  });
});
