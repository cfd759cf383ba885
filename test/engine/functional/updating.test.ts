import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemorySaver, START, entrypoint, getPreviousState } from '../../../src/engine/index.ts';

const config = { configurable: { thread_id: '1' } };

/** Adds its input to what it remembers. */
const sum = () =>
  entrypoint(
    { name: 'sum', checkpointer: new MemorySaver() },
    (n: number) => n + (getPreviousState<number>() ?? 0),
  );

describe('an update of an entrypoint', () => {
  it('is what the next run remembers, whatever value it is', async () => {
    for (const value of [100, 'text', [1, 2], { a: 1 }, 0, '', false]) {
      const workflow = entrypoint({ name: 'last', checkpointer: new MemorySaver() }, () => [
        getPreviousState(),
      ]);
      await workflow.invoke({}, config);
      await workflow.updateState(config, value as any);
      assert.deepEqual(await workflow.invoke({}, config), [value]);
    }
  });

  it('is made as the node of its name too, and on a thread that has not run', async () => {
    const workflow = sum();
    await workflow.updateState(config, 5, 'sum');
    assert.equal(await workflow.invoke(1, config), 6);
  });

  it('may be an entrypoint.final, of which the saved value counts', async () => {
    const workflow = sum();
    await workflow.invoke(1, config);
    await workflow.updateState(config, entrypoint.final({ value: 7, save: 40 }) as any);
    assert.equal(await workflow.invoke(2, config), 42);
  });

  it('changes nothing if it is null', async () => {
    const workflow = sum();
    await workflow.invoke(1, config);
    await workflow.updateState(config, null);
    assert.equal(await workflow.invoke(1, config), 2);
  });

  it('as START is the input of the run that is continued', async () => {
    const workflow = sum();
    await workflow.invoke(1, config);
    await workflow.updateState(config, 20, START);
    assert.equal(await workflow.invoke(null, config), 21);
  });
});
