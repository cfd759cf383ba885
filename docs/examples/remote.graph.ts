// A call whose tasks are carried as texts, as between machines: see ../scaling.md.
import { Annotation, START, Send, StateGraph, append } from 'superstep';

const State = Annotation.Root({
  texts: Annotation<string[]>({ reducer: (_, next) => next, default: () => [] }),
  counts: Annotation<[string, number][]>({ reducer: append, default: () => [] }),
  most: Annotation<string>(),
});

export const graph = new StateGraph(State)
  .addNode('count', ({ text }: { text: string }) => ({
    counts: [[text, text.split(/\s+/).length]] as [string, number][],
  }))
  .addNode('compare', ({ counts }) => ({
    most: counts.reduce((most, each) => (each[1] > most[1] ? each : most))[0],
  }))
  .addConditionalEdges(START, ({ texts }) => texts.map((text) => new Send('count', { text })), [
    'count',
  ])
  .addEdge('count', 'compare')
  .compile({ name: 'words' });

export const input = { texts: ['to be', 'or not to be', 'that is'] };
