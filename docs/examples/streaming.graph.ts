// What comes out while a graph runs: progress of a node, tokens of a model, updates of the state.

import { Annotation, END, START, StateGraph, type NodeConfig } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';

const model = new ChatOpenAI();
const State = Annotation.Root({ topic: Annotation<string>(), text: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('search', ({ topic }, { writer }: NodeConfig) => {
    writer(`looking for ${topic}`);
    console.log(`looking for ${topic}`);
  })
  .addNode('write', async ({ topic }) => {
    let text = '';
    for await (const piece of await model.stream(`Write about ${topic}`)) text += piece.text;
    return { text };
  })
  .addEdge(START, 'search')
  .addEdge('search', 'write')
  .addEdge('write', END)
  .compile({ name: 'streaming' });

export const input = { topic: 'lighthouses' };
