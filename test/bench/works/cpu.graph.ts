// What the measurement of worker threads runs: so many tasks of so much computing.
import { Annotation, START, Send, StateGraph } from 'superstep';

const State = Annotation.Root({
  tasks: Annotation<number>(),
  turns: Annotation<number>(),
  done: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
});

function compute({ turns }: { turns: number }): { done: number } {
  let x = 1;
  for (let turn = 0; turn < turns; turn++) x = (x * 1103515245 + 12345) % 2147483648;
  return { done: x < 0 ? 0 : 1 };
}

const build = (thread: boolean) =>
  new StateGraph(State)
    .addNode('compute', compute, { thread })
    .addConditionalEdges(START, ({ tasks, turns }) =>
      Array.from({ length: tasks }, () => new Send('compute', { turns })),
    )
    .compile({ name: thread ? 'onThreads' : 'inThread', module: import.meta.url });

export const inThread = build(false);
export const onThreads = build(true);
