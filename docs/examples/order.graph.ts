// A question to a person: the run waits at `approve`, and goes on when it is answered.

import { Annotation, END, MemorySaver, START, StateGraph, append, interrupt } from 'superstep';

const State = Annotation.Root({
  order: Annotation<string>(),
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
});

export const graph = new StateGraph(State)
  .addNode('prepare', ({ order }) => ({ log: [`prepared ${order}`] }))
  .addNode('approve', ({ order }) => ({
    log: [`answered ${interrupt<string, string>(`Send ${order}?`)}`],
  }))
  .addNode('send', ({ order }) => ({ log: [`sent ${order}`] }))
  .addNode('put_back', ({ order }) => ({ log: [`put ${order} back`] }))
  .addEdge(START, 'prepare')
  .addEdge('prepare', 'approve')
  .addConditionalEdges(
    'approve',
    ({ log }) => (log.at(-1) === 'answered yes' ? 'send' : 'put_back'),
    ['send', 'put_back'],
  )
  .addEdge('send', END)
  .addEdge('put_back', END)
  .compile({ name: 'order', checkpointer: new MemorySaver() });

export const input = { order: 'tea' };
