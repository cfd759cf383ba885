// What streams tell of a pause: each question at once, though others still work, and the state at last.
import {
  Annotation,
  Command,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  interrupt,
  task,
} from 'superstep';

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type Step = () => object | Promise<object>;

/** Lets what is asked without waiting be asked first, however slow the machine: it goes by turns. */
async function later() {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
const asks = (question: string) => () => ({ log: [interrupt<string, string>(question)] });
const works = (text: string) => async () => {
  await later();
  return { log: [text] };
};

/** A graph whose nodes all run side by side. */
function beside(nodes: Record<string, any>) {
  const builder: any = new StateGraph(State);
  for (const [name, node] of Object.entries(nodes)) {
    builder.addNode(name, node as Step).addEdge(START, name);
  }
  return builder;
}

const withoutIds = (chunk: unknown) =>
  JSON.stringify(chunk, (key, value: unknown) => (key === 'id' ? 'id' : value)).replaceAll(
    /inner:[0-9a-f-]+/g,
    'inner:id',
  );

async function tell(title: string, graph: any, answer: unknown, options: object = {}) {
  console.log(title);
  const config = {
    configurable: { thread_id: title },
    streamMode: ['updates', 'values'],
    ...options,
  };
  for await (const chunk of await graph.stream({ log: ['in'] }, config)) {
    console.log(withoutIds(chunk));
  }
  console.log('goes on');
  for await (const chunk of await graph.stream(new Command({ resume: answer }), config)) {
    console.log(withoutIds(chunk));
  }
}

const compiled = (nodes: Record<string, unknown>) =>
  beside(nodes).compile({ checkpointer: new MemorySaver() });

await tell('one beside work', compiled({ ask: asks('Why?'), work: works('worked') }), 'so');
await tell('one alone', compiled({ ask: asks('Why?') }), 'so');
const twice = () => ({ log: [`${interrupt('First?')} ${interrupt('Second?')}`] });
await tell('one after another', compiled({ ask: twice, idle: later }), 'so');

const inner = () => beside({ ask: asks('Inside?'), other: works('inside') }).compile();
const slow = async () => {
  await later();
  await later();
  return { log: ['outside'] };
};
await tell('inside', compiled({ inner: inner(), slow }), 'so');
await tell('inside, seen', compiled({ inner: inner(), slow }), 'so', { subgraphs: true });

// With answers by id; one question is left open.
const two = compiled({ a: asks('A?'), b: async () => (await later(), asks('B?')()) });
const config = { configurable: { thread_id: 'two' }, streamMode: ['updates', 'values'] };
for await (const chunk of await two.stream({ log: ['in'] }, config)) {
  console.log(withoutIds(chunk));
}
const [open] = (await two.getState(config)).tasks;
const some = new Command({ resume: { [open.interrupts[0].id]: 'a' } });
for await (const chunk of await two.stream(some, { ...config, streamMode: 'values' })) {
  console.log(withoutIds(chunk));
}

const ask = task('ask', async (question: string) => interrupt<string, string>(question));
const work = task('work', async () => {
  await later();
  return 'worked';
});
const flow = entrypoint({ name: 'flow', checkpointer: new MemorySaver() }, async (_: string) =>
  (await Promise.all([ask('Why?'), work()])).join(),
);
const modes = { configurable: { thread_id: 'flow' }, streamMode: ['updates'] as any };
for await (const chunk of await flow.stream('in', modes)) console.log(withoutIds(chunk));
