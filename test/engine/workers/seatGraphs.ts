// What a worker thread of the tests of seats loads: all that waits for one thread.

import {
  Annotation,
  START,
  StateGraph,
  Send,
  append,
  task,
  type NodeConfig,
} from '../../../src/engine/index.ts';

const module = import.meta.url;

export interface Item {
  readonly name: string;
  /** Fails so many times, by attempts that are counted in the store. */
  readonly failures?: number;
  /** Computes for ever, at its first attempt. */
  readonly hangs?: boolean;
  /** Ends when the store gives an answer to its name. */
  readonly waits?: boolean;
}

export const State = Annotation.Root({
  sends: Annotation<Send[]>(),
  done: Annotation<string[]>({ reducer: append, default: () => [] }),
});

const work = async ({ name, failures = 0, waits = false }: Item, { store }: NodeConfig) => {
  if (waits) await store!.get(['gate'], name);
  const before = ((await store?.get(['failed'], name))?.value['count'] as number | undefined) ?? 0;
  if (before < failures) {
    await store!.put(['failed'], name, { count: before + 1 });
    throw new Error(`failed ${before + 1} times`);
  }
  return { done: [name] };
};

const hang = async ({ name, hangs }: Item, { store }: NodeConfig) => {
  const isFirst = (await store!.get(['hung'], name)) === null;
  await store!.put(['hung'], name, {});
  if (hangs && isFirst) for (;;);
  return { done: [name] };
};

const mark = task({ name: 'mark', thread: true, module }, (name: string) => `${name} marked`);

/** `work` and `again` are one node on worker threads each, of which the second tries again; `call` calls tasks there. */
export const graph = new StateGraph(State)
  .addNode('work', work, { thread: true })
  .addNode('capped', work, { thread: true, maxConcurrency: 2 })
  .addNode('again', work, {
    thread: true,
    retryPolicy: { maxAttempts: 3, initialInterval: 0, jitter: false },
  })
  .addNode('timed', hang, { thread: true, timeout: 1000 })
  .addNode('timedTwice', hang, {
    ...{ thread: true, timeout: 1000 },
    retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false, retryOn: () => true },
  })
  .addNode('here', ({ name }: Item) => ({ done: [name] }))
  .addNode('call', async ({ name }: Item) => ({
    done: await Promise.all([mark(`${name} 1`), mark(`${name} 2`)]),
  }))
  .addNode('inner', async ({ name }: Item) => {
    const sends = [1, 2].map((n) => new Send('work', { name: `${name} ${n}` }));
    return { done: (await inside.invoke({ sends })).done };
  })
  .addConditionalEdges(START, ({ sends }) => sends)
  .compile({ name: 'seats', module });

const inside = new StateGraph(State)
  .addNode('work', ({ name }: Item) => ({ done: [name] }), { thread: true })
  .addConditionalEdges(START, ({ sends }) => sends)
  .compile({ name: 'inside', module });
