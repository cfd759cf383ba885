// Tasks and entrypoints: in parallel, with an interrupt, with what a thread kept, with streams.
import { Command, MemorySaver, entrypoint, getPreviousState, interrupt, task } from 'superstep';

const addOne = task('addOne', async (n: number) => n + 1);
const flaky = (() => {
  let attempts = 0;
  return task({ name: 'flaky', retry: { maxAttempts: 3, initialInterval: 1 } }, async () => {
    if (++attempts < 3) throw new Error('not yet');
    return attempts;
  });
})();

const parallel = entrypoint('parallel', async (numbers: number[]) => {
  const sums = await Promise.all(numbers.map((n) => addOne(n)));
  return { sums, attempts: await flaky() };
});
console.log(await parallel.invoke([1, 2, 3]));

const writeEssay = task('writeEssay', async (topic: string) => `An essay about ${topic}`);
const review = entrypoint(
  { name: 'review', checkpointer: new MemorySaver() },
  async (topic: string) => {
    const essay = await writeEssay(topic);
    const isApproved: boolean = interrupt({ essay, action: 'Approve?' });
    return { essay, isApproved };
  },
);
const config = { configurable: { thread_id: '1' } };
for await (const chunk of await review.stream('cats', config)) console.log(Object.keys(chunk));
console.log(await review.invoke(new Command({ resume: true }), config));

const accumulate = entrypoint(
  { name: 'accumulate', checkpointer: new MemorySaver() },
  async (n: number) => {
    const previous = getPreviousState<number>() ?? 0;
    return entrypoint.final({ value: previous, save: n + previous });
  },
);
for (const n of [1, 2, 3]) console.log(await accumulate.invoke(n, config));
