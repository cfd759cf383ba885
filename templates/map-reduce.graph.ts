// Map and reduce: one Send for each item starts a node with that item, and a last node joins them.

import { append, END, ReducedValue, Send, START, StateGraph, StateSchema } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import { z } from 'zod';

// Without a key, the first run asks who is to answer: the built-in offline model will do.
const model = new ChatOpenAI();

const State = new StateSchema({
  topics: z.array(z.string()),
  jokes: new ReducedValue(z.array(z.string()).default([]), { reducer: append }),
  best: z.string().default(''),
});

/** What each of the mapped tasks is given, in place of the whole state. */
const Item = new StateSchema({ topic: z.string() });

export const graph = new StateGraph(State)
  .addNode(
    'tell_joke',
    async ({ topic }) => {
      const answer = await model.invoke(`Tell a joke about ${topic}, in one sentence.`);
      return { jokes: [answer.text] };
    },
    // So many requests at once, however long the list is.
    { input: Item, maxConcurrency: 8 },
  )
  .addNode('pick_best', ({ jokes }) => ({
    best: jokes.reduce((best, joke) => (joke.length < best.length ? joke : best)),
  }))
  .addConditionalEdges(
    START,
    ({ topics }) => topics.map((topic) => new Send('tell_joke', { topic })),
    ['tell_joke'],
  )
  .addEdge('tell_joke', 'pick_best')
  .addEdge('pick_best', END)
  .compile({ name: 'map-reduce' });

export const input = { topics: ['cats', 'computers', 'coffee', 'queues'] };
