// Map and reduce: a router sends each role to the same node, so ten answers are written at once; then
// one node picks the best. Nobody knows in advance how many there will be.
//
// Press Run and watch the number on `respond` grow in the preview. The answers come in the order of
// the roles, however long each took; the Mime fails on purpose, and the other nine do not suffer.

import {
  Annotation,
  Command,
  END,
  START,
  Send,
  StateGraph,
  append,
  type NodeError,
} from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import type { GraphTests } from 'superstep/testing';
import * as z from 'zod';

const model = new ChatOpenAI();

const Overall = Annotation.Root({
  roles: Annotation<string[]>(),
  responses: Annotation<string[]>({ reducer: append, default: () => [] }),
  best_response: Annotation<string>(),
});
/** What the graph hands back. */
const Output = Annotation.Root({
  roles: Annotation<string[]>(),
  responses: Annotation<string[]>(),
  best_response: Annotation<string>(),
});
/** What one mapped task gets: nothing but its role. */
const OneRole = z.object({ role: z.string() });

// What the model has to answer with. The descriptions go to the model as well.
const Response = z.object({ response: z.string().describe('the message, one sentence') });

const rolePrompt = (role: string) =>
  `Your neighbour has not replied since you asked to borrow their ladder. As a ${role}, what do ` +
  'you write to them now? One friendly sentence, in JSON with a field "response".';

const bestPrompt = (responses: readonly string[]) =>
  'Below are reminders to a neighbour who has not replied. Which one gets the ladder? Return its id ' +
  'in JSON with a field "id"; the first has id 0.\n\n' +
  responses.map((response, id) => `${id}: ${response}`).join('\n');

/** Map: one task for each role. */
const sendRoles = ({ roles }: typeof Overall.State) =>
  roles.map((role) => new Send('respond', { role }));

async function respond({ role }: z.infer<typeof OneRole>) {
  if (role === 'Mime') throw new Error('A mime does not write messages');
  const { response } = await model.withStructuredOutput(Response).invoke(rolePrompt(role));
  return { responses: [response] };
}

/** Takes the place of a task that failed; its own edge is not followed, so it says where to go. */
const standIn = ({ role }: z.infer<typeof OneRole>, { error }: NodeError) =>
  new Command({
    update: { responses: [`(the ${role} has nothing to say: ${error.message})`] },
    goto: 'best_response',
  });

/** Reduce: runs once, when all tasks of the map are done. */
async function bestResponse({ responses }: typeof Overall.State) {
  // Bounds in the schema: an id that is not there is sent back to the model, not into the state.
  const Best = z.object({
    id: z
      .int()
      .min(0)
      .max(responses.length - 1),
  });
  const { id } = await model.withStructuredOutput(Best).invoke(bestPrompt(responses));
  return { best_response: responses[id]! };
}

export const graph = new StateGraph(Overall, { output: Output })
  .addNode('respond', respond, {
    input: OneRole,
    // However many roles there are: providers refuse too many requests at once.
    maxConcurrency: 10,
    errorHandler: standIn,
    ends: ['best_response'],
  })
  .addNode('best_response', bestResponse)
  .addConditionalEdges(START, sendRoles, ['respond'])
  .addEdge('respond', 'best_response')
  .addEdge('best_response', END)
  .compile({ name: 'best-response' });

export const input = {
  roles: [
    'Poet',
    'Pirate',
    'Lawyer',
    'Grandmother',
    'Mime',
    'Weather Presenter',
    'Football Coach',
    'Shy Librarian',
    'Medieval Knight',
    'Cat',
  ],
};

// Run without a model, by the icon beside its name or by `superstep test`.
export const tests = {
  'goes on without the Mime': {
    input: { roles: ['Mime'] },
    nodes: { best_response: { best_response: 'nothing' } },
    expect: {
      state: { responses: ['(the Mime has nothing to say: A mime does not write messages)'] },
      atMost: { modelCalls: 0 },
    },
  },
} satisfies GraphTests;
