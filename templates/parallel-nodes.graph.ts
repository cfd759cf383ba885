// Nodes side by side: all that START leads to begins at once, and the last node waits for all.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  append,
  END,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
  type NodeConfig,
} from 'superstep';
import { z } from 'zod';

const State = new StateSchema({
  text: z.string(),
  // Several nodes write it in the same step: a reducer says how what they write comes together.
  findings: new ReducedValue(z.array(z.string()).default([]), { reducer: append }),
  report: z.string().default(''),
});
type State = typeof State.State;

async function countWords({ text }: State, { signal }: NodeConfig) {
  await sleep(500, undefined, { signal }); // stands for slow work that Stop can interrupt
  return { findings: [`${text.split(/\s+/).length} words`] };
}

async function countLetters({ text }: State, { signal }: NodeConfig) {
  await sleep(1000, undefined, { signal });
  return { findings: [`${text.match(/\p{L}/gu)?.length ?? 0} letters`] };
}

export const graph = new StateGraph(State)
  .addNode('count_words', countWords)
  .addNode('count_letters', countLetters)
  .addNode('report', ({ findings }) => ({ report: findings.toSorted().join(', ') }))
  .addEdge(START, 'count_words')
  .addEdge(START, 'count_letters')
  .addEdge(['count_words', 'count_letters'], 'report')
  .addEdge('report', END)
  .compile({ name: 'parallel-nodes' });

export const input = { text: 'Whatever can run at once does run at once' };
