// What is kept: in a thread, across threads in a store, with a context, and private to some nodes.
import {
  InMemoryStore,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  Annotation,
} from 'superstep';
import type { LangGraphRunnableConfig } from 'superstep';

async function answer(state: typeof MessagesAnnotation.State, config: LangGraphRunnableConfig) {
  const namespace = ['memories', config.configurable?.['userId']];
  const last = state.messages.at(-1)!;
  if (last.text.startsWith('Remember')) {
    await config.store!.put(namespace, 'name', { data: 'The name is Ada' });
  }
  const items = await config.store!.search(namespace);
  const known = items.map((item) => item.value['data']).join();
  return { messages: [{ role: 'assistant', content: `I know: ${known}` }] };
}

const store = new InMemoryStore();
const chat = new StateGraph(MessagesAnnotation)
  .addNode('answer', answer)
  .addEdge(START, 'answer')
  .compile({ checkpointer: new MemorySaver(), store });

for (const [thread_id, userId, content] of [
  ['1', 'a', 'Remember my name'],
  ['2', 'a', 'What is my name?'],
  ['2', 'b', 'What is my name?'],
]) {
  const config = { configurable: { thread_id, userId } };
  const { messages } = await chat.invoke(
    { messages: [{ role: 'user', content: content! }] },
    config,
  );
  console.log(messages.length, messages.at(-1)!.content);
}
const item = await store.get(['memories', 'a'], 'name');
console.log(item?.value, item?.key, item?.namespace);

const Public = Annotation.Root({ a: Annotation<string> });
const Private = Annotation.Root({ secret: Annotation<string> });
const graph = new StateGraph(Public)
  .addNode('one', () => ({ secret: 'hidden' }) as any)
  .addNode('two', ({ secret }) => ({ a: `found ${secret}` }), { input: Private })
  .addNode('three', (state) => ({ a: `${Object.keys(state).join()} ${state.a}` }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', 'three')
  .compile();
console.log(await graph.invoke({ a: 'set' }));
