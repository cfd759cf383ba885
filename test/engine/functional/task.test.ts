import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotation,
  START,
  StateGraph,
  entrypoint,
  getConfig,
  getCurrentTaskInput,
  getWriter,
  task,
  taskOf,
  type SeveralFailuresError,
} from '../../../src/engine/index.ts';
import { collect, failsWith, mentions, recorder, settle, thrownBy } from '../support.ts';

const double = task('double', async (n: number) => n * 2);
const breaks = task('breaks', async (text: string) => {
  throw new RangeError(text);
});

/** Runs a body as an entrypoint. */
const run = <T>(body: () => T, config = {}) => entrypoint('workflow', body).invoke({}, config);

describe('a task', () => {
  it('starts when it is called, and takes several arguments', async () => {
    const log: string[] = [];
    const add = task('add', (a: number, b: number) => {
      log.push('runs');
      return a + b;
    });
    const result = await run(async () => {
      const sum = add(1, 2);
      log.push('called');
      return sum;
    });
    assert.equal(result, 3);
    assert.deepEqual(log, ['runs', 'called']);
  });

  it('runs side by side with others', async () => {
    const first = Promise.withResolvers<string>();
    const waits = task('waits', () => first.promise);
    const opens = task('opens', () => first.resolve('opened'));
    assert.deepEqual(await run(() => Promise.all([waits(), opens()])), ['opened', undefined]);
  });

  it('may call other tasks', async () => {
    const quadruple = task('quadruple', async (n: number) => double(await double(n)));
    assert.equal(await run(() => quadruple(3)), 12);
  });

  it('can be called from a node of a graph, and from a router', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('one', async (state) => ({ n: await double(state.n) }))
      .addNode('two', async (state) => ({ n: state.n + 1 }))
      .addEdge(START, 'one')
      .addConditionalEdges('one', async (state) => ((await double(state.n)) > 5 ? ['two'] : []), [
        'two',
      ])
      .compile();
    assert.deepEqual(await graph.invoke({ n: 2 }), { n: 5 });
    assert.deepEqual(await graph.invoke({ n: 1 }), { n: 2 });
  });

  it('has its own name as a function', () => {
    assert.equal(double.name, 'double');
  });

  it('knows its config and its arguments', async () => {
    const seen: unknown[] = [];
    const look = task('look', (...args: number[]) => {
      const { metadata, configurable, context } = getConfig();
      seen.push(getCurrentTaskInput(), metadata.langgraph_node, configurable.user, context);
      return args.length;
    });
    await run(() => look(1, 2), { configurable: { user: 'Ann' }, context: 'there' });
    assert.deepEqual(seen, [[1, 2], 'look', 'Ann', 'there']);
  });

  it('writes to the custom stream under its own name', async () => {
    const told = task('told', () => getWriter()('hello'));
    const { onEvent, of } = recorder();
    await run(() => told(), { onEvent });
    const [event] = of('custom');
    assert.deepEqual([event?.task.node, event?.value], ['told', 'hello']);
  });
});

describe('the promise of a task', () => {
  it('can be caught', async () => {
    const result = await run(async () => {
      try {
        return await breaks('too far');
      } catch (error) {
        return `caught ${(error as Error).message}`;
      }
    });
    assert.equal(result, 'caught too far');
  });

  it('may be given to allSettled, any, race, then and finally', async () => {
    const result = await run(async () => {
      const settled = await Promise.allSettled([double(1), breaks('a')]);
      return [
        settled.map(({ status }) => status),
        await Promise.any([breaks('b'), double(2)]),
        await Promise.race([double(3), new Promise(() => {})]),
        await breaks('c').then(
          () => 'fine',
          () => 'handled',
        ),
        await double(4).finally(() => {}),
      ];
    });
    assert.deepEqual(result, [['fulfilled', 'rejected'], 4, 6, 'handled', 8]);
  });

  it('can be waited for long after it has failed', async () => {
    const result = await run(async () => {
      const failed = breaks('early');
      await double(1);
      await settle();
      return failed.catch((error: Error) => error.message);
    });
    assert.equal(result, 'early');
  });

  it('is a Promise', async () => {
    await run(() => {
      const promise = double(1);
      assert.ok(promise instanceof Promise);
      assert.ok(!(promise.then() as object).constructor.name.startsWith('Task'));
    });
  });
});

describe('a task that fails', () => {
  it('fails the run with its own error, which says where it happened', async () => {
    const error = await thrownBy(run(async () => double(await breaks('too far'))));
    assert.ok(error instanceof RangeError);
    assert.deepEqual(taskOf(error), {
      node: 'breaks',
      path: ['workflow', 'breaks[0]'],
      superstep: 1,
      attempt: 1,
    });
  });

  it('fails the caller if nobody waits for it, whatever the caller returns', async () => {
    const error = await thrownBy(
      run(() => {
        void breaks('unheard');
        return 'fine';
      }),
    );
    assert.equal((error as Error).message, 'unheard');
  });

  it('fails a node of a graph that does not wait for it', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('only', () => {
        void breaks('unheard');
        return { n: 1 };
      })
      .addEdge(START, 'only')
      .compile();
    assert.equal(((await thrownBy(graph.invoke({}))) as Error).message, 'unheard');
  });

  it('fails the run if a router of START does not wait for it', async () => {
    const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('only', () => ({ n: 1 }))
      .addConditionalEdges(START, () => (void breaks('unheard'), 'only'), ['only'])
      .compile();
    assert.equal(((await thrownBy(graph.invoke({}))) as Error).message, 'unheard');
  });

  it('comes as one error with others that nobody waits for', async () => {
    const error = (await failsWith(
      'SEVERAL_FAILURES',
      run(() => {
        void breaks('one');
        void breaks('two');
      }),
    )) as unknown as SeveralFailuresError;
    assert.deepEqual(
      error.errors.map((each: Error) => each.message),
      ['one', 'two'],
    );
    mentions(error, 'one', 'two');
  });

  it('that threw no Error is reported as one that names the task', async () => {
    const odd = task('odd', async () => {
      throw 'text';
    });
    mentions(
      await failsWith(
        'NON_ERROR_THROWN',
        run(() => odd()),
      ),
      '"odd"',
      '"text"',
    );
  });

  it('fails when the tasks it called have failed unheard', async () => {
    const outer = task('outer', () => {
      void breaks('inside');
      return 1;
    });
    const result = await run(() => outer().catch((error: Error) => error.message));
    assert.equal(result, 'inside');
  });
});

describe('the caller of tasks', () => {
  it('does not end before them', async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const slow = task('slow', async () => {
      await gate.promise;
      log.push('slow');
    });
    const running = run(() => {
      void slow();
      return 'result';
    }).then((result) => log.push(result));
    await settle();
    assert.deepEqual(log, []);
    gate.resolve();
    await running;
    assert.deepEqual(log, ['slow', 'result']);
  });

  it('cannot call more of them after it has ended', async () => {
    const late = Promise.withResolvers<unknown>();
    const gate = Promise.withResolvers<void>();
    const two = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addNode('early', async () => {
        await double(1);
        void gate.promise.then(() => double(2)).then(late.reject, late.resolve);
        return {};
      })
      .addNode('next', async () => {
        gate.resolve();
        await late.promise;
        return { n: 1 };
      })
      .addEdge(START, 'early')
      .addEdge('early', 'next')
      .compile();
    await two.invoke({});
    const error = await late.promise;
    await failsWith('OUTSIDE_RUN', Promise.reject(error));
    mentions(error as Error, '"double"', '"early"');
  });
});

describe('a task outside of any run', () => {
  it('rejects with an error that names it', async () => {
    mentions(await failsWith('OUTSIDE_RUN', double(1)), '"double"', 'entrypoint');
  });

  it('rejects when its run is over', async () => {
    let later = () => double(1);
    await run(() => {
      const here = getConfig();
      assert.ok(here);
    });
    later = double.bind(undefined, 1);
    await failsWith('OUTSIDE_RUN', later());
  });

  it('goes for the helpers too', async () => {
    for (const helper of [getConfig, getWriter, getCurrentTaskInput]) {
      mentions(await failsWith('OUTSIDE_RUN', () => helper()), `${helper.name}()`);
    }
  });
});

describe('a definition', () => {
  it('refuses generators and what is not a function', async () => {
    const bad: any[] = [function* () {}, async function* () {}, 7, undefined];
    for (const action of bad) {
      mentions(await failsWith('INVALID_TASK', () => task('bad', action)), '"bad"');
      mentions(await failsWith('INVALID_TASK', () => entrypoint('bad', action)), '"bad"');
    }
  });

  it('refuses names that cannot be part of a path', async () => {
    for (const name of ['', 'a:b', 'a|b', 'a/b', 7 as any]) {
      await failsWith('INVALID_TASK', () => task(name, () => 1));
      await failsWith('INVALID_TASK', () => entrypoint(name, () => 1));
    }
  });
});

describe('a run that is aborted', () => {
  it('rejects the tasks that are under way, so that the body unwinds', async () => {
    const controller = new AbortController();
    const log: unknown[] = [];
    const hangs = task('hangs', () => new Promise<void>(() => {}));
    const running = run(
      async () => {
        try {
          await hangs();
        } finally {
          log.push('unwound');
        }
      },
      { signal: controller.signal },
    );
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    await settle();
    assert.deepEqual(log, ['unwound']);
  });

  it('starts no further tasks', async () => {
    const controller = new AbortController();
    let started = 0;
    const counted = task('counted', () => ++started);
    const gate = Promise.withResolvers<void>();
    let refused: unknown;
    const running = run(
      async () => {
        await counted();
        await gate.promise;
        refused = await thrownBy(counted());
      },
      { signal: controller.signal },
    );
    await settle();
    controller.abort();
    await failsWith('ABORTED', running);
    gate.resolve();
    await settle();
    assert.equal(started, 1);
    assert.equal((refused as Error).name, 'AbortError');
  });

  it('gives tasks the signal of the run', async () => {
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const waits = task('waits', () => {
      ({ signal } = getConfig());
      return new Promise<void>(() => {});
    });
    const running = run(() => waits(), { signal: controller.signal });
    await settle();
    assert.equal(signal?.aborted, false);
    controller.abort();
    await failsWith('ABORTED', running);
    assert.equal(signal?.aborted, true);
  });
});

describe('events of tasks', () => {
  it('name the task, its caller, its branch and its place among the calls', async () => {
    const { onEvent, of, lines } = recorder();
    const outer = task('outer', (n: number) => double(n));
    await run(() => Promise.all([outer(1), double(5), outer(2)]), { onEvent });
    assert.deepEqual(
      of('taskStarted').map(({ task: { path, nodeId, kind }, input }) => [
        path.join('/'),
        nodeId,
        kind,
        input,
      ]),
      [
        ['workflow', 'workflow', 'entrypoint', {}],
        ['workflow/outer[0]', 'workflow:outer', 'task', [1]],
        ['workflow/outer[0]/double[0]', 'workflow:outer:double', 'task', [1]],
        ['workflow/double[0]', 'workflow:double', 'task', [5]],
        ['workflow/outer[1]', 'workflow:outer', 'task', [2]],
        ['workflow/outer[1]/double[0]', 'workflow:outer:double', 'task', [2]],
      ],
    );
    const ids = new Map(of('taskStarted').map((event) => [event.task.path.join('/'), event.task]));
    assert.equal(ids.get('workflow/outer[1]/double[0]')?.parent, ids.get('workflow/outer[1]')?.id);
    assert.equal(lines()[0], 'runStarted');
    assert.deepEqual(lines().slice(-3), [
      'taskWrote workflow',
      'taskFinished workflow',
      'runFinished',
    ]);
  });

  it('tell results as updates, and the output of the run as it is', async () => {
    const { onEvent, of } = recorder();
    await run(() => double(4), { onEvent });
    assert.deepEqual(
      of('taskWrote').map(({ update }) => update),
      [{ double: 8 }, { workflow: 8 }],
    );
    assert.equal(of('runFinished')[0]?.output, 8);
  });

  it('tell how each task ends when the run fails', async () => {
    const { onEvent, lines } = recorder();
    const hangs = task('hangs', () => new Promise<void>(() => {}));
    await thrownBy(run(() => Promise.all([hangs(), breaks('x')]), { onEvent }));
    assert.deepEqual(lines().slice(-4), [
      'taskFailed workflow/breaks[0]',
      'taskFailed workflow/hangs[0] (cancelled)',
      'taskFailed workflow',
      'runFailed',
    ]);
  });

  it('of a failure that is caught are no failure of the run', async () => {
    const { onEvent, lines } = recorder();
    await run(() => breaks('x').catch(() => 0), { onEvent });
    assert.ok(lines().includes('taskFailed workflow/breaks[0]'));
    assert.equal(lines().at(-1), 'runFinished');
  });
});

it('results of inner tasks are streamed first, each under its own name', async () => {
  const outer = task('outer', (n: number) => double(n));
  const workflow = entrypoint('workflow', (n: number) => outer(n));
  assert.deepEqual(await collect(workflow.stream(2)), [
    { double: 4 },
    { outer: 4 },
    { workflow: 4 },
  ]);
});

/** Never called: compiled only. */
export async function inferredTypes(): Promise<void> {
  const length: number = await task('length', (text: string) => text.length)('a');
  const nested: string = await task('nested', async (n: number) => String(n))(length);
  // @ts-expect-error: the task takes a number
  await double('one');
  // @ts-expect-error: a generator has no single result
  task('generator', function* () {
    yield 1;
  });
  const workflow = entrypoint('workflow', async (n: number) => [await double(n)]);
  const result: number[] = await workflow.invoke(1);
  // @ts-expect-error: the workflow takes a number
  await workflow.invoke('one');
  for await (const value of await workflow.stream(1, { streamMode: 'values' })) {
    const list: number[] = value;
    void list;
  }
  const final = entrypoint('final', () => entrypoint.final({ value: 1, save: 'text' }));
  const value: number = await final.invoke({});
  void [nested, result, value];
}
