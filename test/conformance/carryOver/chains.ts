// Graphs as parts of LangChain's chains, as tools, with listeners; and what is set of a compiled graph.
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
import * as z from 'zod';

const make = () =>
  new StateGraph(Annotation.Root({ n: Annotation<number>() }))
    .addNode('more', ({ n }) => ({ n: n + 1 }))
    .addEdge(START, 'more')
    .compile({ name: 'counting' });

const graph: any = make();
const toInput = (n: number) => ({ n });
const toNumber = ({ n }: { n: number }) => n;

console.log(await RunnableLambda.from(toInput).pipe(graph).invoke(3));
console.log(await graph.pipe(RunnableLambda.from(toNumber)).invoke({ n: 1 }));
console.log(await graph.pipe(toNumber).invoke({ n: 2 }));
console.log(await RunnableSequence.from([toInput, graph, toNumber] as any).invoke(5));
for await (const piece of await RunnableLambda.from(toInput).pipe(graph).stream(7)) {
  console.log(piece);
}

const tool = graph.asTool({
  name: 'count',
  description: 'Counts',
  schema: z.object({ n: z.int() }),
});
console.log(tool.name, tool.description, await tool.invoke({ n: 4 }));
console.log(await graph.withRetry({ stopAfterAttempt: 2 }).invoke({ n: 1 }));
console.log(await graph.withFallbacks([make()]).invoke({ n: 1 }));
await graph
  .withListeners({
    onStart: (run: any) => console.log('begins', run.name, run.inputs),
    onEnd: (run: any) => console.log('ends', run.outputs),
  })
  .invoke({ n: 8 });

const kept: any = make();
kept.name = 'other';
kept.checkpointer = new MemorySaver();
const config = { configurable: { thread_id: '1' } };
await kept.invoke({ n: 1 }, config);
console.log(kept.getName(), (await kept.getState(config)).values);
