// Laws that hold for any graph: shown on random ones.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Command,
  INTERRUPT,
  MemorySaver,
  interrupt,
  isInterrupted,
  type Checkpointer,
  type Interrupt,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';
import { collect, thrownBy } from '../support.ts';
import { answerTo, build, questionsOf, shapes, type Fault } from './randomGraphs.ts';

const config = { configurable: { thread_id: '1' }, recursionLimit: 200 };
const noFault: Fault = () => {};
const savers: Record<string, () => Checkpointer> = {
  MemorySaver: () => new MemorySaver(),
  SqliteSaver: () => new SqliteSaver(':memory:'),
};

for (const [kind, makeSaver] of Object.entries(savers)) {
  describe(`any graph with ${kind}`, () => {
    const runs = { numRuns: 40 };

    it('ends as one that is not stored', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (of) => {
          const expected = await build(of, undefined, noFault).invoke({}, config);
          assert.deepEqual(await build(of, makeSaver(), noFault).invoke({}, config), expected);
        }),
        runs,
      );
    });

    it('comes to the same end when it is replayed from any of its states', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (of) => {
          const graph = build(of, makeSaver(), noFault);
          const expected = await graph.invoke({}, config);
          const recorded: any[] = await collect(graph.getStateHistory(config));
          for (const state of recorded) {
            assert.deepEqual(await graph.invoke(null, { ...config, ...state.config }), expected);
          }
          const now = await collect(graph.getStateHistory(config));
          assert.deepEqual(now.slice(-recorded.length), recorded);
        }),
        runs,
      );
    });

    it('comes to the same end when it pauses after each superstep', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (of) => {
          const expected = await build(of, undefined, noFault).invoke({}, config);
          const saver = makeSaver();
          let result = await build(of, saver, noFault).invoke(
            {},
            { ...config, interruptAfter: '*' },
          );
          while (INTERRUPT in result) {
            // A graph object of its own each time, as in another process.
            const graph = build(of, saver, noFault);
            result = await graph.invoke(null, { ...config, interruptAfter: '*' });
          }
          assert.deepEqual(result, expected);
        }),
        runs,
      );
    });

    it('comes to the same end when tasks fail, running none again that was done', async () => {
      await fc.assert(
        fc.asyncProperty(
          shapes,
          fc.array(fc.nat(30), { maxLength: 5 }),
          fc.constantFrom<'failFast' | 'settle'>('failFast', 'settle'),
          fc.constantFrom('sync', 'async', 'exit'),
          async (of, failing, onError, durability) => {
            const expected = await build(of, undefined, noFault).invoke({}, config);
            const saver = makeSaver();
            let count = 0;
            const worked: string[] = [];
            const fault: Fault = (task) => {
              if (failing.includes(count++)) throw new Error(`fault in ${task}`);
              worked.push(task);
            };
            const how = { ...config, onError, durability };
            let result: unknown;
            for (let input: unknown = {}; result === undefined; input = null) {
              const graph = build(of, saver, fault);
              const { metadata } = await graph.getState(config);
              const thrown = await thrownOrKept(
                graph.invoke(metadata === undefined ? {} : input, how),
              );
              if ('kept' in thrown) result = thrown.kept;
              else assert.match(String(thrown.error), /fault in/);
              // What siblings of a failed task still did is stored by then.
              for (let i = 0; i < 5; i++) await setImmediate();
            }
            assert.deepEqual(result, expected);
            const { log } = expected as { log: string[] };
            if (durability !== 'exit') assert.deepEqual(worked.toSorted(), log.toSorted());
          },
        ),
        { numRuns: 80 },
      );
    });
  });
}

for (const [kind, makeSaver] of Object.entries(savers)) {
  it(`any graph with ${kind} that asks, fails and is answered anew comes to the end of one that is not cut`, async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.nat(4),
        fc.array(fc.nat(40), { maxLength: 3 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('sync', 'async', 'exit'),
        async (of, seed, failing, picks, durability) => {
          const uncut: Fault = (task) => questionsOf(task, seed).map(answerTo);
          const expected = await build(of, undefined, uncut).invoke({}, config);
          const saver = makeSaver();
          let count = 0;
          const fault: Fault = (task) => {
            const said = questionsOf(task, seed).map((question) => interrupt<string>(question));
            if (failing.includes(count++)) throw new Error(`fault in ${task}`);
            return said;
          };
          const how = { ...config, durability };
          let pick = 0;
          const next = (below: number) => picks[pick++ % picks.length]! % below;
          const pauses: { at: object; asked: readonly Interrupt<string>[] }[] = [];
          /** Goes on to the end, answering some of what is open each time, by id. */
          const toTheEnd = async (first: unknown, at: object): Promise<unknown> => {
            let input = first;
            for (let from = at; ; from = {}) {
              const graph = build(of, saver, fault);
              const run = await thrownOrKept(graph.invoke(input, { ...how, ...from }));
              for (let i = 0; i < 5; i++) await setImmediate();
              const state = await graph.getState(config);
              if ('error' in run) {
                assert.match(String(run.error), /fault in/);
                input = state.metadata === undefined ? {} : null;
              } else if (isInterrupted<string>(run.kept)) {
                const asked = run.kept[INTERRUPT];
                assert.equal(new Set(asked.map(({ id }) => id)).size, asked.length);
                pauses.push({ at: state.config, asked });
                const one = asked[next(asked.length)]!;
                const given = asked.filter((question) => question === one || next(2) === 0);
                input = new Command({
                  resume: Object.fromEntries(given.map(({ id, value }) => [id, answerTo(value)])),
                });
              } else return run.kept;
            }
          };
          assert.deepEqual(await toTheEnd({}, {}), expected);
          // Anew from some place where it has asked: the answers count there once more.
          if (pauses.length === 0) return;
          const { at } = pauses[next(pauses.length)]!;
          const past = (await build(of, saver, fault).getState(at)) as StateSnapshot;
          const open = past.tasks.flatMap(({ interrupts }) => interrupts as Interrupt<string>[]);
          const resume = Object.fromEntries(open.map(({ id, value }) => [id, answerTo(value)]));
          const input = open.length > 0 ? new Command({ resume }) : null;
          assert.deepEqual(await toTheEnd(input, at), expected);
        },
      ),
      { numRuns: 60 },
    );
  });
}

async function thrownOrKept(
  promise: Promise<unknown>,
): Promise<{ readonly kept: unknown } | { readonly error: unknown }> {
  let kept: unknown;
  const error = await thrownBy(promise.then((value) => (kept = value))).catch(() => undefined);
  return error === undefined ? { kept } : { error };
}
