// Models of LangChain inside nodes, tasks and subgraphs: their tokens, as they come.
import { HumanMessage } from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { MessagesAnnotation, START, StateGraph } from 'superstep';

const model = new FakeListChatModel({ responses: ['abc', 'de'] });
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
