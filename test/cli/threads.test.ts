import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { parseCommand } from '../../src/cli/args.ts';
import type { RunCommand } from '../../src/cli/command.ts';
import { runGraph } from '../../src/cli/runGraph.ts';
import { defaultStorePath } from '../../src/cli/stateFolder.ts';
import { createTestRunner } from '../runner/testRunner.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { distIsMissing, fixture, output, start, superstep, type Options } from './superstep.ts';

const file = fixture('threads.graph.ts');
const order = ['run', file, '--graph', 'graph'];

/** A user with a state folder of their own. */
function user(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'superstep-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const ranFile = join(folder, 'ran');
  const state = join(folder, 'state');
  const places = { XDG_STATE_HOME: state, LOCALAPPDATA: state, HOME: state };
  const { platform } = process;
  const storePath = defaultStorePath({ platform, env: places, home: () => state });
  const env = { ...places, RAN_FILE: ranFile };
  return {
    ...{ folder, env, storePath },
    call: (args: readonly string[], options: Options = {}) =>
      superstep(t, args, { ...options, env: { ...env, ...options.env } }),
    run: (...args: string[]) => superstep(t, ['run', file, ...args], { env }),
    /** The code that has run since the last call. */
    ran: () => {
      const text = existsSync(ranFile) ? readFileSync(ranFile, 'utf8') : '';
      rmSync(ranFile, { force: true });
      return text.split('\n').slice(0, -1).sort();
    },
  };
}

for (const target of ['source', 'dist'] as const) {
  const skip = target === 'dist' && distIsMissing;
  test(
    `a run that waits says how to answer it, and that works (${target})`,
    { skip },
    async (t) => {
      const { call, ran, storePath } = user(t);
      const waits = await call([...order, '--thread', 'my order'], { target });
      assert.deepEqual([waits.code, waits.stderr, ran()], [3, '', ['prepare']]);
      const told = /Answer with\n {2}superstep (run .*) VALUE\n$/.exec(waits.stdout);
      assert.ok(told, waits.stdout);
      const words = told[1]!.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''));
      assert.deepEqual(words, [...order, '--thread', 'my order', '--resume']);
      const done = await call([...words, 'yes, go'], { target });
      assert.deepEqual([done.code, done.stderr], [0, '']);
      assert.match(done.stdout, /answer 'yes, go'\n[^]*Final state\n[^]*Send\? "yes, go"/);
      assert.deepEqual(ran(), ['Send? "yes, go"', 'send']);
      assert.ok(existsSync(storePath));
    },
  );
}

test('questions of parallel branches are answered by id, one by one or together', async (t) => {
  const { run, ran, folder } = user(t);
  const parallel = (thread: string, ...args: string[]) =>
    run('--graph', 'parallel', '--json', '--thread', thread, ...args);
  const idsOf = (stdout: string): Record<string, string> =>
    Object.fromEntries(
      JSON.parse(stdout).waiting.questions.map(({ id, value }: Record<string, string>) => [
        value,
        id,
      ]),
    );
  for (const thread of ['together', 'one by one']) {
    const waits = await parallel(thread);
    assert.deepEqual([waits.code, JSON.parse(waits.stdout).keptBy], [3, 'store']);
    const { 'Left?': left, 'Deep?': deep } = idsOf(waits.stdout);
    ran();
    const answer = join(folder, 'answer.json');
    writeFileSync(answer, '\uFEFF{ "from": "a file" }');
    const [one, other] = [
      ['--resume', `${deep}=@${answer}`],
      ['--resume', `${left}=a=b`],
    ] as const;
    if (thread === 'one by one') {
      const still = await parallel(thread, ...one);
      assert.deepEqual([still.code, Object.keys(idsOf(still.stdout))], [3, ['Left?']]);
      assert.deepEqual(ran(), ['Deep? {"from":"a file"}']);
      const stale = await parallel(thread, ...one);
      const { status, error } = JSON.parse(stale.stdout);
      assert.deepEqual([stale.code, status, error.code], [2, 'failed', 'STALE_ANSWER']);
      assert.deepEqual((await parallel(thread, ...other)).code, 0);
      assert.deepEqual(ran(), ['Left? "a=b"', 'end']);
    } else {
      assert.deepEqual((await parallel(thread, ...one, ...other)).code, 0);
      assert.deepEqual(ran(), ['Deep? {"from":"a file"}', 'Left? "a=b"', 'end']);
    }
  }
});

test('a stale or unknown answer is refused in words, and nothing runs', async (t) => {
  const { run, ran } = user(t);
  await run('--thread', '1', '--graph', 'parallel');
  ran();
  const unknown = await run('--thread', '1', '--graph', 'parallel', '-r', `${'0'.repeat(32)}=x`);
  assert.match(unknown.stdout, /STALE_ANSWER[^]*Cannot answer interrupt "0{32}"[^]*waits for/);
  const none = await run('--thread', 'none', '--resume', 'x');
  assert.match(none.stdout, /NOTHING_TO_RESUME[^]*has no checkpoints yet/);
  const both = await run('--thread', '1', '--graph', 'parallel', '--resume', 'x');
  assert.match(both.stdout, /AMBIGUOUS_RESUME[^]*answer by id, .*: --resume ID=VALUE/);
  for (const { code, stdout, stderr } of [unknown, none, both]) {
    assert.equal(code, 2);
    assert.doesNotMatch(stdout + stderr, /^\s+at |State so far|new Command/m);
  }
  assert.deepEqual(ran(), []);
});

test('a thread goes on from an earlier checkpoint, with another answer or an edited state', async (t) => {
  const { run, call, ran } = user(t);
  const named = ['--thread', '1', '--graph', 'graph'];
  await run(...named);
  await run(...named, '--resume', 'yes');
  const history = await call(['history', file, ...named, '--json']);
  const [, , asking] = JSON.parse(history.stdout) as { checkpointId: string; next: string[] }[];
  assert.deepEqual([history.code, asking!.next], [0, ['approve']]);
  ran();
  const answered = await run(...named, '--from', asking!.checkpointId, '--resume', 'no', '--json');
  assert.deepEqual(JSON.parse(answered.stdout).state, { log: ['prepare', 'Send? "no"', 'send'] });
  assert.deepEqual(ran(), ['Send? "no"', 'send']);
  const odd = ['--from', '1', '--update', '{ "log": 5, "lgo": [] }', '--as-node', 'approve'];
  const warned = await run(...named, ...odd);
  assert.match(warned.stderr, /^warning: --update: "log" is 5, and should be of type string\[\]$/m);
  assert.match(
    warned.stderr,
    /^warning: --update: "lgo" is no key of the graph's state; its keys are log$/m,
  );
  ran();
  const edit = ['--update', '{ "log": ["edited"] }', '--as-node', 'approve'];
  const edited = await run(...named, '--from', '1', ...edit, '--json');
  assert.deepEqual(JSON.parse(edited.stdout).state, { log: ['prepare', 'edited', 'send'] });
  assert.deepEqual(ran(), ['send']);

  const list = await call(['history', file, ...named]);
  const lines = list.stdout.split('\n').map((line) => line.replace(/ \S+ \S+(?= +(send|end))/, ''));
  assert.match(lines[0]!, /^step {2}by +when +next +checkpoint$/);
  assert.match(lines[2]!, /^2 +edit, from 1 .* send +[0-9a-f-]{36}$/);
  const past = await call(['state', file, ...named, '--at', '1']);
  assert.match(past.stdout, /step 1,[^]*next approve[^]*log:/);
  const none = await run(...named, '--from', '9');
  assert.equal(none.code, 2);
  assert.match(none.stdout, /UNKNOWN_CHECKPOINT[^]*no checkpoint "9": [^]*from -1 to 4/);
  assert.doesNotMatch(none.stdout, /State so far/);
  const copied = await run(...named, '--from', '2', '--json');
  assert.equal(copied.code, 0);
  const tree = await call(['history', file, ...named]);
  const told = /^3 +copy, from 2 \(([0-9a-f-]+)\) /m.exec(tree.stdout);
  assert.ok(told, tree.stdout);
  const parent = await call(['state', file, ...named, '--at', told[1]!, '--json']);
  assert.equal(JSON.parse(parent.stdout).step, 2);
  const nobody = await call(['history', file, '--thread', 'none', '--graph', 'graph']);
  assert.deepEqual([nobody.code, nobody.stdout], [2, '']);
  assert.match(nobody.stderr, /There is no thread "none"/);
});

test('a thread whose next node was renamed is shown, and gone on with as it is told', async (t) => {
  const { call, folder } = user(t);
  const changing = join(folder, 'changing.graph.ts');
  const write = (name: string) =>
    writeFileSync(
      changing,
      `import { Annotation, START, StateGraph, interrupt } from 'superstep';
      export const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
        .addSequence({ one: () => ({ n: 1 }), ${name}: () => ({ n: interrupt('Go?') }) })
        .addEdge(START, 'one').compile();`,
    );
  const named = [changing, '--thread', '1'];
  write('two');
  await call(['run', ...named]);
  write('three');
  const past = await call(['state', ...named, '--at', '0', '--json']);
  assert.deepEqual([past.code, JSON.parse(past.stdout).step, past.stderr], [0, 0, '']);
  const history = await call(['history', ...named]);
  assert.match(history.stdout, /^1 .* two \(gone\) \(asks\) /m);
  const refused = await call(['run', ...named, '--resume', '1']);
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /UNKNOWN_NODE[^]*--update '\{\}' --as-node NODE/);
  const state = await call(['state', ...named]);
  assert.match(state.stderr, /^warning: Node "two" is to run next, and .* any more\n$/);
  const told = /\nAdd it again, .*\n {2}superstep run (?:'.+'|\S+) (--thread 1 .+)\n$/.exec(
    state.stdout,
  );
  assert.ok(told, state.stdout);
  const words = told[1]!.replaceAll(/['"]/g, '').replace('NODE', 'one').split(' ');
  const waits = await call(['run', changing, ...words, '--json']);
  assert.deepEqual([waits.code, JSON.parse(waits.stdout).waiting.questions[0].node], [3, 'three']);
});

test('a process that is killed while it waits can be answered afterwards', async (t) => {
  const { run, ran, env } = user(t);
  const script = join(import.meta.dirname, 'waitAtPrompt.ts');
  const args = ['run', file, '--graph', 'parallel', '--thread', '1'];
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  t.after(() => child.kill('SIGKILL'));
  await output(child.stdout, /asked/);
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.deepEqual(ran(), ['beside', 'inner before']);
  const again = await run('--graph', 'parallel', '--thread', '1', '--json');
  const { questions } = JSON.parse(again.stdout).waiting;
  const answers = questions.flatMap(({ id }: { id: string }) => ['--resume', `${id}=1`]);
  assert.equal((await run(...args.slice(2), ...answers)).code, 0);
  assert.deepEqual(ran(), ['Deep? 1', 'Left? 1', 'end']);
});

test('a process that is killed while it works can be gone on with', async (t) => {
  const { call, run, ran, env } = user(t);
  const args = ['run', file, '--graph', 'hangs', '--thread', '1'];
  const { child, ended } = start(t, args, { env: { ...env, HANG: '1' } });
  await output(child.stdout, /→ hang/);
  child.kill('SIGKILL');
  await ended;
  assert.deepEqual(ran(), ['prepare']);
  const listed = await call(['threads', file]);
  assert.match(listed.stdout, /\n1 +hangs +unfinished +1 .* hang\n$/);
  const done = await run('--graph', 'hangs', '--thread', '1', '--input', 'null');
  assert.deepEqual([done.code, ran()], [0, ['hang']]);
  assert.match(done.stdout, /goes on with its thread/);
});

test('threads and state tell where the threads of a file stand, without running them', async (t) => {
  const { call, run, ran } = user(t);
  const none = await call(['threads', file]);
  assert.deepEqual([none.code, none.stdout], [0, '']);
  assert.match(none.stderr, /There are no threads of .*threads\.graph\.ts in .*threads\.sqlite/);
  assert.equal((await call(['threads', file, '--json'])).stdout, '[]\n');

  await run('--graph', 'picky', '--thread', 'b');
  await run('--graph', 'picky', '--thread', 'b', '--resume', 'red');
  await run('--thread', 'a');
  ran();
  const listed = await call(['threads', file]);
  const rows = listed.stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'WHEN').split('\n');
  assert.deepEqual(
    rows.map((row) => row.replace(/ {2,}/g, '|')),
    [
      'thread|graph|status|step|went on last|next',
      'a|graph|waits for 1 answer|1|WHEN|approve',
      'b|picky|failed|0|WHEN|ask',
      '',
    ],
  );
  const [first, ...others] = JSON.parse((await call(['threads', file, '--json'])).stdout);
  const { updatedAt, ...info } = first;
  assert.match(updatedAt, /^\d{4}-.*Z$/);
  assert.deepEqual(info, {
    ...{ threadId: 'a', graph: 'graph', status: 'waiting', step: 1, next: ['approve'] },
    questions: 1,
  });
  assert.equal(others.length, 1);

  const shown = await call(['state', file, '--thread', 'a']);
  assert.equal(shown.code, 0);
  assert.match(
    shown.stdout,
    /^Thread a of the graph: waits for 1 answer\nstep 1, .*, next approve\n/,
  );
  assert.match(shown.stdout, /\nWaits for\napprove {2}since .*\n {2}'?Send\?'?\n\nState\nlog: /);
  assert.match(
    shown.stdout,
    /\nAnswer with\n {2}superstep run (?:'.+'|\S+) --thread a --resume VALUE\n$/,
  );
  const failed = await call(['state', file, '--thread', 'b', '--graph', 'picky']);
  assert.match(failed.stdout, /\nFailed\nask: RangeError: Not red, please\n/);
  assert.match(failed.stdout, /Go on with\n {2}.* --graph picky --thread b --input null\n$/);
  const json = JSON.parse((await call(['state', file, '--thread', 'a', '--json'])).stdout);
  assert.deepEqual(
    [json.status, json.state, json.questions[0].value, json.next],
    ['waiting', { log: ['prepare'] }, 'Send?', ['approve']],
  );
  assert.deepEqual(ran(), []);
});

test('a thread or a file that is not there is told, and exits with 2', async (t) => {
  const { call } = user(t);
  const state = await call(['state', file, '--thread', 'none']);
  assert.deepEqual([state.code, state.stdout], [2, '']);
  assert.match(state.stderr, /^superstep: There is no thread "none" of .*threads\.graph\.ts in /);
  for (const args of [['threads'], ['state', '--thread', '1']]) {
    const [name = '', ...rest] = args;
    const { code, stderr } = await call([name, 'nowhere.ts', ...rest]);
    assert.match(stderr, /^nowhere\.ts: error: .*does not exist.* \(FILE_NOT_FOUND\)\n$/, name);
    assert.equal(code, 2);
  }
});

test('without a name nothing is kept where nobody can be asked, and that is told', async (t) => {
  const { call, run, storePath } = user(t);
  const { code, stdout } = await run();
  assert.equal(code, 3);
  assert.match(stdout, /gone with this process; to be able to answer it, .*: --thread ID\n$/);
  assert.equal(existsSync(storePath), false);
  const visits = ['run', fixture('visits.graph.ts'), '--graph', 'keepsNone', '--thread', '1'];
  const { stderr, ...named } = await call(visits);
  assert.equal(named.code, 0);
  assert.match(stderr, /^warning: --thread 1 has no effect: .*checkpointer: false\)\n$/);
});

test('a store that cannot be used is told in one line, and only if it is needed', async (t) => {
  const { call, folder } = user(t);
  const broken = join(folder, 'broken.sqlite');
  const text = 'This is no database. '.repeat(500);
  writeFileSync(broken, text);
  const newer = join(folder, 'newer.sqlite');
  const db = new DatabaseSync(newer);
  db.exec('PRAGMA user_version = 999');
  db.close();
  for (const [path, message] of [
    [broken, /^error: .*not a SQLite database; it was left as it is.* \(STORAGE_FAILED\)\n$/],
    [folder, /^error: .*it is a folder; name a file \(STORAGE_FAILED\)\n$/],
    [newer, /^error: .*version 999.*update the library \(STORAGE_VERSION\)\n$/],
  ] as const) {
    for (const command of ['run', 'state', 'threads']) {
      const thread = command === 'threads' ? [] : ['--thread', '1'];
      const args = [command, ...order.slice(1), ...thread, '--store', path];
      const { code, stderr, stdout } = await call(args);
      assert.deepEqual([code, stdout], [1, ''], `${command} ${path}`);
      assert.match(stderr, message);
    }
  }
  const json = await call(['run', file, '--thread', '1', '--store', broken, '--json']);
  assert.equal(JSON.parse(json.stdout).error.code, 'STORAGE_FAILED');
  assert.equal(readFileSync(broken, 'utf8'), text);

  // A file where the folder should be: whoever may write anywhere cannot write there either.
  const env = { XDG_STATE_HOME: broken, LOCALAPPDATA: broken, HOME: broken };
  const needed = await call([...order, '--thread', '1'], { env });
  assert.equal(needed.code, 1);
  assert.match(needed.stderr, /^error: Cannot make the folder ".*superstep" for threads: .*\n$/);
  const notNeeded = await call(['run', file, '--graph', 'parallel'], { env });
  assert.deepEqual([notNeeded.code, notNeeded.stderr], [3, '']);
});

test('two processes on one store at once both keep their threads', async (t) => {
  const { run, call } = user(t);
  const ids = ['1', '2', '3'];
  const waits = await Promise.all(ids.map((id) => run('--thread', id)));
  assert.deepEqual(
    waits.map(({ code }) => code),
    [3, 3, 3],
  );
  const done = await Promise.all(ids.map((id) => run('--thread', id, '--resume', id)));
  assert.deepEqual(
    done.map(({ code }) => code),
    [0, 0, 0],
  );
  const { stdout } = await call(['threads', file, '--json']);
  assert.equal(JSON.parse(stdout).length, 3);
});

/** `superstep run` at a terminal where somebody types. */
async function atTerminal(
  t: TestContext,
  args: readonly string[],
  typed: readonly (string | undefined)[],
) {
  const { storePath, ran, env } = user(t);
  const before = { ...process.env };
  Object.assign(process.env, env);
  t.after(() => {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const runner = createTestRunner(t);
  const { terminal, text, noted, prompts } = fakeTerminal(typed);
  const run = async (...given: string[]) => {
    const command = parseCommand(['run', file, ...given]) as RunCommand;
    const { signal } = new AbortController();
    return runGraph(command, { runner, terminal, signal });
  };
  const code = await run(...args);
  const threads = () => runner.listThreads({ file, store: { path: storePath } });
  return { code, text, noted, prompts, ran, threads, run };
}

test('at a terminal a run asks right there, and leaves nothing behind when it is done', async (t) => {
  const { code, text, ran, threads } = await atTerminal(t, ['--graph', 'parallel'], ['l', '"d"']);
  assert.equal(code, 0);
  assert.deepEqual(ran(), ['Deep? "d"', 'Left? "l"', 'beside', 'end', 'inner before']);
  assert.match(text(), /\? left asks \(1 of 2\)\n[^]*\? inner\[0\] › deep asks \(2 of 2\)\n/);
  assert.doesNotMatch(text(), /Answer with/);
  assert.deepEqual(await threads(), []);
});

test('at a terminal a run that is named is kept when it is done', async (t) => {
  const { code, threads } = await atTerminal(t, ['--graph', 'picky', '--thread', 'x'], ['2']);
  assert.equal(code, 0);
  const [thread] = await threads();
  assert.deepEqual([thread?.threadId, thread?.status], ['x', 'done']);
});

test('Ctrl+C at a question leaves the run waiting, and says how to answer later', async (t) => {
  const { code, text, ran, run, threads } = await atTerminal(t, [], [undefined]);
  assert.equal(code, 3);
  const told =
    /It is left waiting\.\nAnswer with\n {2}superstep run (?:'.+'|\S+) --thread (\S+) --resume VALUE$/;
  const [, id] = told.exec(text()) ?? [];
  assert.ok(id, text());
  assert.deepEqual(
    (await threads()).map(({ threadId, status }) => [threadId, status]),
    [[id, 'waiting']],
  );
  ran();
  assert.equal(await run('--thread', id, '--resume', 'later'), 0);
  assert.deepEqual(ran(), ['Send? "later"', 'send']);
});

test('at a terminal breakpoints are left with Enter, one after the other', async (t) => {
  const { code, text, prompts } = await atTerminal(t, ['--graph', 'breaks'], ['', '']);
  assert.equal(code, 0);
  assert.deepEqual(prompts, ['Press Enter to go on: ', 'Press Enter to go on: ']);
  assert.match(text(), /Paused before two of inner\n[^]*Paused before last\n/);
});

test('at a terminal a thread that waits already asks at once', async (t) => {
  const { run, ran, prompts } = await atTerminal(t, ['--thread', '1'], [undefined, 'yes']);
  ran();
  assert.equal(await run('--thread', '1'), 0);
  assert.deepEqual([ran(), prompts.length], [['Send? "yes"', 'send'], 2]);
});

test('--no-ask and --json do not ask', async (t) => {
  for (const option of ['--no-ask', '--json']) {
    const { code, prompts } = await atTerminal(t, [option], ['yes']);
    assert.deepEqual([code, prompts], [3, []]);
  }
});

test('a thread is deleted by its name, and only if there is one of that name', async (t) => {
  const { call, run } = user(t);
  await run('--graph', 'picky', '--thread', 'b');
  await run('--graph', 'graph', '--thread', 'b');
  await run('--graph', 'graph', '--thread', 'a');
  const threads = async (...args: string[]) => {
    const { code, stdout, stderr } = await call(['threads', file, '--json', ...args]);
    const list = stdout === '' ? [] : (JSON.parse(stdout) as { graph: string; threadId: string }[]);
    return { code, stderr, left: list.map(({ graph, threadId }) => `${graph} ${threadId}`).sort() };
  };
  const none = await threads('--delete', 'nope');
  assert.equal(none.code, 2);
  assert.match(none.stderr, /There is no thread "nope"; superstep threads .* lists them/);
  const two = await threads('--delete', 'b');
  assert.equal(two.code, 2);
  assert.match(two.stderr, /Several graphs have a thread "b": say which, --graph NAME/);
  const one = await threads('--delete', 'b', '--graph', 'picky');
  assert.deepEqual([one.code, one.left], [0, []]);
  assert.match(one.stderr, /Deleted thread b of picky/);
  assert.deepEqual((await threads()).left, ['graph a', 'graph b']);
});
