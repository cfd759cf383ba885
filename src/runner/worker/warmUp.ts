import type * as Engine from '../../engine/index.ts';
import type * as Models from '../../openai/index.ts';
import type { ThreadStart } from '../workerThread.ts';

/** An answer of a model as a server sends it, under an address that needs no server. */
const answerUrl = `data:text/event-stream,${encodeURIComponent(
  [{ delta: { content: 'Hello' } }, { delta: {}, finish_reason: 'stop' }]
    .map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`)
    .join(''),
)}`;

/**
 * Loads the client of models, and lets a graph ask it a few times without any network. The first calls
 * of a thread take 100 ms longer than those that follow: for loading the `openai` package and Node's
 * own `fetch`, and since all of this code runs for the first time. Here that time passes before
 * anybody waits.
 * @param shipped Where the copies are that graph files get. Nothing is done without one of the client.
 */
export async function warmUp({
  superstep,
  'superstep/openai': models,
}: ThreadStart['shipped']): Promise<void> {
  if (models === undefined) return;
  const { Annotation, Send, START, StateGraph } = (await import(superstep)) as typeof Engine;
  const { ChatOpenAI } = (await import(models)) as typeof Models;
  const fetch: typeof globalThis.fetch = (_url, { signal = null } = {}) =>
    globalThis.fetch(answerUrl, { signal });
  const model = new ChatOpenAI({ model: 'none', configuration: { fetch } });
  const State = Annotation.Root({
    said: Annotation<string[]>({ reducer: (all, more) => [...all, ...more], default: () => [] }),
  });
  await new StateGraph(State)
    .addNode('ask', async () => ({ said: [(await model.invoke('Hi')).text] }))
    .addConditionalEdges(START, () => Array.from({ length: 10 }, () => new Send('ask', {})))
    .compile()
    .invoke({}, { onEvent: () => {} });
}
