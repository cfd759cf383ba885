// The names that LangGraph.js exports, and which of them are not here, and why.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  BaseLangGraphError,
  GraphBubbleUp,
  GraphInterrupt,
  GraphValueError,
  MemorySaver,
  NodeError,
  ParentCommand,
  RunControl,
  START,
  StateGraph,
  entrypoint,
  interrupt,
  isGraphBubbleUp,
  isGraphDrained,
  isGraphInterrupt,
  isNodeError,
  isNodeTimeoutError,
  isParentCommand,
  writer,
} from '../../src/engine/index.ts';
import { langGraphUrls } from '../../src/langgraph/entries.ts';
import { LACKING } from '../../src/langgraph/lacking.ts';
import { collect, failsWith, thrownBy } from '../engine/support.ts';

/** What LangGraph.js exports, and what stands for it. */
const entries: [entry: string, theirs: object, ours: object][] = await Promise.all(
  Object.entries(langGraphUrls((name) => `../../src/langgraph/${name}.ts`)).map(
    async ([specifier, path]): Promise<[string, object, object]> => [
      specifier,
      (await import(specifier)) as object,
      (await import(path)) as object,
    ],
  ),
);

describe('the names of LangGraph', () => {
  for (const [entry, theirs, ours] of entries) {
    it(`of ${entry} are in what stands for it, or listed as lacking`, () => {
      const names = Object.keys(theirs);
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((name) => !(name in ours) && !LACKING.includes(name)),
        [],
      );
    });
  }

  it('that are listed as lacking are there, and not here', () => {
    const isIn = (name: string, exports: object) => name in exports;
    assert.deepEqual(
      LACKING.filter(
        (name) =>
          entries.some(([, , ours]) => isIn(name, ours)) ||
          (name !== 'RemoteGraph' && !entries.some(([, theirs]) => isIn(name, theirs))),
      ),
      [],
    );
  });

  it('are errors that say what to do, where `require` asks for one that lacks', async () => {
    const { 'module.exports': required } = (await import('../../src/langgraph/index.ts')) as any;
    await failsWith('NOT_IN_SUPERSTEP', () => required.MessageGraph);
    assert.match(String(thrownFor(() => required.Graph)), /Use StateGraph with MessagesAnnotation/);
    assert.equal(required.NeverHeardOf, undefined);
    assert.equal({ ...required }.StateGraph, StateGraph);
  });
});

function thrownFor(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

const State = Annotation.Root({ n: Annotation<number>() });
const oneNode = (node: () => any, options = {}) =>
  new StateGraph(State).addNode('only', node, options).addEdge(START, 'only');
const thread = { configurable: { thread_id: '1' } };

describe('what is thrown is recognised under the names of LangGraph', () => {
  it('an interrupt, in a catch around it', async () => {
    let caught: unknown;
    const graph = oneNode(() => {
      try {
        interrupt('?');
      } catch (error) {
        caught = error;
        throw error;
      }
    }).compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread);
    assert.ok(caught instanceof GraphInterrupt && caught instanceof GraphBubbleUp);
    assert.ok(isGraphInterrupt(caught) && isGraphBubbleUp(caught) && !isParentCommand(caught));
    assert.ok(!((caught as unknown) instanceof ParentCommand));
    assert.ok(!((new Error('x') as unknown) instanceof GraphBubbleUp));
  });

  it('the lack of a checkpointer', async () => {
    const graph = oneNode(() => interrupt('?')).compile();
    for (const run of [graph.invoke({}), graph.getState(thread)]) {
      const error = await failsWith('MISSING_CHECKPOINTER', run);
      assert.ok(error instanceof GraphValueError && error instanceof BaseLangGraphError);
      assert.equal(error.lc_error_code, 'MISSING_CHECKPOINTER');
    }
  });

  it('a drain and a timeout', async () => {
    const control = new RunControl();
    const draining = oneNode(() => control.requestDrain('enough'))
      .addNode('next', () => {})
      .addEdge('only', 'next')
      .compile();
    const drained = await thrownBy(draining.invoke({}, { control }));
    assert.ok(isGraphDrained(drained) && !isNodeTimeoutError(drained));
    const late = await thrownBy(
      oneNode(() => new Promise(() => {}), { timeout: 1 })
        .compile()
        .invoke({}),
    );
    assert.ok(isNodeTimeoutError(late) && !isGraphDrained(late));
  });

  it('the failure that an error handler is told of', async () => {
    let told: unknown;
    const fails = () => {
      throw new Error('no luck');
    };
    const errorHandler = (_: unknown, failed: unknown) => void (told = failed);
    await oneNode(fails, { errorHandler }).compile().invoke({});
    assert.ok(isNodeError(told) && told instanceof NodeError);
    assert.equal(told.node, 'only');
    assert.equal(told.error.message, 'no luck');
    assert.ok(!isNodeError(told.error));
  });
});

it('writer() sends values to observers', async () => {
  const workflow = entrypoint('w', () => [1, 2].forEach((n) => writer(n)));
  assert.deepEqual(await collect(workflow.stream({}, { streamMode: 'custom' })), [1, 2]);
  await failsWith('OUTSIDE_RUN', () => writer(1));
});
