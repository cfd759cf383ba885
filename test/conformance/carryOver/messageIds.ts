// Ids that messages of LangChain get in a state, and what a pause inside a subgraph tells.
import { Annotation, MemorySaver, MessagesAnnotation, START, StateGraph } from 'superstep';
import { AIMessage, HumanMessage } from '@langchain/core/messages';

const answer = new AIMessage('fixed');
const chat = new StateGraph(MessagesAnnotation)
  .addNode('one', () => ({ messages: [answer] }))
  .addNode('two', () => ({ messages: [answer, new AIMessage('new')] }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();
const given = new HumanMessage('hi');
const { messages } = await chat.invoke({ messages: [given] });
console.log(messages.map(({ text }) => text));
console.log(messages[0]!.id === given.id, messages[1]!.id === answer.id);
for (const message of messages) {
  const { kwargs } = JSON.parse(JSON.stringify(message)) as { kwargs: { id?: string } };
  console.log(kwargs.id === message.id, typeof message.id);
}

const State = Annotation.Root({ n: Annotation<number>() });
const inner = new StateGraph(State)
  .addNode('a', () => ({ n: 1 }))
  .addNode('b', () => ({ n: 2 }))
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .compile({ interruptBefore: ['b'] });
const outer = new StateGraph(State)
  .addNode('inner', inner)
  .addEdge(START, 'inner')
  .compile({ checkpointer: new MemorySaver() });
const config = { configurable: { thread_id: '1' } };
const stream = await outer.stream(
  { n: 0 },
  { ...config, streamMode: ['updates', 'values'], subgraphs: true },
);
for await (const [namespace, mode, chunk] of stream) {
  console.log(
    namespace.map((part) => part.split(':')[0]),
    mode,
    chunk,
  );
}
const { tasks } = await outer.getState(config, { subgraphs: true });
const { config: place } = tasks[0]!.state as { config: typeof config };
const { checkpoint_map: map, checkpoint_ns: ns } = place.configurable as Record<string, any>;
console.log(Object.keys(map).length, typeof map[''], map[ns] !== map['']);
