// A person approves, edits and goes back in time.
import {
  Annotation,
  Command,
  END,
  MemorySaver,
  START,
  StateGraph,
  getWriter,
  interrupt,
  isInterrupted,
  type LangGraphRunnableConfig,
} from 'superstep';

const State = Annotation.Root({
  draft: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

async function write(state: typeof State.State): Promise<typeof State.Update> {
  return { draft: `${state.draft}!`, log: ['written'] };
}

function approve(_: typeof State.State, config: LangGraphRunnableConfig) {
  getWriter(config)?.({ asking: true });
  const answer = interrupt<{ question: string }, 'yes' | 'no'>({ question: 'Send it?' });
  return new Command({
    update: { log: [`answer ${answer}`] },
    goto: answer === 'yes' ? 'send' : END,
  });
}

const graph = new StateGraph(State)
  .addNode('write', write)
  .addNode('approve', approve, { ends: ['send', END] })
  .addNode('send', ({ draft }) => ({ log: [`sent ${draft}`] }))
  .addEdge(START, 'write')
  .addEdge('write', 'approve')
  .addEdge('send', END)
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: '1' } };
const paused = await graph.invoke({ draft: 'Hello' }, config);
if (isInterrupted<{ question: string }>(paused)) console.log(paused.__interrupt__[0]!.value);

const waiting = await graph.getState(config);
console.log(waiting.next, waiting.values.draft, waiting.tasks[0]!.interrupts[0]!.value);

await graph.updateState(config, { draft: 'Goodbye!' }, 'write');
for await (const chunk of await graph.stream(null, { ...config, streamMode: 'custom' })) {
  console.log(chunk);
}
console.log((await graph.invoke(new Command({ resume: 'yes' }), config)).log);

const history = [];
for await (const state of graph.getStateHistory(config)) history.push(state);
console.log(history.map(({ next, metadata }) => [next, metadata?.source, metadata?.step]));

const before = history.find(({ next }) => next[0] === 'approve')!;
const again = await graph.invoke(null, before.config);
console.log(isInterrupted(again), again.draft);
console.log((await graph.invoke(new Command({ resume: 'no' }), config)).log);
