// What the observers of a run learn of its requests to models.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AIMessageChunk,
  Annotation,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  entrypoint,
  task,
} from '../../src/engine/index.ts';
import { ChatOpenAI } from '../../src/openai/index.ts';
import * as z from 'zod';
import { concat, failsWith, recorder, withEffects } from '../engine/support.ts';
import { FakeClock } from '../fakes/clock.ts';
import { drops, fails, hangs, says, streamsForEver } from '../fakes/modelServer.ts';
import { clientOf, KEY, serve } from './support.ts';

const State = Annotation.Root({
  said: Annotation<string[]>({ reducer: concat, default: () => [] }),
});

/** A graph of one node, which asks the model. */
function asking(model: ChatOpenAI) {
  return new StateGraph(State)
    .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }))
    .addEdge(START, 'ask')
    .compile({ name: 'asking' });
}

describe('the events of a run', () => {
  it('tell of a request, its pieces as they come, and what it took', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    // The second piece is sent when the first one has been told of.
    const server = await serve(
      says({ pieces: ['Hel', 'lo'], usage: [7, 2], before: (i) => i === 1 && promise }),
    );
    const seen = recorder();
    const onEvent = (event: Parameters<typeof seen.onEvent>[0]) => {
      seen.onEvent(event);
      if (event.type === 'modelStreamed') resolve();
    };
    const result = await asking(clientOf(server)).invoke({}, { onEvent });
    assert.deepEqual(result.said, ['Hello']);
    const [started] = seen.of('modelStarted');
    assert.equal(started?.call.model, 'test-1');
    assert.equal(started?.call.source, undefined);
    assert.equal(started?.task.node, 'ask');
    assert.deepEqual(
      seen.of('modelStreamed').map(({ text, call }) => [text, call]),
      [
        ['Hel', started?.call],
        ['lo', started?.call],
      ],
    );
    const [finished] = seen.of('modelFinished');
    assert.deepEqual(finished?.usage, { input_tokens: 7, output_tokens: 2, total_tokens: 9 });
    assert.equal(finished?.finishReason, 'stop');
  });

  it('have the id of the message that the answer becomes', async () => {
    const server = await serve(says('Hello'));
    const model = clientOf(server);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('ask', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addEdge(START, 'ask')
      .compile();
    const seen = recorder();
    const { messages } = await graph.invoke({ messages: 'Hi' }, seen);
    assert.equal(seen.of('modelStarted')[0]?.call.messageId, messages.at(-1)?.id);
  });

  it('come for an answer as a whole if streaming is off', async () => {
    for (const options of [{ disableStreaming: true }, { streaming: false }]) {
      const server = await serve(says({ pieces: ['Hel', 'lo'] }));
      const seen = recorder();
      await asking(clientOf(server, options)).invoke({}, seen);
      assert.deepEqual(
        seen.of('modelStreamed').map(({ text }) => text),
        ['Hello'],
      );
      assert.equal(server.requests[0]?.body.stream, undefined);
    }
  });

  it('do not cost a stream where nobody watches', async () => {
    const server = await serve(says('Hello'));
    await asking(clientOf(server)).invoke({});
    assert.equal(server.requests[0]?.body.stream, undefined);
  });

  it('tell of each retry, with the wait and the error', async () => {
    const busy = fails(429, { message: 'Slow down' }, { 'retry-after-ms': '5' });
    const server = await serve([busy, drops(), says('Hello')]);
    const seen = recorder();
    await asking(clientOf(server, { maxRetries: 2 })).invoke({}, seen);
    const retries = seen.of('modelRetrying');
    assert.deepEqual(
      retries.map(({ attempt, error }) => [attempt, error.code]),
      [
        [1, 'MODEL_RATE_LIMIT'],
        [2, 'MODEL_UNREACHABLE'],
      ],
    );
    assert.equal(retries[0]?.delayMs, 5);
    assert.equal(seen.of('modelStarted').length, 1);
    assert.equal(seen.of('modelFinished').length, 1);
  });

  it('tell of a request that failed', async () => {
    const server = await serve(fails(401, { message: 'No' }));
    const seen = recorder();
    await failsWith('MODEL_AUTHENTICATION', asking(clientOf(server)).invoke({}, seen));
    assert.equal(seen.of('modelFailed')[0]?.error.code, 'MODEL_AUTHENTICATION');
    assert.equal(seen.of('modelFinished').length, 0);
  });

  it('tell of a stream that dropped half way, which is not begun anew under the same id', async () => {
    const server = await serve([drops(['Hel']), says('Hello')]);
    const seen = recorder();
    await failsWith(
      'MODEL_UNREACHABLE',
      asking(clientOf(server, { maxRetries: 2 })).invoke({}, seen),
    );
    assert.equal(server.requests.length, 1);
    assert.equal(seen.of('modelFailed').length, 1);
  });

  it('tell of a request whose reader left', async () => {
    const server = await serve(streamsForEver(['Hel']));
    const model = clientOf(server);
    const seen = recorder();
    const graph = new StateGraph(State)
      .addNode('ask', async () => {
        for await (const { text } of await model.stream('Hi')) return { said: [text] };
        return {};
      })
      .addEdge(START, 'ask')
      .compile();
    await graph.invoke({}, seen);
    assert.equal(seen.of('modelFailed')[0]?.error.code, 'ABORTED');
  });

  it('tell of thoughts apart from the text; they count as signs of life', async () => {
    const thought = { choices: [{ delta: { reasoning_content: 'Hm. ' } }] };
    const end = { choices: [{ delta: { content: 'Yes' }, finish_reason: 'stop' }] };
    const clock = new FakeClock();
    let thoughts = 0;
    const body = new ReadableStream(
      {
        async pull(controller) {
          // Each sooner than the timeout, all of them together later.
          await clock.advance(100);
          const isEnd = ++thoughts > 12;
          const data = `data: ${JSON.stringify(isEnd ? end : thought)}\n\n`;
          controller.enqueue(new TextEncoder().encode(data));
          if (isEnd) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'text/event-stream' };
    const fetch = () => Promise.resolve(new Response(body, { headers }));
    const model = new ChatOpenAI({ apiKey: KEY, maxRetries: 0, configuration: { fetch } });
    const graph = new StateGraph(State)
      .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }), {
        timeout: { idleTimeout: 1000 },
      })
      .addEdge(START, 'ask')
      .compile();
    const seen = recorder();
    const { said } = await withEffects({ clock })(graph).invoke({}, seen);
    assert.deepEqual(said, ['Yes']);
    assert.deepEqual(
      seen.of('modelStreamed').map(({ text, reasoning }) => [text, reasoning]),
      [...Array.from({ length: 12 }, () => ['', 'Hm. ']), ['Yes', undefined]],
    );
  });

  it('tell of every request that a structured value takes', async () => {
    const server = await serve([says('{}'), says('{"id":2}')]);
    const judge = clientOf(server).withStructuredOutput(z.object({ id: z.int() }));
    const seen = recorder();
    const workflow = entrypoint('judge', async () => (await judge.invoke('?')).id);
    assert.equal(await workflow.invoke({}, seen), 2);
    assert.deepEqual(
      seen.of('modelStarted').map(({ call }) => call.id),
      [1, 2],
    );
    assert.equal(seen.of('modelFinished').length, 2);
  });
});

describe('streamMode "messages"', () => {
  /** Where each piece came from. */
  async function pieces(stream: Promise<AsyncIterable<readonly unknown[]>>) {
    const found: { text: string; node: string; path: string }[] = [];
    for await (const chunk of await stream) {
      // With subgraphs, the namespace comes first.
      const [message, metadata] = (Array.isArray(chunk[0]) ? chunk[1] : chunk) as any[];
      found.push({
        text: message.text as string,
        node: metadata.langgraph_node as string,
        // The names of the tasks around it, without their ids.
        path: (metadata.langgraph_checkpoint_ns as string).replace(/:\w+/g, '').replace('|', '/'),
      });
    }
    return found;
  }

  it('yields the pieces of a node’s answer, and not the message once more', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'] }));
    const model = clientOf(server);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('ask', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addEdge(START, 'ask')
      .compile();
    const stream = await graph.stream({ messages: 'Hi' }, { streamMode: 'messages' });
    const texts: string[] = [];
    for await (const [message] of stream) {
      assert.ok(message instanceof AIMessageChunk);
      texts.push(message.text);
    }
    assert.deepEqual(texts, ['Hel', 'lo']);
  });

  it('yields what a node streams itself', async () => {
    const server = await serve(says({ pieces: ['Hel', 'lo'] }));
    const model = clientOf(server);
    const graph = new StateGraph(State)
      .addNode('ask', async () => {
        const said: string[] = [];
        for await (const { text } of await model.stream('Hi')) said.push(text);
        return { said };
      })
      .addEdge(START, 'ask')
      .compile();
    const found = await pieces(graph.stream({}, { streamMode: 'messages' }));
    assert.deepEqual(found, [
      { text: 'Hel', node: 'ask', path: 'ask' },
      { text: 'lo', node: 'ask', path: 'ask' },
    ]);
  });

  it('yields calls of tools in pieces', async () => {
    const server = await serve(says({ toolCalls: [{ id: 'x', name: 'add', args: '{"a":1}' }] }));
    const stream = await asking(clientOf(server)).stream({}, { streamMode: 'messages' });
    const chunks: AIMessageChunk[] = [];
    for await (const [message] of stream) chunks.push(message as AIMessageChunk);
    assert.deepEqual(
      chunks.flatMap(({ tool_call_chunks }) => tool_call_chunks),
      [
        { index: 0, id: 'x', name: 'add', args: '{"a"' },
        { index: 0, args: ':1}' },
      ],
    );
  });

  it('says which branch the pieces belong to', async () => {
    const server = await serve({ choose: ({ body }) => says(body.messages[0].content as string) });
    const model = clientOf(server);
    const write = task('write', async (topic: string) => (await model.invoke(topic)).text);
    const inner = new StateGraph(State)
      .addNode('deep', async () => ({ said: [(await model.invoke('deep')).text] }))
      .addEdge(START, 'deep')
      .compile({ name: 'inner' });
    const graph = new StateGraph(State)
      .addNode('plan', async () => ({ said: [await write('topic')] }))
      .addNode(
        'each',
        async ({ role }: { role: string }) => ({ said: [(await model.invoke(role)).text] }),
        { input: Annotation.Root({ role: Annotation<string>() }) },
      )
      .addNode('inner', inner)
      .addEdge(START, 'plan')
      .addConditionalEdges('plan', () => [
        new Send('each', { role: 'cook' }),
        new Send('each', { role: 'judge' }),
      ])
      .addEdge('plan', 'inner')
      .compile();
    const found = await pieces(graph.stream({}, { streamMode: 'messages', subgraphs: true }));
    assert.deepEqual(found.map(({ text, node, path }) => `${text}: ${node} ${path}`).sort(), [
      'cook: each each',
      'deep: deep inner/deep',
      'judge: each each',
      'topic: write plan/write',
    ]);
  });
});

describe('a run that is stopped', () => {
  it('in the middle of ten streams closes all ten', async () => {
    const server = await serve(streamsForEver(['Once upon a time']));
    const model = clientOf(server);
    const stop = new AbortController();
    const seen = recorder();
    let streams = 0;
    const onEvent = (event: Parameters<typeof seen.onEvent>[0]) => {
      seen.onEvent(event);
      // Every stream has begun.
      if (event.type === 'modelStreamed' && ++streams === 10) stop.abort(new Error('Enough'));
    };
    const graph = new StateGraph(State)
      .addNode('tell', async () => ({ said: [(await model.invoke('A story')).text] }))
      .addConditionalEdges(START, () => Array.from({ length: 10 }, () => new Send('tell', {})))
      .compile();
    await failsWith('ABORTED', graph.invoke({}, { signal: stop.signal, onEvent }));
    await server.until(({ open }) => open === 0);
    assert.equal(server.closedEarly, 10);
    assert.equal(server.requests.length, 10);
    await new Promise(setImmediate);
    assert.equal(seen.of('modelFinished').length, 0);
  });

  it('closes a request that nothing has answered yet, and sends none that waits for its turn', async () => {
    const server = await serve(hangs());
    const model = clientOf(server, { maxConcurrency: 1 });
    const stop = new AbortController();
    const graph = new StateGraph(State)
      .addNode('tell', async () => ({ said: [(await model.invoke('A story')).text] }))
      .addConditionalEdges(START, () => Array.from({ length: 3 }, () => new Send('tell', {})))
      .compile();
    const failed = failsWith('ABORTED', graph.invoke({}, { signal: stop.signal }));
    await server.until(({ requests }) => requests.length === 1);
    stop.abort();
    await failed;
    await server.until(({ open }) => open === 0);
    await new Promise(setImmediate);
    assert.equal(server.requests.length, 1);
  });

  it('does so too when a sibling fails', async () => {
    const server = await serve(hangs());
    const model = clientOf(server);
    const graph = new StateGraph(State)
      .addNode('tell', async () => ({ said: [(await model.invoke('A story')).text] }))
      .addNode('fail', async () => {
        await server.until(({ requests }) => requests.length === 1);
        throw new RangeError('Too far');
      })
      .addEdge(START, 'tell')
      .addEdge(START, 'fail')
      .compile();
    await assert.rejects(graph.invoke({}), RangeError);
    await server.until(({ open }) => open === 0);
    assert.equal(server.closedEarly, 1);
  });

  it('may be stopped by the signal of a single call', async () => {
    const server = await serve(hangs());
    const model = clientOf(server);
    const own = new AbortController();
    const reason = new Error('Changed my mind');
    const graph = new StateGraph(State)
      .addNode('tell', async () => {
        const { text } = await model.invoke('A story', { signal: own.signal });
        return { said: [text] };
      })
      .addEdge(START, 'tell')
      .compile();
    const run = graph.invoke({});
    await server.until(({ requests }) => requests.length === 1);
    own.abort(reason);
    await assert.rejects(run, reason);
    await server.until(({ open }) => open === 0);
  });
});
