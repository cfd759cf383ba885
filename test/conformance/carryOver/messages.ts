// LangChain's messages in a state, and a state's messages in LangChain's helpers: nothing is cast
// that need not be cast there.
import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  filterMessages,
  isAIMessage,
  trimMessages,
  type BaseMessage,
} from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  Annotation,
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  addMessages,
  messagesStateReducer,
} from 'superstep';

const model = new FakeListChatModel({ responses: ['first answer', 'second answer'] });

const State = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: messagesStateReducer, default: () => [] }),
});

const ask = async ({ messages }: typeof MessagesAnnotation.State) => ({
  messages: [await model.invoke([new SystemMessage('Be brief'), ...messages])],
});

const asksForTools = ({ messages }: typeof MessagesAnnotation.State) => {
  const last = messages.at(-1) as AIMessage;
  return last.tool_calls?.length ? 'ask' : END;
};

const agent = new StateGraph(MessagesAnnotation)
  .addNode('ask', ask)
  .addEdge(START, 'ask')
  .addConditionalEdges('ask', asksForTools, ['ask', END])
  .compile();
const { messages } = await agent.invoke({ messages: [new HumanMessage('Hello')] });
console.log(messages.map((message) => `${message.getType()}: ${message.text}`));
console.log(messages.map((message) => isAIMessage(message)));
console.log(messages.filter((message) => AIMessage.isInstance(message)).length);
console.log(filterMessages(messages, { includeTypes: ['human'] }).length);
const kept = await trimMessages(messages, {
  maxTokens: 1,
  strategy: 'last',
  tokenCounter: (list) => list.length,
});
console.log(kept.map(({ text }) => text));

const joined: BaseMessage[] = addMessages([new HumanMessage('one')], messages);
console.log(joined.length);

const chat = new StateGraph(State)
  .addNode('reply', async (state) => ({ messages: [await model.invoke(state.messages)] }))
  .addEdge(START, 'reply')
  .compile();
const said = await chat.invoke({ messages: [new HumanMessage('Hi')] });
console.log(said.messages.map(({ content }) => content));
