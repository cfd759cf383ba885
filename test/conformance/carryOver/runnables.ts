// What LangChain has as nodes, and models of LangChain in nodes.
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { MessagesAnnotation, START, StateGraph, type LangGraphRunnableConfig } from 'superstep';

const model = new FakeListChatModel({ responses: ['first answer', 'second answer'] });

const ask = RunnableLambda.from(async ({ messages }: typeof MessagesAnnotation.State) => ({
  messages: [await model.invoke(messages)],
}));

const graph = new StateGraph(MessagesAnnotation)
  .addNode('ask', ask)
  .addNode('again', async ({ messages }, config: LangGraphRunnableConfig) => {
    const answer = await model.invoke(messages, {
      ...(config.signal && { signal: config.signal }),
    });
    return { messages: [answer, ['human', 'Thanks']] };
  })
  .addEdge(START, 'ask')
  .addEdge('ask', 'again')
  .compile();

const { messages } = await graph.invoke({ messages: [new HumanMessage('Hello'), 'you there'] });
for (const message of messages) {
  console.log(message.getType(), message.text, message instanceof AIMessage);
}
