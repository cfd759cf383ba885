// Divergent thinking: one node invents new roles, the next lets each of them speak, eight at a time.
//
// `graph` calls a task for each role, so the preview shows every branch, and those that wait.
// `pooled` does the same with a pool inside of its node: shorter, but from outside it is one step.
// Run both by the lenses above them, and compare what you can see.

import { Annotation, END, START, StateGraph, task } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import * as z from 'zod';

const AT_ONCE = 8;
const model = new ChatOpenAI();

const State = Annotation.Root({
  roles: Annotation<string[]>(),
  n: Annotation<number>(),
  new_roles: Annotation<string[]>(),
  responses: Annotation<string[]>(),
});
/** What the graph hands back, whether it is run by itself or is a node of another one. */
const Output = Annotation.Root({
  new_roles: Annotation<string[]>(),
  responses: Annotation<string[]>(),
});

const Response = z.object({ response: z.string().describe('the message, one sentence') });
const speaker = model.withStructuredOutput(Response);

const rolePrompt = (role: string) =>
  `Your neighbour has not replied since you asked to borrow their ladder. As a ${role}, what do ` +
  'you write to them now? One friendly sentence, in JSON with a field "response".';

async function generateRoles({ roles, n }: typeof State.State) {
  // The schema holds the model to exactly n names.
  const Roles = z.object({ roles: z.array(z.string()).length(n) });
  const prompt =
    'We play a game: who gets an answer from a neighbour who has not replied? ' +
    `Roles that are taken: ${roles.join(', ')}. Create ${n} different roles. ` +
    'Return JSON with a field "roles", an array of the new names and nothing else.';
  const answer = await model.withStructuredOutput(Roles).invoke(prompt);
  return { new_roles: answer.roles };
}

/** A branch of its own for each call, never more than eight of them at once. */
const speak = task({ name: 'speak', maxConcurrency: AT_ONCE }, async (role: string) => {
  const { response } = await speaker.invoke(rolePrompt(role));
  return response;
});

async function withTasks({ new_roles }: typeof State.State) {
  return { responses: await Promise.all(new_roles.map((role) => speak(role))) };
}

async function withPool({ new_roles }: typeof State.State) {
  const answers = await speaker.batch(new_roles.map(rolePrompt), { maxConcurrency: AT_ONCE });
  return { responses: answers.map(({ response }) => response) };
}

function build(name: string, divergentThinking: typeof withTasks) {
  return new StateGraph(State, { output: Output })
    .addNode('generate_roles', generateRoles)
    .addNode('divergent_thinking', divergentThinking)
    .addEdge(START, 'generate_roles')
    .addEdge('generate_roles', 'divergent_thinking')
    .addEdge('divergent_thinking', END)
    .compile({ name });
}

export const graph = build('divergent-thinking', withTasks);
export const pooled = build('divergent-thinking-pooled', withPool);

const start = { roles: ['Poet', 'Pirate', 'Lawyer', 'Grandmother', 'Cat'], n: 12 };
export const inputs = { graph: start, pooled: start };
