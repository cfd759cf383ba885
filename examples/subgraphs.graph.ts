// Subgraphs: two graphs of other files are nodes of this one, and run side by side.
//
// One lets given roles speak, the other invents roles; the last node picks the best answer of all.
// Press Run: the preview shows the inside of both, and their nodes light up independently. Look at
// the summary: the work of both together is far more than the time it took.

import assert from 'node:assert/strict';
import { Annotation, END, START, StateGraph, append } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import * as z from 'zod';
import { graph as divergentThinking } from './divergent-thinking.graph.ts';
import { graph as bestResponse } from './map-reduce.graph.ts';

const model = new ChatOpenAI();

const State = Annotation.Root({
  roles: Annotation<string[]>(),
  n: Annotation<number>(),
  new_roles: Annotation<string[]>(),
  // Both subgraphs hand back responses in the same superstep: they are joined, in the order of names.
  responses: Annotation<string[]>({ reducer: append, default: () => [] }),
  best_response: Annotation<string>(),
});

async function overallBest({ roles, new_roles, responses }: typeof State.State) {
  const all = [...roles, ...new_roles];
  assert.equal(responses.length, all.length, 'one response for each role');
  const Best = z.object({
    id: z
      .int()
      .min(0)
      .max(responses.length - 1),
  });
  const { id } = await model
    .withStructuredOutput(Best)
    .invoke(
      'Below are reminders to a neighbour who has not replied. Which one gets the ladder? Return ' +
        'its id in JSON with a field "id"; the first has id 0.\n\n' +
        responses.map((response, at) => `${at}: ${response}`).join('\n'),
    );
  return { roles: all, best_response: `${all[id]}: ${responses[id]}` };
}

export const graph = new StateGraph(State)
  .addNode('best_response_graph', bestResponse)
  .addNode('divergent_thinking_graph', divergentThinking)
  .addNode('overall_best', overallBest)
  .addEdge(START, 'best_response_graph')
  .addEdge(START, 'divergent_thinking_graph')
  .addEdge(['best_response_graph', 'divergent_thinking_graph'], 'overall_best')
  .addEdge('overall_best', END)
  .compile({ name: 'ladder' });

export const input = { roles: ['Poet', 'Football Coach', 'Shy Librarian'], n: 5 };
