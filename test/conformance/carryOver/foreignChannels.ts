// States declared with channels, and what LangGraph's users do with messages, routers and checkpoints.
import {
  Annotation,
  BinaryOperatorAggregate,
  MemorySaver,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { LastValue } from '@langchain/langgraph/channels';
import { mapChatMessagesToStoredMessages } from '@langchain/core/messages';
import { MessagesAnnotation } from '@langchain/langgraph';

const concat = (a: string[], b: string[]) => a.concat(b);

const Fields = Annotation.Root({
  list: () => new BinaryOperatorAggregate<string[]>(concat, () => []),
  last: () => new LastValue<number>(),
  plain: Annotation<string>,
});
const byFields = new StateGraph(Fields)
  .addNode('write', ({ list, last = 0 }) => ({ list: [String(list.length)], last: last + 1 }))
  .addNode('again', ({ plain }) => ({ plain: `${plain}!` }))
  .addConditionalEdges({ source: START, path: () => 'yes', pathMap: { yes: 'write', no: 'again' } })
  .addEdge('write', 'again')
  .compile({ checkpointer: new MemorySaver() });
const config = { configurable: { thread_id: '1' } };
console.log(await byFields.invoke({ list: ['a'], plain: 'x' }, config));

await byFields.updateState(config, { plain: 'y' }, 'write');
const before = await byFields.getState(config);
await byFields.updateState(config, null, '__copy__');
const copied = await byFields.getState(config);
console.log(copied.values, copied.next, copied.metadata?.source);
console.log(copied.metadata!.step - before.metadata!.step);
console.log(await byFields.invoke(null, config));

const talking = new StateGraph(MessagesAnnotation)
  .addNode('answer', () => ({ messages: [{ role: 'assistant', content: 'Hello' }] }))
  .addEdge(START, 'answer')
  .compile();
const { messages } = await talking.invoke({ messages: [{ role: 'user', content: 'Hi' }] });
const stored = mapChatMessagesToStoredMessages(messages);
console.log(stored.map(({ type, data }) => [type, data.content]));
