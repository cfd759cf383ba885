// Streams of graphs inside nodes: what the node sees of them, and what is seen outside.
import { Annotation, START, StateGraph, entrypoint, getWriter, task } from 'superstep';

const State = Annotation.Root({ foo: Annotation<string> });

const inner = new StateGraph(State)
  .addNode('one', ({ foo }, { writer }) => {
    writer?.('writing one');
    return { foo: foo + 1 };
  })
  .addNode('two', ({ foo }) => ({ foo: foo + 2 }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();

const middle = new StateGraph(State)
  .addNode('call', async ({ foo }) => {
    let last = { foo };
    for await (const state of await inner.stream({ foo })) last = state as any;
    return last;
  })
  .addEdge(START, 'call')
  .compile();

const double = task('double', async (n: number) => {
  getWriter()?.('doubling');
  return n * 2;
});
const workflow = entrypoint('workflow', async (n: number) => (await double(n)) + 1);

/** Printed at the end: when a reader gets its chunks is up to the library. */
const inside: unknown[] = [];

const outer = new StateGraph(State)
  .addNode('two deep', async ({ foo }) => {
    for await (const [namespace, chunk] of await middle.stream(
      { foo },
      { streamMode: 'updates', subgraphs: true },
    )) {
      inside.push([names(namespace), chunk]);
    }
    return { foo: foo + '!' };
  })
  .addNode('works', async () => {
    for await (const result of await workflow.stream(3)) inside.push(result);
    return {};
  })
  .addEdge(START, 'two deep')
  .addEdge('two deep', 'works')
  .compile();

function names(namespace: readonly string[]): string {
  return namespace.map((part) => part.split(':')[0]).join('/');
}

for await (const [namespace, mode, chunk] of await outer.stream(
  { foo: 'x' },
  { streamMode: ['updates', 'values', 'custom'], subgraphs: true },
)) {
  console.log(names(namespace), mode, chunk);
}
for await (const chunk of await outer.stream({ foo: 'x' }, { streamMode: ['updates', 'custom'] })) {
  console.log(chunk);
}
console.log(inside);
