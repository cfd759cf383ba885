// What comes from LangChain and LangGraph: models inside of tasks, commands and sends that are returned.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { AIMessageChunk } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import {
  Annotation,
  MemorySaver,
  Overwrite,
  MessagesAnnotation,
  START,
  StateGraph,
  append,
  entrypoint,
  task,
  type CompiledStateGraph,
  type RunEvent,
} from '../../src/engine/index.ts';

/** What a run tells of its calls of models, each as its type, its task and what is worth checking. */
async function modelEvents(graph: CompiledStateGraph, input: unknown) {
  const events: RunEvent[] = [];
  const run = graph.invoke(input, { onEvent: (event) => void events.push(event) });
  await run.catch(() => {});
  return events.flatMap((event) => {
    switch (event.type) {
      case 'modelStarted':
        return [`started ${event.task.node} ${event.call.id}`];
      case 'modelStreamed':
        return [`streamed ${event.task.node} ${event.text}`];
      case 'modelFinished':
        return [`finished ${event.task.node} ${event.usage?.total_tokens} ${event.finishReason}`];
      case 'modelFailed':
        return [`failed ${event.task.node} ${event.error.message}`];
      default:
        return [];
    }
  });
}

const graphOf = (node: (state: typeof MessagesAnnotation.State) => Promise<any>) =>
  new StateGraph(MessagesAnnotation).addNode('node', node).addEdge(START, 'node').compile();

describe('a model of LangChain inside of a node', () => {
  it('tells its tokens, its usage and how it ended, without being passed anything', async () => {
    const usage_metadata = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    const response_metadata = { finish_reason: 'stop' };
    const model = new FakeListChatModel({ responses: [] });
    model._streamResponseChunks = async function* (_messages, _options, manager) {
      for (const [text, more] of [['on'], ['ce', { usage_metadata, response_metadata }]] as const) {
        const message = new AIMessageChunk({ content: text, id: 'chat-1', ...more } as any);
        const chunk = new ChatGenerationChunk({ text, message });
        yield chunk;
        await manager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, {
          chunk,
        });
      }
    };
    const graph = graphOf(async () => ({ messages: await model.invoke('?') }));
    assert.deepEqual(await modelEvents(graph, {}), [
      'started node 1',
      'streamed node on',
      'streamed node ce',
      'finished node 5 stop',
    ]);
    const ids: unknown[] = [];
    for await (const [chunk] of await graph.stream({}, { streamMode: 'messages' })) {
      ids.push(chunk.id);
    }
    assert.deepEqual(ids, ['chat-1', 'chat-1'], 'the whole message is not told once more');
  });

  it('tells of itself in functional tasks, several at once', async () => {
    const model = new FakeListChatModel({ responses: ['a', 'a'] });
    const ask = task('ask', async (n: number) => (await model.invoke(String(n))).text);
    const both = entrypoint('both', () => Promise.all([ask(1), ask(2)]));
    assert.deepEqual((await modelEvents(both, 'go')).toSorted(), [
      'finished ask undefined undefined',
      'finished ask undefined undefined',
      'started ask 1',
      'started ask 2',
      'streamed ask a',
      'streamed ask a',
    ]);
  });

  it('tells that it failed', async () => {
    const model = new FakeListChatModel({ responses: ['a'] });
    model._streamResponseChunks = async function* () {
      throw new Error('overloaded');
    };
    const graph = graphOf(() => model.invoke('?'));
    assert.deepEqual(await modelEvents(graph, {}), ['started node 1', 'failed node overloaded']);
  });

  it('is left alone outside of runs, and where nobody observes the run', async () => {
    const model = new FakeListChatModel({ responses: ['abc'] });
    let streamed = 0;
    const stream = model._streamResponseChunks.bind(model);
    model._streamResponseChunks = (...args) => (streamed++, stream(...args));
    await graphOf(() => model.invoke('?').then(() => ({}))).invoke({});
    await model.invoke('?');
    assert.equal(streamed, 0);
  });

  it('stops when the run is stopped', async () => {
    const model = new FakeListChatModel({ responses: ['abc'], sleep: 1e9 });
    const stop = new AbortController();
    let modelSignal: AbortSignal | undefined;
    model._sleepIfRequested = () => Promise.resolve();
    model._generate = (_, options) => {
      modelSignal = (options as { signal?: AbortSignal }).signal;
      stop.abort();
      return new Promise(() => {});
    };
    await assert.rejects(graphOf(() => model.invoke('?')).invoke({}, { signal: stop.signal }));
    assert.equal(modelSignal?.aborted, true);
  });

  it('finds one context, however often copies of the library take turns', async () => {
    const copy: string = '../../src/engine/run/langchain.ts?copy';
    const other = (await import(copy)) as { readonly listenToLangChain: () => void };
    const graph = graphOf(async () => ({}));
    const contexts = new Set<unknown>();
    for (let i = 0; i < 3; i++) {
      await graph.invoke({});
      other.listenToLangChain();
      contexts.add((globalThis as any)[Symbol.for('ls:tracing_async_local_storage')]);
    }
    assert.equal(contexts.size, 1);
  });
});

describe('commands and sends of LangGraph', () => {
  const State = Annotation.Root({
    log: Annotation<string[]>({ reducer: append, default: () => [] }),
  });
  const log = (name: string) => () => ({ log: [name] });

  it('are understood in nodes, routers, subgraphs and as input', async () => {
    const Theirs = await import('@langchain/langgraph');
    const inner = new StateGraph(State)
      .addNode('leave', () => {
        const { PARENT } = Theirs.Command;
        return new Theirs.Command({ goto: 'end', update: { log: ['left'] }, graph: PARENT }) as any;
      })
      .addEdge(START, 'leave')
      .compile();
    const graph = new StateGraph(State)
      .addNode('a', () => new Theirs.Command({ goto: 'b', update: { log: ['a'] } }) as any, {
        ends: ['b'],
      })
      .addNode('b', () => new Theirs.Command({ goto: [new Theirs.Send('c', null)] }) as any, {
        ends: ['c'],
      })
      .addNode('c', log('c'))
      .addNode('inner', inner, { ends: ['end'] })
      .addNode('end', log('end'))
      .addEdge(START, 'a')
      .addConditionalEdges('c', (() => new Theirs.Send('inner', {})) as any, ['inner'])
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    assert.deepEqual((await graph.invoke({}, config)).log, ['a', 'c', 'left', 'end']);
    const again = await graph.invoke(new Theirs.Command({ goto: 'end' }) as any, config);
    assert.equal(again.log.length, 5);
  });

  it('as are its overwrites, also those that have been JSON on their way', async () => {
    const Theirs = await import('@langchain/langgraph');
    const value = ['new'];
    const overwrites: Readonly<Record<string, unknown>> = {
      theirs: new Theirs.Overwrite(value),
      'theirs as JSON': JSON.parse(JSON.stringify(new Theirs.Overwrite(value))),
      'ours as JSON': JSON.parse(JSON.stringify(new Overwrite(value))),
      'of another language': { type: '__overwrite__', value },
    };
    for (const [what, overwrite] of Object.entries(overwrites)) {
      const graph = new StateGraph(State)
        .addNode('a', log('a'))
        .addNode('b', () => ({ log: overwrite as string[] }))
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .compile();
      assert.deepEqual(await graph.invoke({ log: ['in'] }), { log: value }, what);
      const input = { log: overwrite as string[] };
      assert.deepEqual((await graph.invoke(input)).log, value, what);
    }
  });
});
