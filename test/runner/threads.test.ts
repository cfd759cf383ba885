import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import type { RunOptions, RunResult } from '../../src/runner/runner.ts';
import { createTestRunner, fixture, record, starts } from './testRunner.ts';

const file = fixture('threads.graph.ts');

/** Runs in a store of their own; each of them in a thread of its own, as after a restart. */
function threads(t: TestContext, exportName = 'graph', defaults: Partial<RunOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const runner = createTestRunner(t);
  const store = { path: join(folder, 'new', 'threads.sqlite') };
  const ranFile = join(folder, 'ran');
  const env = { RAN_FILE: ranFile, OWN_FILE: join(folder, 'own.sqlite') };
  const given = { file, exportName, store, threadId: '1', env, ...defaults };
  return {
    ...{ runner, store, folder, given: { ...given, runner } },
    run: (options: Partial<RunOptions> = {}) => runner.run({ ...given, ...options }),
    read: (options: object = {}) => runner.readThread({ ...given, ...options }),
    history: (options: object = {}) => runner.readHistory({ ...given, ...options }),
    list: (options: object = {}) => runner.listThreads({ file, store, ...options }),
    /** The code that has run since the last call. */
    ran: () => {
      const text = existsSync(ranFile) ? readFileSync(ranFile, 'utf8') : '';
      rmSync(ranFile, { force: true });
      return text.split('\n').slice(0, -1).sort();
    },
  };
}

const asked = ({ waiting }: RunResult) =>
  waiting!.questions.map(({ value, nodeId }) => `${nodeId} ${value as string}`).sort();
const idOf = ({ waiting }: RunResult, value: string) =>
  waiting!.questions.find((question) => question.value === value)!.id;
const rejectsWith = (call: Promise<unknown>, code: string, message: RegExp) =>
  assert.rejects(call, (error) => {
    assert.ok(error instanceof LoadError);
    const [problem] = error.problems;
    assert.deepEqual([problem?.code, error.problems.length], [code, 1]);
    assert.match(problem!.message, message);
    return true;
  });

test('an answer resumes in a new thread, and nothing that has finished runs again', async (t) => {
  for (const exportName of ['graph', 'inMemory', 'durable']) {
    const { run, ran } = threads(t, exportName);
    const waits = await run();
    assert.deepEqual(
      [waits.status, waits.threadId, waits.keptBy],
      ['waiting', '1', exportName === 'durable' ? 'graph' : 'store'],
    );
    assert.deepEqual(ran(), ['prepare']);
    const done = await run({ resume: { answer: { by: 'Ada' } } });
    assert.equal(done.status, 'done', exportName);
    assert.deepEqual(done.state, { log: ['prepare', 'Send? {"by":"Ada"}', 'send'] });
    assert.deepEqual(ran(), ['Send? {"by":"Ada"}', 'send']);
  }
});

test('answers that count as nothing are answers', async (t) => {
  const { run } = threads(t);
  for (const [i, answer] of [false, 0, '', [], {}].entries()) {
    const threadId = String(i);
    await run({ threadId });
    const { state } = await run({ threadId, resume: { answer } });
    assert.deepEqual(state, { log: ['prepare', `Send? ${JSON.stringify(answer)}`, 'send'] });
  }
  await run();
  const { status, error } = await run({ resume: { answer: null } });
  assert.deepEqual([status, error?.code], ['failed', 'EMPTY_INPUT']);
  assert.match(error!.message, /null is no answer/);
});

test('questions of parallel branches and subgraphs are answered one by one', async (t) => {
  const { run, ran } = threads(t, 'parallel');
  const waits = await run();
  assert.deepEqual(asked(waits), ['inner:deep Deep?', 'left Left?']);
  const [deep] = waits.waiting!.questions.filter(({ value }) => value === 'Deep?');
  assert.deepEqual(deep!.path, ['inner[0]', 'deep']);
  assert.match(deep!.namespace!, /^inner:/);
  assert.deepEqual(ran(), ['beside', 'inner before']);
  const left = idOf(waits, 'Left?');

  const still = await run({ resume: { answers: { [left]: 'L' } } });
  assert.deepEqual([still.status, ran()], ['waiting', ['Left? "L"']]);
  assert.deepEqual(
    still.waiting!.questions.map(({ since: _, ...rest }) => rest),
    waits.waiting!.questions.filter((each) => each === deep).map(({ since: _, ...rest }) => rest),
  );

  const stale = await run({ resume: { answers: { [left]: 'again' } } });
  assert.deepEqual([stale.status, stale.error?.code, ran()], ['failed', 'STALE_ANSWER', []]);
  assert.match(stale.error!.message, /answered before.*Deep\?/);

  const done = await run({ resume: { answer: 'D' } });
  assert.deepEqual([done.status, ran()], ['done', ['Deep? "D"', 'end']]);
});

test('questions are answered together, by id', async (t) => {
  const { run, ran } = threads(t, 'parallel');
  const waits = await run();
  const answers = { [idOf(waits, 'Deep?')]: 'D', [idOf(waits, 'Left?')]: 'L' };
  ran();
  const one = await run({ resume: { answer: 'both?' } });
  assert.deepEqual([one.status, one.error?.code, ran()], ['failed', 'AMBIGUOUS_RESUME', []]);
  const unknown = await run({ resume: { answers: { ['0'.repeat(32)]: 'x' } } });
  assert.deepEqual([unknown.error?.code, ran()], ['STALE_ANSWER', []]);
  const done = await run({ resume: { answers } });
  assert.deepEqual([done.status, ran()], ['done', ['Deep? "D"', 'Left? "L"', 'end']]);
});

test('a workflow goes on after its question, without the tasks that are done', async (t) => {
  const { run, ran } = threads(t, 'workflow');
  const waits = await run();
  assert.deepEqual(
    waits.waiting!.questions.map(({ value, node }) => [value, node]),
    [['Ok, this?', 'approve']],
  );
  assert.deepEqual(ran(), ['check this']);
  const { state } = await run({ resume: { answer: 'yes' } });
  assert.deepEqual([state, ran()], ['checked this, yes', []]);
});

test('a breakpoint is left without an answer, with its state edited or as it is', async (t) => {
  const { run, ran } = threads(t, 'breaks');
  const inside = await run();
  const [{ namespace, nodes }] = inside.waiting!.breakpoints as [any];
  assert.deepEqual([nodes, ran()], [['two'], ['one']]);
  const update = { values: { log: ['edited inside'] }, namespace };
  const outside = await run({ resume: { update } });
  assert.deepEqual([outside.status, ran()], ['waiting', ['two']]);
  assert.deepEqual(
    outside.waiting!.breakpoints.map(({ nodes, when, path }) => [when, nodes, path]),
    [['before', ['last'], []]],
  );
  assert.deepEqual(outside.state, { log: ['one', 'edited inside', 'two'] });
  const edited = { values: { log: ['edited'] }, asNode: 'inner' };
  const done = await run({ resume: { update: edited } });
  assert.deepEqual([done.status, ran()], ['done', []]);
  assert.deepEqual(done.state, {
    log: ['one', 'edited inside', 'two', 'edited', 'last of 4'],
  });
  const nothing = await run({ resume: { update: { values: {}, asNode: 'nobody' } } });
  assert.deepEqual([nothing.status, nothing.error?.code], ['failed', 'UNKNOWN_NODE']);
});

test('after an answer that the node refuses, the question can be asked again', async (t) => {
  const { run, read } = threads(t, 'picky');
  await run();
  const refused = await run({ resume: { answer: 'red' } });
  assert.deepEqual([refused.status, refused.error?.message], ['failed', 'Not red, please']);
  const { status, failures } = (await read())!;
  assert.deepEqual(
    [status, failures.map(({ message }) => message)],
    ['failed', ['Not red, please']],
  );
  const again = await run({ resume: { update: { values: null, asNode: '__start__' } } });
  assert.equal(again.status, 'waiting');
  const done = await run({ resume: { answer: 'blue' } });
  assert.deepEqual(done.state, { log: ['blue'] });
});

test('an answer where nothing waits is refused', async (t) => {
  const { run, ran } = threads(t);
  const none = await run({ resume: { answer: 'yes' } });
  assert.deepEqual([none.status, none.error?.code], ['failed', 'NOTHING_TO_RESUME']);
  await run();
  await run({ resume: { answer: 'yes' } });
  ran();
  const over = await run({ resume: { answer: 'yes' } });
  assert.deepEqual([over.error?.code, ran()], ['NOTHING_TO_RESUME', []]);
});

test('a run with nothing but the name of a thread that waits tells again what for', async (t) => {
  const { run, ran, given, runner } = threads(t, 'parallel');
  const waits = await run();
  ran();
  const { result, events } = record(runner, given);
  const again = await result;
  assert.deepEqual([again.status, again.threadId, ran(), events], ['waiting', '1', [], []]);
  assert.deepEqual(asked(again), asked(waits));
  assert.deepEqual(again.state, waits.state);
  const hints: string[] = [];
  const onHints = (told: readonly { message: string }[]) =>
    hints.push(...told.map(({ message }) => message));
  const anew = await run({ input: {}, onHints });
  assert.deepEqual([anew.status, ran()], ['waiting', ['beside', 'inner before']]);
  assert.match(hints.join(), /gives up 2 open questions of thread "1" \(node "\w+"\)/);
});

test('threads of graphs and files with the same name do not mix', async (t) => {
  const { run, list, store, runner } = threads(t);
  await run();
  const other = await run({ exportName: 'inMemory' });
  assert.deepEqual(other.state, { log: ['prepare'] });
  await run({ resume: { answer: 1 } });
  const visits = fixture('visits.graph.ts');
  await runner.run({ file: visits, store, exportName: 'graph', threadId: '1' });
  assert.deepEqual(
    (await list()).map(({ graph, threadId, status, questions }) => {
      return [graph, threadId, status, questions];
    }),
    [
      ['graph', '1', 'done', 0],
      ['inMemory', '1', 'waiting', 1],
    ],
  );
  assert.equal((await list({ exportName: 'inMemory' })).length, 1);
  assert.equal((await list({ file: visits })).length, 1);
});

test('a thread that is named is kept, though its graph cannot pause; others are not', async (t) => {
  const { run, store, list } = threads(t, 'graph', { file: fixture('visits.graph.ts') });
  const { threadId: _, ...unnamed } = { file: fixture('visits.graph.ts'), threadId: '1', store };
  await createTestRunner(t).run({ ...unnamed, exportName: 'graph' });
  assert.equal(existsSync(store.path), false);
  assert.deepEqual((await run()).state, { visits: 1 });
  const again = await run();
  assert.deepEqual([again.state, again.keptBy], [{ visits: 2 }, 'store']);
  const odd = await run({ exportName: 'odd' });
  assert.deepEqual([odd.status, odd.error?.code], ['failed', 'NOT_SERIALIZABLE']);
  assert.deepEqual(await list({ file: fixture('nodes.graph.ts') }), []);
});

test('objects of classes that the own checkpointer knows are kept', async (t) => {
  const { run } = threads(t, 'money');
  await run();
  const { state, error } = await run({ resume: { answer: 3 } });
  assert.deepEqual([error, (state as any).price.cents], [undefined, 15]);
});

test('a graph that wants no checkpointer keeps nothing', async (t) => {
  const { run, read, store } = threads(t, 'forbids');
  const { status, error, keptBy } = await run();
  assert.deepEqual([status, error?.code, keptBy], ['failed', 'MISSING_CHECKPOINTER', undefined]);
  assert.equal(existsSync(store.path), false);
  await rejectsWith(read(), 'MISSING_CHECKPOINTER', /keeps no threads/);
});

test('a temporary store keeps a thread only as long as it waits', async (t) => {
  const { run, list, store, folder } = threads(t);
  const temporary = { ...store, isTemporary: true };
  const { threadId, keptBy } = await run({ store: temporary });
  assert.equal(keptBy, 'store');
  assert.equal((await list()).length, 1);
  const stale = { answers: { ['f'.repeat(32)]: 'yes' } };
  const refused = await run({ store: temporary, threadId: threadId!, resume: stale });
  assert.equal(refused.error?.code, 'STALE_ANSWER');
  assert.equal((await list())[0]?.status, 'waiting');
  const done = await run({ store: temporary, threadId: threadId!, resume: { answer: 'yes' } });
  assert.deepEqual([done.status, await list()], ['done', []]);

  const hints: string[] = [];
  const onHints = (told: readonly { message: string }[]) =>
    hints.push(...told.map(({ message }) => message));
  const unusable = { path: folder, isTemporary: true };
  await run({ store: unusable, exportName: 'hangs', onHints });
  assert.deepEqual(hints, [], 'a run that does not wait has no need of it');
  const waits = await run({ store: unusable, onHints });
  assert.deepEqual([waits.status, waits.keptBy], ['waiting', undefined]);
  assert.match(hints.join('\n'), /it is a folder/);
});

test('a thread that is named for it stays when a run is over that never asks, and a run goes on from any part of it', async (t) => {
  const { given, run, list, store, folder } = threads(t);
  const { threadId: _, ...unnamed } = { ...given, file: fixture('neverAsks.graph.ts') };
  const fresh = (freshThread: string) => ({ ...store, isTemporary: true, freshThread });
  const first = await given.runner.run({ ...unnamed, store: fresh('first') });
  assert.deepEqual([first.status, first.threadId, first.keptBy], ['done', 'first', 'store']);
  const thread = { ...unnamed, threadId: 'first' };
  const checkpoints = await given.runner.readHistory(thread);
  assert.deepEqual(
    checkpoints.map(({ step, next }) => [step, next]),
    [
      [2, []],
      [1, ['second']],
      [0, ['first']],
      [-1, ['__start__']],
    ],
  );
  const resume = { from: checkpoints[1]!.checkpointId, update: { values: { log: ['edited'] } } };
  const again = await given.runner.run({ ...thread, store: fresh('unused'), resume });
  assert.deepEqual((again.state as { log: unknown }).log, ['first', 'edited', 'second after 2']);
  assert.equal((await given.runner.readHistory(thread)).length, 6);

  const odd = { ...unnamed, exportName: 'odd' };
  const lost = await given.runner.run({ ...odd, store: fresh('odd') });
  assert.deepEqual([lost.status, lost.keptBy], ['done', undefined]);
  assert.deepEqual((lost.state as { log: unknown }).log, ['first', 'function']);
  const input = { log: ['It is sk-0123456789abcdefghijABCDEFGHIJ'] };
  const secret = await given.runner.run({ ...unnamed, input, store: fresh('secret') });
  assert.deepEqual([secret.status, secret.keptBy], ['done', undefined]);
  const unusable = { path: folder, isTemporary: true, freshThread: 'nowhere' };
  const alone = await given.runner.run({ ...unnamed, store: unusable });
  assert.deepEqual([alone.status, alone.keptBy], ['done', undefined]);
  const named = (await list({ file: unnamed.file })).map(({ threadId }) => threadId);
  assert.deepEqual(named, ['first']);

  const waits = await run({ ...given, threadId: undefined!, store: fresh('asks') });
  const answered = { threadId: waits.threadId!, resume: { answer: 'yes' } };
  assert.equal((await run({ ...answered, store: fresh('unused') })).status, 'done');
  assert.equal((await list())[0]?.status, 'done');
});

test('where a thread stands is read without running anything', async (t) => {
  const { run, read, ran, store } = threads(t, 'parallel');
  assert.equal(await read(), undefined);
  assert.equal(existsSync(store.path), false);
  const waits = await run();
  ran();
  const { questions, updatedAt, checkpointId: _, ...rest } = (await read())!;
  assert.deepEqual(rest, {
    ...{ threadId: '1', graph: 'parallel', status: 'waiting', step: 0, failures: [] },
    ...{ next: ['left', 'inner'], state: { log: ['beside'] } },
  });
  assert.ok(Math.abs(updatedAt - Date.now()) < 3_600_000);
  assert.deepEqual(
    questions.map(({ id, path, namespace }) => ({ id, path, namespace })),
    waits.waiting!.questions.map(({ id, path, namespace }) => ({ id, path, namespace })),
  );
  assert.deepEqual(ran(), []);
  assert.equal(await read({ threadId: 'other' }), undefined);
});

test('a thread goes on from any checkpoint, and keeps what came after it before', async (t) => {
  const { run, read, history, ran } = threads(t);
  await run();
  await run({ resume: { answer: 'yes' } });
  const before = await history();
  assert.deepEqual(
    before.map(({ step, source, next, questions }) => [step, source, next, questions]),
    [
      [3, 'loop', [], 0],
      [2, 'loop', ['send'], 0],
      [1, 'loop', ['approve'], 1],
      [0, 'loop', ['prepare'], 0],
      [-1, 'input', ['__start__'], 0],
    ],
  );
  assert.deepEqual(
    before.slice(0, -1).map(({ parentId }) => parentId),
    before.slice(1).map(({ checkpointId }) => checkpointId),
  );
  ran();

  const [, sending, asking] = before;
  const again = await run({ resume: { from: sending!.checkpointId } });
  assert.deepEqual([again.status, ran()], ['done', ['send']]);
  const otherwise = await run({ resume: { from: asking!.checkpointId, answer: 'no' } });
  assert.deepEqual(otherwise.state, { log: ['prepare', 'Send? "no"', 'send'] });
  assert.deepEqual(ran(), ['Send? "no"', 'send']);
  const anew = await run({ resume: { from: '0' } });
  assert.deepEqual([anew.status, asked(anew), ran()], ['waiting', ['approve Send?'], ['prepare']]);

  const after = await history();
  assert.deepEqual(after.slice(-before.length), before);
  assert.deepEqual(await history({ limit: 2 }), after.slice(0, 2));
  const past = await read({ at: before[0]!.checkpointId });
  assert.deepEqual(past!.state, { log: ['prepare', 'Send? "yes"', 'send'] });
  assert.deepEqual((await read({ at: '-1' }))!.step, -1);
});

test('the state of any checkpoint is edited, and the thread goes on from there', async (t) => {
  const { run, history, ran } = threads(t);
  await run();
  await run({ resume: { answer: 'yes' } });
  const [, , asking] = await history();
  ran();
  const update = { values: { log: ['edited'] }, asNode: 'approve' };
  const done = await run({ resume: { from: asking!.checkpointId, update } });
  assert.deepEqual([done.state, ran()], [{ log: ['prepare', 'edited', 'send'] }, ['send']]);
  const [end, ...others] = await history();
  assert.equal(end!.step, 3);
  assert.equal(others.find(({ source }) => source === 'update')!.parentId, asking!.checkpointId);
});

test('a checkpoint that is not there is named, with those that are', async (t) => {
  const { run, read, history, ran } = threads(t);
  assert.deepEqual(await history(), []);
  await run();
  ran();
  for (const from of ['7', 'none']) {
    const { status, error } = await run({ resume: { from } });
    assert.deepEqual([status, error?.code, ran()], ['failed', 'UNKNOWN_CHECKPOINT', []]);
    assert.match(error!.message, /^Thread "1" has no checkpoint "\w+": name one .* from -1 to 1$/);
  }
  await rejectsWith(read({ at: '7' }), 'UNKNOWN_CHECKPOINT', /no checkpoint "7"/);
  const none = await run({ threadId: 'other', resume: { from: '0' } });
  assert.match(none.error!.message, /"other" has no checkpoint "0": it has none/);
});

test('the state of a thread can be read though its graph has lost the node that is next', async (t) => {
  const { run, read, history, folder } = threads(t);
  const changing = join(folder, 'changing.graph.ts');
  const text = (
    name: string,
  ) => `import { Annotation, START, StateGraph, interrupt } from 'superstep';
    export const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
      .addSequence({ one: () => ({ n: 1 }), ${name}: () => ({ n: interrupt('Go?') }) })
      .addEdge(START, 'one').compile();`;
  writeFileSync(changing, text('two'));
  await run({ file: changing });
  writeFileSync(changing, text('three'));
  const { state, next, obstacle } = (await read({ file: changing }))!;
  assert.deepEqual([state, next], [{ n: 1 }, ['two']]);
  assert.match(obstacle!, /"two".*does not have it any more/);
  const past = (await read({ file: changing, at: '0' }))!;
  assert.deepEqual([past.step, past.state, past.next, past.obstacle], [0, {}, ['one'], undefined]);
  const checkpoints = await history({ file: changing });
  assert.deepEqual(
    checkpoints.map(({ step, next, gone }) => [step, next, gone]),
    [
      [1, ['two'], ['two']],
      [0, ['one'], undefined],
      [-1, ['__start__'], undefined],
    ],
  );
  for (const resume of [{ answer: 1 }, { from: '1', answer: 1 }, { from: '1' }]) {
    const { status, error, isRefused } = await run({ file: changing, resume });
    assert.deepEqual([status, error?.code, isRefused], ['failed', 'UNKNOWN_NODE', true]);
  }
  assert.deepEqual(await history({ file: changing }), checkpoints);

  const update = { values: {}, asNode: 'one' };
  for (const resume of [{ from: '1', update }, { update }]) {
    const waits = await run({ file: changing, resume });
    assert.deepEqual(asked(waits), ['three Go?']);
  }
  const done = await run({ file: changing, resume: { answer: 5 } });
  assert.deepEqual(done.state, { n: 5 });
});

test('an edit and an answer go in together, or neither', async (t) => {
  const { run, history, ran } = threads(t);
  await run();
  const update = { values: { log: ['edited'] } };
  const done = await run({ resume: { update, answer: 'yes' } });
  assert.deepEqual(done.state, { log: ['prepare', 'edited', 'Send? "yes"', 'send'] });
  const before = await history();
  ran();
  for (const resume of [
    { from: '2', update, answer: 'yes' },
    { from: '1', update: { values: 5 }, answer: 'yes' },
    { from: '1', update, answers: { ['0'.repeat(32)]: 'yes' } },
  ]) {
    const { status } = await run({ resume });
    assert.deepEqual([status, ran(), await history()], ['failed', [], before]);
  }
  const again = await run({ resume: { from: '1', update, answer: 'no' } });
  assert.deepEqual(again.state, { log: ['prepare', 'edited', 'Send? "no"', 'send'] });
  assert.deepEqual(ran(), ['Send? "no"', 'send']);
});

test('an edit from before the first superstep keeps the input', async (t) => {
  const { run } = threads(t);
  await run({ input: { log: ['in'] } });
  const { state } = await run({ resume: { from: '-1', update: { values: { log: ['edited'] } } } });
  assert.deepEqual(state, { log: ['in', 'edited', 'prepare'] });
});

test('a checkpoint is named by a beginning or an end of its id that no other has', async (t) => {
  const { read, run, history } = threads(t);
  await run();
  const [newest, ...others] = await history();
  const { checkpointId: id } = newest!;
  const isShared = (part: string) =>
    others.some(({ checkpointId }) => checkpointId.startsWith(part));
  const lengths = Array.from(id, (_, i) => i + 1);
  const length = lengths.find((each) => each >= 4 && !isShared(id.slice(0, each)))!;
  assert.equal((await read({ at: id.slice(0, length) }))!.checkpointId, id);
  await rejectsWith(read({ at: id.slice(-12) }), 'UNKNOWN_CHECKPOINT', /3 begin or end so/);
  await rejectsWith(read({ at: id.slice(-3) }), 'UNKNOWN_CHECKPOINT', /name one by its id/);
});

test('a store that cannot be used is told in words, and left as it is', async (t) => {
  const { run, list, read, folder, store } = threads(t);
  const broken = join(folder, 'broken.sqlite');
  const text = 'This is no database. '.repeat(500);
  writeFileSync(broken, text);
  const all = async (path: string, code: string, message: RegExp) => {
    for (const call of [run, list, read]) {
      await rejectsWith(call({ store: { path } }), code, message);
    }
  };
  await all(broken, 'STORAGE_FAILED', /broken\.sqlite.* is not a SQLite database.*left as it is/);
  assert.equal(readFileSync(broken, 'utf8'), text);
  await all(folder, 'STORAGE_FAILED', /it is a folder/);
  await rejectsWith(
    run({ store: { path: join(broken, 'in', 'x.sqlite') } }),
    'STORAGE_FAILED',
    /Cannot make the folder/,
  );
  const newer = join(folder, 'newer.sqlite');
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version = 999');
  db.close();
  await all(newer, 'STORAGE_VERSION', /version 999.*update/);
  assert.equal(existsSync(store.path), false);
});

test('a question that somebody else has answered is not answered again while that run goes on', async (t) => {
  const { run, ran, given, runner } = threads(t, 'hangsAnswered');
  await run();
  const stop = new AbortController();
  const env = { ...given.env, HANG: '1' };
  const resume = { answer: 'first' };
  const first = record(runner, { ...given, env, resume, signal: stop.signal, graceMs: 0 });
  await first.when(starts('hang'));
  const second = await run({ resume: { answer: 'second' } });
  assert.deepEqual([second.status, second.error?.code], ['failed', 'NOTHING_TO_RESUME']);
  stop.abort();
  assert.equal((await first.result).status, 'cancelled');
  assert.deepEqual(ran(), ['Send? "first"']);
});

test('two runs on one store at once keep their threads', async (t) => {
  const { run, list } = threads(t);
  const ids = ['a', 'b', 'c', 'd'];
  await Promise.all(ids.map((threadId) => run({ threadId })));
  const ended = await Promise.all(
    ids.map((threadId) => run({ threadId, resume: { answer: threadId } })),
  );
  assert.deepEqual(
    ended.map(({ state }) => (state as { log: string[] }).log[1]),
    ids.map((id) => `Send? "${id}"`),
  );
  assert.deepEqual(
    (await list()).map(({ status }) => status),
    Array(4).fill('done'),
  );
});
