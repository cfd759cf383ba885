// A question to a person: the run waits at `approve`, and goes on when it is answered.

import { Annotation, END, MemorySaver, START, StateGraph, append, interrupt } from 'superstep';
import type { GraphTests } from 'superstep/testing';

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

// Run by `superstep test`, and in the editor by the icons beside their names.
export const tests = {
  'sends what was approved': {
    resume: ['yes'],
    expect: { state: { log: ['prepared tea', 'answered yes', 'sent tea'] }, ran: { put_back: 0 } },
  },
  'puts back what was not': {
    resume: ['no'],
    expect: { took: ['approve -> put_back'], tookNot: ['approve -> send'] },
  },
  'waits until somebody has answered': { expect: { status: 'waiting', ran: { send: 0 } } },
} satisfies GraphTests;
