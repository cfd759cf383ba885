// Models of LangChain inside nodes, tasks and subgraphs: their tokens, as they come.
import { HumanMessage } from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { MessagesAnnotation, START, StateGraph } from 'superstep';

const model = new FakeListChatModel({ responses: ['abc', 'de'] });
const tagged = model.withConfig({ tags: ['draft'] });
const answer = async ({ messages }: typeof MessagesAnnotation.State) => ({
  messages: [await model.invoke(messages)],
});
const inner = new StateGraph(MessagesAnnotation)
  .addNode('second', answer)
  .addEdge(START, 'second')
  .compile();
const graph = new StateGraph(MessagesAnnotation)
  .addNode('first', answer)
  .addNode('inner', inner)
  .addNode('silent', async () => {
    await model.invoke('unheard', { tags: ['nostream'] });
    await tagged.invoke('heard');
    return {};
  })
  .addEdge(START, 'first')
  .addEdge('first', 'inner')
  .addEdge('inner', 'silent')
  .compile();

const input = { messages: [new HumanMessage('Hello')] };
for await (const [chunk, metadata] of await graph.stream(input, { streamMode: 'messages' })) {
  console.log(chunk.text, metadata['langgraph_node']);
}
const watched = { streamMode: 'messages', tags: ['watched'] } as const;
for await (const [chunk, { tags }] of await graph.stream(input, watched)) {
  if (tags.includes('draft')) console.log(chunk.text, tags);
}
