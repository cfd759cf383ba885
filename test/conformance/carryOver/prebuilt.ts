// Tools of LangChain in the tool node and the router that come with LangGraph.
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { END, MessagesAnnotation, START, StateGraph } from 'superstep';
import * as z from 'zod';

const add = tool(({ a, b }: { a: number; b: number }) => String(a + b), {
  name: 'add',
  description: 'Adds two numbers',
  schema: z.object({ a: z.number(), b: z.number() }),
});

const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', ({ messages }) => {
    const last = messages.at(-1)!;
    const call = { name: 'add', args: { a: 1, b: 2 }, id: 'call-1', type: 'tool_call' as const };
    const isAnswered = last.type === 'tool';
    return {
      messages: [
        isAnswered
          ? new AIMessage(`It is ${last.text}`)
          : new AIMessage({ content: '', tool_calls: [call] }),
      ],
    };
  })
  .addNode('tools', new ToolNode([add]))
  .addEdge(START, 'model')
  .addConditionalEdges('model', toolsCondition, ['tools', END])
  .addEdge('tools', 'model')
  .compile();

const { messages } = await graph.invoke({ messages: [new HumanMessage('1 + 2?')] });
for (const message of messages) console.log(message.getType(), message.text);
