// Tasks: an ordinary function starts them, as many as it likes, and joins what they return.

import { entrypoint, task } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';

// Without a key, the first run asks who is to answer: the built-in offline model will do.
const model = new ChatOpenAI();

const writeVerse = task('write_verse', async (topic: string) => {
  const answer = await model.invoke(`Write two lines of a poem about ${topic}.`);
  return answer.text;
});

export const poem = entrypoint('poem', async (topics: string[]) => {
  // Each call starts a task; they all run while we wait.
  const verses = await Promise.all(topics.map((topic) => writeVerse(topic)));
  return verses.join('\n');
});

export const input = ['the sea', 'the wind', 'the shore'];
