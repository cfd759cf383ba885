// A model that answers in text, and in values that fit a schema. Without a key the offline model does.

import { Annotation, END, START, StateGraph } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import * as z from 'zod';

const model = new ChatOpenAI({ temperature: 0.7 });

const Review = z.object({
  stars: z.int().min(1).max(5),
  reason: z.string().describe('one sentence'),
});

const State = Annotation.Root({
  subject: Annotation<string>(),
  text: Annotation<string>(),
  review: Annotation<z.infer<typeof Review>>(),
});

export const graph = new StateGraph(State)
  .addNode('write', async ({ subject }) => {
    const answer = await model.invoke(`Write two sentences about ${subject}`);
    return { text: answer.text };
  })
  .addNode('review', async ({ text }) => ({
    review: await model.withStructuredOutput(Review).invoke(`Review this text:\n\n${text}`),
  }))
  .addEdge(START, 'write')
  .addEdge('write', 'review')
  .addEdge('review', END)
  .compile({ name: 'models' });

export const input = { subject: 'a lighthouse' };
