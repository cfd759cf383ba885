// A node that is tried again, one whose failure is handled, and one whose result is kept for a while.

import {
  Annotation,
  Command,
  END,
  InMemoryCache,
  START,
  StateGraph,
  type NodeError,
} from 'superstep';

const State = Annotation.Root({
  price: Annotation<number>(),
  reviews: Annotation<string>(),
  rate: Annotation<number>(),
});

let calls = 0;

export const graph = new StateGraph(State)
  .addNode(
    'fetch_price',
    () => {
      calls += 1;
      if (calls % 3 !== 0) throw new Error('503');
      return { price: 12 };
    },
    { retryPolicy: { maxAttempts: 3, initialInterval: 10 }, timeout: 5000 },
  )
  .addNode(
    'fetch_reviews',
    () => {
      throw new Error('no reviews');
    },
    {
      errorHandler: (_state, { node, error }: NodeError) =>
        new Command({ update: { reviews: `${node}: ${error.message}` } }),
    },
  )
  .addNode('fetch_rate', () => ({ rate: 1.1 }), { cachePolicy: { ttl: 60 } })
  .addEdge(START, 'fetch_price')
  .addEdge(START, 'fetch_reviews')
  .addEdge(START, 'fetch_rate')
  .addEdge('fetch_price', END)
  .addEdge('fetch_reviews', END)
  .addEdge('fetch_rate', END)
  .compile({ name: 'retries', cache: new InMemoryCache() });

export const input = {};
