// Graphs of any shape, for laws that hold for all of them.
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import {
  Annotation,
  END,
  START,
  Send,
  StateGraph,
  append,
  sum,
  type Checkpointer,
} from '../../../src/engine/index.ts';

const State = Annotation.Root({
  log: Annotation<string[]>({ reducer: append, default: () => [] }),
  work: Annotation<number>({ reducer: sum, default: () => 0 }),
  last: Annotation<unknown>({ reducer: (_, next) => next }),
});

/** How one node behaves: what it leads to, and whether its work takes a turn of the event loop. */
export interface Shape {
  readonly kind: 'edge' | 'router' | 'send' | 'end' | 'inner';
  readonly targets: readonly number[];
  readonly isSlow: boolean;
}

const SIZE = 5;
const shape: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom('edge', 'router', 'send', 'end', 'inner'),
  targets: fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 1, maxLength: 3 }),
  isSlow: fc.boolean(),
});
export const shapes = fc.tuple(
  fc.array(shape, { minLength: SIZE, maxLength: SIZE }),
  fc.option(fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 2, maxLength: 3 }), { nil: undefined }),
);

/** Is told of each task before it works; may throw, or ask, and what it returns is written too. */
export type Fault = (task: string) => readonly string[] | void;

/**
 * A graph of the shapes. It comes to an end since it works at most so much: after that nothing leads
 * on. A join waits for some of the nodes.
 */
export function build(
  [nodes, join]: readonly [readonly Shape[], readonly number[] | undefined],
  checkpointer: Checkpointer | undefined,
  fault: Fault,
) {
  const graph = new StateGraph(State) as any;
  const name = (index: number) => `n${index}`;
  const isOver = (state: { work: number }) => state.work >= 12;
  const act = (who: string, isSlow: boolean) => async (given: any) => {
    const work = (given.work ?? given) as number;
    const task = `${who} ${work}`;
    if (isSlow) await setImmediate();
    const said = fault(task) ?? [];
    return { log: [task, ...said], work: 1, last: new Map([[who, work]]) };
  };
  nodes.forEach(({ kind, targets, isSlow }, index) => {
    if (kind === 'inner') {
      const inner = new StateGraph(State)
        .addNode('x', act(`${name(index)}x`, isSlow) as never)
        .addNode('y', act(`${name(index)}y`, !isSlow) as never)
        .addEdge(START, 'x')
        .addEdge('x', 'y')
        .compile();
      graph.addNode(name(index), inner, { returns: 'updates' });
    } else graph.addNode(name(index), act(name(index), isSlow));
    const all = targets.map(name);
    if (kind === 'end') return;
    graph.addConditionalEdges(
      name(index),
      async (state: { work: number }) => {
        if (isOver(state)) return END;
        if (kind === 'edge' || kind === 'inner') return all;
        if (kind === 'router') return all[state.work % all.length];
        return all.map(
          (target, i) => new Send(target, nodes[targets[i]!]!.kind === 'inner' ? { work: i } : i),
        );
      },
      [...all, END],
    );
  });
  if (join) {
    graph.addNode('join', act('join', false));
    graph.addEdge(join.map(name), 'join');
  }
  graph.addConditionalEdges(
    START,
    () => [name(0), name(1)],
    nodes.map((_, i) => name(i)),
  );
  return graph.compile(checkpointer && { checkpointer });
}

/** What is asked of a task, and the answer to it. */
export const questionsOf = (task: string, seed: number): string[] => {
  const sum = [...task].reduce((all, char) => all + char.charCodeAt(0), seed);
  return Array.from({ length: Math.max(0, (sum % 5) - 2) }, (_, i) => `${task}, ${i}?`);
};
export const answerTo = (question: string) => `yes to ${question}`;
