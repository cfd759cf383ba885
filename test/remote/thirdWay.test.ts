// What holds for graphs in one thread holds for those whose tasks are sent elsewhere.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Command,
  INTERRUPT,
  MemorySaver,
  interrupt,
  isInterrupted,
} from '../../src/engine/index.ts';
import {
  answerTo,
  build,
  questionsOf,
  shapes,
  type Fault,
} from '../engine/checkpoint/randomGraphs.ts';
import { goThirdWay, tasksSent } from './thirdWay.ts';

const config = { configurable: { thread_id: '1' }, recursionLimit: 200 };

describe('any graph whose tasks are run elsewhere', () => {
  it('that asks, fails and is answered comes to the end of one that is not cut, and repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.nat(4),
        fc.array(fc.nat(30), { maxLength: 3 }),
        fc.constantFrom('failFast', 'settle'),
        fc.constantFrom(1, 2, Infinity),
        async (of, seed, failing, onError, maxConcurrency) => {
          const uncut: Fault = (task) => questionsOf(task, seed).map(answerTo);
          const how = { ...config, onError, ...(maxConcurrency < 9 && { maxConcurrency }) };
          // Without a thread id of its own it is run here.
          const expected = await build(of, undefined, uncut).invoke(
            {},
            { ...how, durability: 'exit' },
          );
          let count = 0;
          const ended: string[] = [];
          const fault: Fault = (task) => {
            const said = questionsOf(task, seed).map((question) => interrupt<string>(question));
            if (failing.includes(count++)) throw new Error(`fault in ${task}`);
            ended.push(task);
            return said;
          };
          const saver = new MemorySaver();
          let input: unknown = {};
          let result: any;
          for (;;) {
            try {
              result = await build(of, saver, fault).invoke(input, how);
            } catch (error) {
              assert.match(String(error), /fault in/);
              input = null;
              continue;
            }
            if (!isInterrupted<string>(result)) break;
            const answers = result[INTERRUPT].map(({ id, value }) => [id, answerTo(value)]);
            input = new Command({ resume: Object.fromEntries(answers) });
          }
          assert.deepEqual(result, expected);
          // With failFast tasks that are told to stop may end all the same, and run again.
          const done = result.log.filter((line: string) => !line.startsWith('yes'));
          if (onError === 'settle') assert.deepEqual(ended.toSorted(), done.toSorted());
        },
      ),
      { numRuns: 25 },
    );
  });
});

goThirdWay();
await import('../conformance/differential.test.ts');
await import('../engine/functional/task.test.ts');
await import('../engine/policies/retry.test.ts');
await import('../engine/policies/errorHandler.test.ts');

after(() => assert.ok(tasksSent > 100, `only ${tasksSent} tasks were sent`));
