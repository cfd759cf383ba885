// The names that LangGraph.js exports, and which of them are not here, and why.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as peer from '@langchain/langgraph';
import * as peerWeb from '@langchain/langgraph/web';
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
import * as ours from '../../src/engine/index.ts';
import { collect, failsWith, thrownBy } from '../engine/support.ts';

const LEFT_OUT: Record<string, string> = {
  // Parts that graphs are made of there: here a state is declared, and `Checkpointer` and `Store` are
  // interfaces with conformance suites.
  internals:
    'AsyncBatchedStore BaseChannel BaseCheckpointSaver BaseStore BinaryOperatorAggregate ' +
    'COMMAND_SYMBOL CommandInstance EmptyChannelError UntrackedValueChannel copyCheckpoint ' +
    'emptyCheckpoint getJsonSchemaFromSchema getSchemaDefaultGetter getSubgraphsSeenSet ' +
    'isSerializableSchema isStandardSchema _markInvalidResume isInvalidResume',
  // Chunks of `stream` and `onEvent` tell the same.
  'events of its third protocol':
    'ChatModelStreamImpl EventLog GraphRunStream STREAM_EVENTS_V3_MODES StreamChannel ' +
    'SubgraphRunStream convertToProtocolEvent createGraphRunStream createLifecycleTransformer ' +
    'createMessagesTransformer createSubgraphDiscoveryTransformer createValuesTransformer ' +
    'filterLifecycleEntries filterSubgraphHandles isCheckpointEnvelope isNativeTransformer ' +
    'GraphCallbackHandler',
  // All reducers are applied in bulk, and stored by what changed.
  'forms for long lists': 'DeltaChannel DeltaValue MessagesDeltaValue messagesDeltaReducer',
  // Never thrown, or for servers; an answer to nothing has a code here.
  'errors that do not occur':
    'MultipleSubgraphsError RemoteException UnknownInterruptError isUnknownInterruptError',
  // `StateGraph` and `interrupt` took their places.
  'deprecated there': 'Graph MessageGraph NodeInterrupt',
};
const leftOut = Object.values(LEFT_OUT).flatMap((names) => names.split(' '));

describe('the names of LangGraph', () => {
  for (const [entry, exports] of [
    ['@langchain/langgraph', peer],
    ['@langchain/langgraph/web', peerWeb],
  ] as const) {
    it(`of ${entry} are here, or left out for a reason`, () => {
      const names = Object.keys(exports);
      assert.ok(names.length > 50);
      assert.deepEqual(
        names.filter((name) => !(name in ours) && !leftOut.includes(name)),
        [],
      );
    });
  }

  it('that are left out are there, and not here', () => {
    assert.deepEqual(
      leftOut.filter((name) => name in ours || !(name in peer)),
      [],
    );
  });
});

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
