// An agent that calls a tool until it has its answer, with LangChain's messages and a thread.
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import {
  END,
  MemorySaver,
  MessagesValue,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
  type ConditionalEdgeRouter,
  type GraphNode,
} from 'superstep';
import * as z from 'zod';

const State = new StateSchema({
  messages: MessagesValue,
  modelCalls: new ReducedValue(z.number().default(0), { reducer: (a, b) => a + b }),
});

const model: GraphNode<typeof State> = async ({ messages }) => {
  const last = messages.at(-1)!;
  const answer =
    last.type === 'human'
      ? new AIMessage({
          content: '',
          tool_calls: [{ name: 'add', args: { a: 3, b: 4 }, id: 'call-1', type: 'tool_call' }],
        })
      : new AIMessage(`It is ${last.text}`);
  return { messages: [answer], modelCalls: 1 };
};

const tools: GraphNode<typeof State> = async ({ messages }) => {
  const last = messages.at(-1);
  if (!AIMessage.isInstance(last)) return { messages: [] };
  return {
    messages: (last.tool_calls ?? []).map(({ args, id }) => {
      const { a, b } = args as { a: number; b: number };
      return new ToolMessage({ content: String(a + b), tool_call_id: id! });
    }),
  };
};

const route: ConditionalEdgeRouter<typeof State, Record<string, any>, 'tools'> = ({ messages }) => {
  const last = messages.at(-1);
  return AIMessage.isInstance(last) && last.tool_calls?.length ? 'tools' : END;
};

const agent = new StateGraph(State)
  .addNode('model', model)
  .addNode('tools', tools)
  .addEdge(START, 'model')
  .addConditionalEdges('model', route, ['tools', END])
  .addEdge('tools', 'model')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: 'sums' } };
for (const question of ['Add three and four', 'And again']) {
  const result = await agent.invoke({ messages: [new HumanMessage(question)] }, config);
  for (const message of result.messages) console.log(`${message.type}: ${message.text}`);
  console.log('calls of the model:', result.modelCalls);
}
