import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Annotation,
  Command,
  MemorySaver,
  START,
  StateGraph,
  entrypoint,
  interrupt,
  isInterrupted,
  task,
  type Checkpointer,
  type Interrupt,
  type StateSnapshot,
} from '../../../src/engine/index.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';
import { LogState, collect, failsWith, mentions, says, settle } from '../support.ts';

const config = { configurable: { thread_id: '1' } };
const resume = (answer: unknown) => new Command({ resume: answer });
const savers: Record<string, () => Checkpointer> = {
  MemorySaver: () => new MemorySaver(),
  SqliteSaver: () => new SqliteSaver(':memory:'),
};

function open(result: unknown): readonly Interrupt<string>[] {
  return isInterrupted<string>(result) ? result.__interrupt__ : [];
}

/** Asks one question after another where it is called. */
const both = () => [interrupt<string>('Pay 10 to Ann?'), interrupt<string>('Delete the account?')];

/** The same two questions in each place where code can ask. */
const places: Record<string, (checkpointer: Checkpointer) => { invoke: any; getState: any }> = {
  'a node': (checkpointer) =>
    new StateGraph(LogState)
      .addNode('ask', () => ({ log: both() }))
      .addEdge(START, 'ask')
      .compile({ checkpointer }),
  'a node with retries': (checkpointer) =>
    new StateGraph(LogState)
      .addNode('ask', () => ({ log: both() }), { retryPolicy: {}, timeout: 10_000 })
      .addEdge(START, 'ask')
      .compile({ checkpointer }),
  'a task': (checkpointer) => {
    const ask = task('ask', async () => both());
    return entrypoint({ name: 'e', checkpointer }, async () => ({ log: await ask() }));
  },
  'an entrypoint': (checkpointer) =>
    entrypoint({ name: 'e', checkpointer }, async () => ({ log: both() })),
  'a subgraph': (checkpointer) => {
    const inner = new StateGraph(LogState)
      .addNode('ask', () => ({ log: both() }))
      .addEdge(START, 'ask')
      .compile();
    return new StateGraph(LogState)
      .addNode('sub', inner)
      .addEdge(START, 'sub')
      .compile({ checkpointer });
  },
};

for (const [kind, makeSaver] of Object.entries(savers)) {
  for (const [place, build] of Object.entries(places)) {
    it(`an answer is for one question of ${place} only, and refused when it comes twice (${kind})`, async () => {
      const graph = build(makeSaver());
      const [pay] = open(await graph.invoke({}, config));
      const [remove] = open(await graph.invoke(resume({ [pay!.id]: 'yes' }), config));
      assert.deepEqual([pay!.value, remove!.value], ['Pay 10 to Ann?', 'Delete the account?']);
      assert.notEqual(pay!.id, remove!.id);
      const again = graph.invoke(resume({ [pay!.id]: 'yes' }), config);
      const error = await failsWith('STALE_ANSWER', again);
      mentions(error, pay!.id, remove!.id, 'Delete the account?');
      const mixed = graph.invoke(resume({ [remove!.id]: 'no', [pay!.id]: 'yes' }), config);
      await failsWith('STALE_ANSWER', mixed);
      const { log } = await graph.invoke(resume({ [remove!.id]: 'no' }), config);
      assert.deepEqual(log, ['yes', 'no']);
      await failsWith('NOTHING_TO_RESUME', graph.invoke(resume({ [remove!.id]: 'no' }), config));
    });
  }
}

describe('questions that are asked at once', () => {
  const value = fc.constantFrom('a', 'b', 'c', 'd');

  it('reach their askers by whatever way and in whatever order they are answered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(value, { minLength: 1 }),
        fc.constantFrom('branches', 'tasks', 'branches of a task'),
        fc.array(fc.nat(3)),
        fc.array(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom('sync', 'async', 'exit'),
        fc.constantFrom(...Object.keys(savers)),
        async (asked, how, picks, orders, durability, saver) => {
          let runs = 0;
          // Which of the branches asks first differs from run to run.
          const ask = async (question: string, i: number) => {
            const order = orders[runs % orders.length]!;
            for (let waits = order.indexOf(i); waits > 0; waits--) await Promise.resolve();
            return `${question}=${interrupt<string>(question)}`;
          };
          const asTask = task('ask', ask);
          const all = task('all', () => Promise.all(asked.map(ask)));
          const workflow = entrypoint({ name: 'e', checkpointer: savers[saver]!() }, () => {
            runs++;
            if (how === 'branches') return Promise.all(asked.map(ask));
            return how === 'tasks' ? Promise.all(asked.map((each, i) => asTask(each, i))) : all();
          });
          const at = { ...config, durability };
          let result: unknown = await workflow.invoke({}, at);
          const ids = new Set<string>();
          for (let i = 0; isInterrupted(result); i++) {
            const waiting = open(result);
            assert.equal(new Set(waiting.map(({ id }) => id)).size, waiting.length);
            if (i === 0)
              assert.deepEqual(waiting.map((each) => each.value).sort(), asked.toSorted());
            for (const { id } of waiting) ids.add(id);
            // Some of them, by id.
            const some = waiting.filter((_, at) => at % 2 === (picks[i] ?? 0) % 2);
            const given = some.length > 0 ? some : waiting;
            const answers = given.map(({ id, value }) => [id, `answer to ${value}`]);
            result = await workflow.invoke(resume(Object.fromEntries(answers)), at);
          }
          assert.equal(ids.size, asked.length);
          assert.deepEqual(
            result,
            asked.map((question) => `${question}=answer to ${question}`),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are told apart though they ask the same', async () => {
    const workflow = entrypoint({ name: 'e', checkpointer: new MemorySaver() }, () =>
      Promise.all([1, 2].map(async () => interrupt<string>('?'))),
    );
    const asked = open(await workflow.invoke({}, config));
    assert.equal(new Set(asked.map(({ id }) => id)).size, 2);
    const left = open(await workflow.invoke(resume({ [asked[1]!.id]: 'second' }), config));
    assert.deepEqual(left, [asked[0]]);
    assert.deepEqual(await workflow.invoke(resume('first'), config), ['first', 'second']);
  });

  it('come one after another where one branch is slower, each with its own answer', async () => {
    let runs = 0;
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const workflow = entrypoint({ name: 'e', checkpointer: new MemorySaver() }, () => {
      const gate = gates[runs++]!;
      const isTurned = runs % 2 === 0;
      const ask = async (question: string, isSlow: boolean) => {
        await (isSlow ? gate.promise : settle());
        const answer = interrupt<string>(question);
        gate.resolve();
        return `${question}=${answer}`;
      };
      return Promise.all([ask('a', isTurned), ask('b', !isTurned)]);
    });
    let asked = open(await workflow.invoke({}, config));
    assert.deepEqual(
      asked.map(({ value }) => value),
      ['a'],
    );
    asked = open(await workflow.invoke(resume('to a'), config));
    assert.deepEqual(
      asked.map(({ value }) => value),
      ['b'],
    );
    assert.deepEqual(await workflow.invoke(resume('to b'), config), ['a=to a', 'b=to b']);
  });
});

describe('a question with other words when its node runs again', () => {
  const asking = (ask: (runs: number) => unknown) => {
    let runs = 0;
    return new StateGraph(
      Annotation.Root({ answer: Annotation<unknown>(), x: Annotation<number>() }),
    )
      .addNode('ask', () => ask(++runs) as object)
      .addEdge(START, 'ask')
      .compile({ checkpointer: new MemorySaver() });
  };

  it('has its answer by its place, where the order of questions cannot change', async () => {
    const graph = asking((runs) => {
      const [one, two] = [interrupt(`one, run ${runs}`), interrupt(`two, run ${runs}`)];
      return { answer: [one, two] };
    });
    await graph.invoke({}, config);
    await graph.invoke(resume(1), config);
    assert.deepEqual((await graph.invoke(resume(2), config)).answer, [1, 2]);
  });

  it('has it also where the state was updated since', async () => {
    const graph = asking(async (runs) => {
      await settle();
      return { answer: interrupt<string, unknown>(`run ${runs}`) };
    });
    await graph.invoke({}, config);
    await graph.updateState(config, { x: 1 }, START);
    assert.equal((await graph.invoke(resume('yes'), config)).answer, 'yes');
    await graph.invoke({}, config);
    const command = new Command({ resume: 'again', update: { x: 2 } });
    assert.equal((await graph.invoke(command, config)).answer, 'again');
  });

  it('is refused where it cannot be told whether it is the same, with what to do', async () => {
    const graph = asking(async (runs) => {
      await settle();
      return { answer: interrupt<string, unknown>(`draft ${runs}`) };
    });
    await graph.invoke({}, config);
    const error = await failsWith('QUESTION_CHANGED', graph.invoke(resume('yes'), config));
    mentions(error, '"ask"', 'draft 1', 'draft 2', 'task()');
  });
});

describe('an answered question', () => {
  for (const how of ['a node', 'a task', 'a subgraph'] as const) {
    it(`of ${how} is not shown as open after a later failure, and counts when the run goes on`, async () => {
      let fails = true;
      const act = () => {
        const answer = interrupt<string>('?');
        if (fails) throw new Error('down');
        return { log: [answer] };
      };
      const ask = task('ask', async () => act());
      const inner = new StateGraph(LogState).addNode('ask', act).addEdge(START, 'ask').compile();
      const node = how === 'a node' ? act : how === 'a task' ? async () => ask() : inner;
      const graph = new StateGraph(LogState)
        .addNode('asks', node as () => Promise<{ log: string[] }>)
        .addNode('works', says('works'))
        .addEdge(START, 'asks')
        .addEdge(START, 'works')
        .compile({ checkpointer: new MemorySaver() });
      await graph.invoke({}, config);
      await assert.rejects(graph.invoke(resume('yes'), config), /down/);
      const state = await graph.getState(config);
      assert.deepEqual(
        state.tasks.map(({ name, interrupts }) => [name, interrupts]),
        [
          ['asks', []],
          ['works', []],
        ],
      );
      assert.deepEqual((await graph.getState(state.config)).tasks[0]!.interrupts, []);
      fails = false;
      assert.deepEqual(await graph.invoke(null, config), { log: ['yes', 'works'] });
    });
  }
});

describe('an answer at an older state', () => {
  for (const kept of [undefined, true] as const) {
    for (const durability of ['sync', 'exit'] as const) {
      it(`inside a subgraph makes a branch that goes on from there (checkpointer: ${kept}, ${durability})`, async () => {
        const ran: string[] = [];
        const node =
          (name: string, ask = false) =>
          () => {
            ran.push(name);
            return { log: [ask ? `${name}=${interrupt<string>('q')}` : name] };
          };
        const sub = new StateGraph(LogState)
          .addSequence({ one: node('one'), ask: node('ask', true), two: node('two') })
          .addEdge(START, 'one')
          .compile(kept && { checkpointer: kept });
        const graph = new StateGraph(LogState)
          .addNode('sub', sub, { returns: 'updates' })
          .addEdge(START, 'sub')
          .compile({ checkpointer: new MemorySaver() });
        const how = { durability };
        await graph.invoke({}, { ...config, ...how });
        const head = await graph.getState(config, { subgraphs: true });
        const inside = (head.tasks[0]!.state as StateSnapshot).config;
        ran.length = 0;
        for (const [at, answer] of [
          [head.config, '1'],
          [head.config, '2'],
          [inside, '3'],
        ] as const) {
          const { log } = await graph.invoke(resume(answer), { ...at, ...how });
          assert.deepEqual(log, ['one', `ask=${answer}`, 'two']);
          assert.deepEqual(ran.splice(0), ['ask', 'two']);
        }
        // Without an answer it asks again, in a branch that is stored.
        const paused = await graph.invoke(null, { ...inside, ...how });
        assert.deepEqual([open(paused).length, ran.splice(0)], [1, ['ask']]);
        assert.deepEqual((await graph.getState(config)).tasks[0]!.interrupts, open(paused));
        const last = await graph.invoke(resume('4'), { ...config, ...how });
        assert.deepEqual(
          [last.log, ran],
          [
            ['one', 'ask=4', 'two'],
            ['ask', 'two'],
          ],
        );
      });
    }
  }

  it('reaches a graph at any depth, also one that a task calls', async () => {
    const leaf = new StateGraph(LogState)
      .addNode('ask', () => ({ log: [`got ${interrupt<string>('q')}`] }))
      .addEdge(START, 'ask')
      .compile();
    const calls = task('calls', async () => (await leaf.invoke({})).log);
    const middle = new StateGraph(LogState)
      .addNode('calls', async () => ({ log: await calls() }))
      .addEdge(START, 'calls')
      .compile();
    const graph = new StateGraph(LogState)
      .addNode('middle', middle)
      .addEdge(START, 'middle')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, config);
    const { config: past } = await graph.getState(config);
    for (const answer of ['1', '2', '3']) {
      assert.deepEqual((await graph.invoke(resume(answer), past)).log, [`got ${answer}`]);
    }
  });

  it('keeps what was answered before it in the same node', async () => {
    const graph = places['a node']!(new MemorySaver());
    await graph.invoke({}, config);
    await graph.invoke(resume('first'), config);
    const { config: past } = await graph.getState(config);
    await graph.invoke(resume('second'), config);
    assert.deepEqual(await graph.invoke(resume('other'), past), { log: ['first', 'other'] });
  });

  it('is kept with durability exit when the branch asks again', async () => {
    const graph = places['a node']!(new MemorySaver());
    await graph.invoke({}, config);
    const { config: past } = await graph.getState(config);
    await graph.invoke(resume('1'), config);
    await graph.invoke(resume('2'), config);
    const again = await graph.invoke(null, { ...past, durability: 'exit' });
    const [asked] = open(again);
    assert.equal(asked!.value, 'Pay 10 to Ann?');
    assert.deepEqual((await graph.getState(config)).tasks[0].interrupts, [asked]);
    await graph.invoke(resume('3'), config);
    assert.deepEqual(await graph.invoke(resume('4'), config), { log: ['3', '4'] });
  });

  it('of a subgraph takes no new input', async () => {
    const graph = places['a subgraph']!(new MemorySaver());
    await graph.invoke({}, config);
    const [{ state }] = (await graph.getState(config)).tasks;
    const error = await failsWith('INVALID_CONFIG', graph.invoke({ log: [] }, state));
    mentions(error, 'resume', 'null');
  });
});

it('a command with an update goes on from a breakpoint', async () => {
  for (const breaks of [{ interruptBefore: ['b'] }, { interruptAfter: ['a'] }] as const) {
    const graph = new StateGraph(LogState)
      .addSequence({ a: says('a'), b: says('b') })
      .addEdge(START, 'a')
      .compile({ checkpointer: new MemorySaver(), ...breaks });
    await graph.invoke({}, config);
    const result = await graph.invoke(new Command({ update: { log: ['update'] } }), config);
    assert.deepEqual(result, { log: ['a', 'update', 'b'] });
    assert.equal((await collect(graph.getStateHistory(config)))[0]!.next.length, 0);
  }
});
