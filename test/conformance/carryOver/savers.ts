// A saver that is asked by its own methods, and one that a program has changed.
import { Annotation, START, StateGraph, interrupt } from 'superstep';
import { MemorySaver } from '@langchain/langgraph';

const State = Annotation.Root({
  n: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
});
const graphWith = (checkpointer: MemorySaver) =>
  new StateGraph(State)
    .addNode('one', () => ({ n: 1 }))
    .addNode('ask', () => ({ n: interrupt<string, number>('how many?') }))
    .addEdge(START, 'one')
    .addEdge('one', 'ask')
    .compile({ checkpointer: checkpointer as never });
const config = { configurable: { thread_id: '1' } };

async function show(saver: MemorySaver) {
  const tuple = await saver.getTuple(config);
  const { n, __start__: start } = tuple!.checkpoint.channel_values;
  console.log(n, start, tuple!.metadata!.source, tuple!.metadata!.step);
  console.log((await saver.get(config))!.id === tuple!.checkpoint.id);
  const steps: unknown[] = [];
  for await (const each of saver.list(config)) steps.push(each.metadata!.step);
  console.log(steps);
  for await (const each of saver.list(config, { limit: 1 })) console.log(each.metadata!.step);
}

const saver = new MemorySaver();
await graphWith(saver).invoke({ n: 5 }, config);
await show(saver);
await saver.deleteThread('1');
console.log(await saver.getTuple(config));

class Counting extends MemorySaver {
  puts = 0;

  override async put(...args: Parameters<MemorySaver['put']>) {
    this.puts++;
    return super.put(...args);
  }
}
const counting = new Counting();
const graph = graphWith(counting);
await graph.invoke({ n: 5 }, config);
console.log(counting.puts, graph.checkpointer === (counting as unknown));
await show(counting);
console.log((await graph.getState(config)).next);

class Broken extends MemorySaver {
  override async getTuple(): Promise<never> {
    throw new Error('the disk is full');
  }
}
await graphWith(new Broken())
  .invoke({ n: 5 }, config)
  .catch((error: Error) => console.log(error.message.includes('the disk is full')));
