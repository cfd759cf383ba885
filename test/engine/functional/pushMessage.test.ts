import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessage,
  Annotation,
  MessagesAnnotation,
  MessagesValue,
  START,
  StateGraph,
  entrypoint,
  pushMessage,
  task,
} from '../../../src/engine/index.ts';
import { collect, failsWith, mentions, settle } from '../support.ts';

const said = (id: string, content = id) => new AIMessage({ id, content });
const ids = ({ messages }: { messages: readonly { id?: string | undefined }[] }) =>
  messages.map(({ id }) => id);

function oneNode(node: () => any, options = {}) {
  return new StateGraph(MessagesAnnotation)
    .addNode('only', node, options)
    .addEdge(START, 'only')
    .compile();
}

describe('pushMessage()', () => {
  it('shows a message before its node has ended, and writes it before what the node returns', async () => {
    const gate = Promise.withResolvers<void>();
    const graph = oneNode(async () => {
      const pushed = pushMessage({ role: 'assistant', content: 'On it', id: '1' });
      assert.equal(pushed.text, 'On it');
      await gate.promise;
      return { messages: [said('2')] };
    });
    const stream = await graph.stream({}, { streamMode: ['messages', 'updates', 'values'] });
    const { value: shown }: any = await stream.next();
    assert.equal(shown[0], 'messages');
    assert.equal(shown[1][0].id, '1');
    assert.equal(shown[1][1].langgraph_node, 'only');
    gate.resolve();
    const rest: any[] = await collect(stream);
    assert.deepEqual(
      rest.filter(([mode]) => mode === 'messages').map(([, [message]]) => message.id),
      ['2'],
    );
    const [, update] = rest.find(([mode]) => mode === 'updates');
    assert.deepEqual(
      update.only.flatMap(({ messages }: any) => [messages].flat()).map(({ id }: any) => id),
      ['1', '2'],
    );
    assert.deepEqual(ids(rest.at(-1)[1]), ['1', '2']);
  });

  it('may be called by a task that a node calls, and by a node that returns nothing', async () => {
    const tell = task('tell', async () => void pushMessage(said('inner')));
    assert.deepEqual(ids(await oneNode(() => tell()).invoke({})), ['inner']);
  });

  it('of an attempt that fails is dropped', async () => {
    let attempt = 0;
    const retryPolicy = { initialInterval: 0, jitter: false };
    const graph = oneNode(
      () => {
        pushMessage(said(String(++attempt)));
        if (attempt === 1) throw new Error('once');
      },
      { retryPolicy },
    );
    assert.deepEqual(ids(await graph.invoke({})), ['2']);
  });

  it('is seen by the routers of its node', async () => {
    const seen: unknown[] = [];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('only', () => void pushMessage(said('1')))
      .addEdge(START, 'only')
      .addConditionalEdges('only', (state) => (seen.push(ids(state)), []))
      .compile();
    await graph.invoke({});
    assert.deepEqual(seen, [['1']]);
  });

  it('writes to the key it is told, or to none', async () => {
    const State = Annotation.Root({ talk: MessagesValue });
    for (const [stateKey, written] of [
      ['talk', ['1']],
      [null, []],
      [undefined, []],
    ] as const) {
      const graph = new StateGraph(State)
        .addNode(
          'only',
          () => void pushMessage(said('1'), stateKey === undefined ? {} : { stateKey }),
        )
        .addEdge(START, 'only')
        .compile();
      const chunks: any[] = await collect(graph.stream({}, { streamMode: ['messages', 'values'] }));
      assert.deepEqual(
        chunks.filter(([mode]) => mode === 'messages').map(([, [message]]) => message.id),
        ['1'],
      );
      assert.deepEqual(ids({ messages: (await graph.invoke({})).talk }), written);
    }
  });

  it('shows messages of entrypoints, whose result is theirs', async () => {
    const workflow = entrypoint('workflow', async () => {
      pushMessage(said('1'));
      await settle();
      return 'done';
    });
    const chunks: any[] = await collect(
      workflow.stream({}, { streamMode: ['messages', 'updates'] }),
    );
    assert.equal(chunks[0][1][0].id, '1');
    assert.deepEqual(chunks.at(-1), ['updates', { workflow: 'done' }]);
  });

  it('needs an id, a key that exists, and a run', async () => {
    const noId = oneNode(() => void pushMessage('text'));
    mentions(await failsWith('VALIDATION_FAILED', noId.invoke({})), '"only"', 'without id');
    const noKey = oneNode(() => void pushMessage(said('1'), { stateKey: 'mesages' }));
    mentions(await failsWith('VALIDATION_FAILED', noKey.invoke({})), '"mesages"', '"messages"');
    mentions(await failsWith('OUTSIDE_RUN', () => pushMessage(said('1'))), 'pushMessage()');
  });
});
