// Tasks: an ordinary function starts them, as many as it likes, and joins what they return.

import { entrypoint, task } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';

// Without a key, the first run asks who is to answer: the built-in offline model will do.
const model = new ChatOpenAI({ model: 'gpt-5-mini' });

const writeLine = task('write_line', async (topic: string) => {
  const answer = await model.invoke(`Write one line of a poem about ${topic}.`);
  return answer.text;
});

export const poem = entrypoint('poem', async (topics: string[]) => {
  // Each call starts a task; they all run while we wait.
  const lines = await Promise.all(topics.map((topic) => writeLine(topic)));
  return lines.join('\n');
});

export const input = ['the sea', 'the wind', 'the shore'];
