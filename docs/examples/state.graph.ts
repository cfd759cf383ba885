// Keys with and without a reducer: both writers run at once, and what they write is combined.

import { Annotation, END, START, StateGraph, append, sum } from 'superstep';

const State = Annotation.Root({
  title: Annotation<string>(), // the last update wins
  lines: Annotation<string[]>({ reducer: append, default: () => [] }),
  words: Annotation<number>({ reducer: sum, default: () => 0 }),
});

const countWords = (line: string) => line.split(' ').length;

export const graph = new StateGraph(State)
  .addNode('describe', ({ title }) => {
    const line = `There is much to say about ${title}`;
    return { lines: [line], words: countWords(line) };
  })
  .addNode('praise', ({ title }) => {
    const line = `Nothing is better than ${title}`;
    return { lines: [line], words: countWords(line) };
  })
  .addNode('sign', ({ words }) => ({ lines: [`(${words} words)`], title: 'Done' }))
  .addEdge(START, 'describe')
  .addEdge(START, 'praise')
  .addEdge(['describe', 'praise'], 'sign')
  .addEdge('sign', END)
  .compile({ name: 'state' });

export const input = { title: 'tea' };
