// Tasks: an `entrypoint` is a plain async function; each call of a `task` in it runs at once.
//
// Press Run: three paragraphs are written at the same time, as children of the workflow in the preview.
// Run it again: the thread remembers them, and no model is asked; with a topic more ("Run with
// Input…") only that one is written. Another thread_id, below, begins anew.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entrypoint, getPreviousState, task } from 'superstep';
import { ChatOpenAI } from 'superstep/openai';
import { SqliteSaver } from 'superstep/sqlite';

const model = new ChatOpenAI();

/** Each call is one branch of the run, with its own time, tokens and retries. */
const writeParagraph = task(
  { name: 'write_paragraph', retry: { maxAttempts: 2 } },
  async (topic: string) => {
    const answer = await model.invoke([
      { role: 'system', content: 'You write popular science that is a pleasure to read.' },
      {
        role: 'user',
        content:
          `Write a paragraph about ${topic}, about 80 words. It stands in the middle of a longer ` +
          'article: keep to the topic, without introduction or conclusion.',
      },
    ]);
    // So that nobody takes for real later on what the offline model has made up.
    return { text: answer.text, isMadeUp: answer.response_metadata['source'] === 'offline' };
  },
);

/** What a thread keeps from one run to the next. */
type Paragraphs = Record<string, { text: string; isMadeUp: boolean }>;

// In a file, so that threads outlive the run; `new MemorySaver()` would forget them with it.
const checkpointer = new SqliteSaver(join(tmpdir(), 'superstep-example-tasks.sqlite'));

export const workflow = entrypoint({ name: 'article', checkpointer }, async (topics: string[]) => {
  const kept = getPreviousState<Paragraphs>() ?? {};
  const missing = topics.filter((topic) => !(topic in kept));
  console.log(`${topics.length - missing.length} paragraphs kept, ${missing.length} to write`);
  if (topics.some((topic) => kept[topic]?.isMadeUp)) console.log('(kept from the offline model)');

  const written = await Promise.all(
    missing.map(async (topic) => [topic, await writeParagraph(topic)] as const),
  );
  const paragraphs: Paragraphs = { ...kept, ...Object.fromEntries(written) };
  return entrypoint.final({
    value: topics.map((topic) => paragraphs[topic]?.text).join('\n\n'),
    save: paragraphs,
  });
}).withConfig({ configurable: { thread_id: 'lighthouses' } });

export const input = [
  'how a lighthouse lens gathers light',
  'what keepers did all night',
  'why some lighthouses are striped',
];
