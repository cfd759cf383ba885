import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { TestDebugger } from '../runner/debuggerOf.ts';
import { distIsMissing, fixture, output, start, superstep, type targets } from './superstep.ts';

const file = fixture('nodes.graph.ts');
const graph = (name: string) => ['run', file, '--graph', name];

/** What a test of a whole run needs, on both forms of the command line. */
for (const target of ['source', 'dist'] satisfies (keyof typeof targets)[]) {
  const skip = target === 'dist' && distIsMissing;

  test(
    `run --inspect-brk tells where a debugger attaches, and waits for it (${target})`,
    {
      skip,
    },
    async (t) => {
      const { child, ended } = start(t, [...graph('fine'), '--inspect-brk=0'], { target });
      const url = await new Promise<string>((resolve) => {
        let told = '';
        child.stderr.on('data', (chunk: Buffer) => {
          const [found] = /ws:\S+/.exec((told += String(chunk))) ?? [];
          if (found !== undefined) resolve(found.replace(/;$/, ''));
        });
      });
      const attached = await TestDebugger.attach(url);
      const paused = attached.paused();
      await attached.begin();
      const [frame] = await paused;
      assert.match(attached.urlOf(frame!), /nodes\.graph\.ts/);
      await attached.resume();
      const { code, stdout } = await ended;
      assert.equal(code, 0);
      assert.match(stdout, /Final state/);
    },
  );

  test(`run shows nodes, console, summary and state (${target})`, { skip }, async (t) => {
    const { code, stdout, stderr } = await superstep(t, graph('speaks'), { target });
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const lines = stdout.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3}/, 'TIME'));
    assert.equal(lines[0], 'TIME ▶ chain');
    for (const expected of [
      'TIME → second',
      'TIME   [second] text 1 { a: [ 1 ] }',
      'node    runs    total  average  longest',
      'peak concurrency  1',
      'Final state',
      "value: 'of first'",
    ]) {
      assert.ok(
        lines.some((line) => line.replace(/ +/g, ' ') === expected.replace(/ +/g, ' ')),
        `${expected} is missing in:\n${stdout}`,
      );
    }
  });

  test(`run --json prints one object and nothing else (${target})`, { skip }, async (t) => {
    const args = [...graph('speaks'), '--json', '--input', '{"list":["given"]}'];
    const { code, stdout, stderr } = await superstep(t, args, { target });
    assert.equal(code, 0);
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    const { durationMs, tasks, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, {
      graph: 'chain',
      status: 'done',
      state: { value: 'of first', list: ['given'] },
    });
    assert.deepEqual(
      tasks.map(({ startMs: _start, endMs: _end, ...task }: Record<string, unknown>) => task),
      [
        { node: 'first', path: ['first'], superstep: 1, status: 'done' },
        { node: 'second', path: ['second'], superstep: 2, status: 'done' },
      ],
    );
    const [first, second] = tasks as { startMs: number; endMs: number }[];
    assert.ok(0 <= first!.startMs && first!.startMs <= first!.endMs);
    assert.ok(first!.endMs <= second!.startMs && second!.endMs <= durationMs);
    assert.match(stderr, /^\[second\] text 1/m);
  });
}

test('run warns of an input that does not fit the graph, and runs it', async (t) => {
  const args = [...graph('speaks'), '--json', '--input', '{"lists":["given"],"value":"x"}'];
  const { code, stdout, stderr } = await superstep(t, args);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).status, 'done');
  const warnings = stderr.split('\n').filter((line) => line.startsWith('warning'));
  assert.deepEqual(warnings, [
    'warning: --input: "lists" is no key of the graph\'s input; did you mean "list"?',
  ]);
});

test('run of a graph that fails exits with 1 and tells where', async (t) => {
  const { code, stdout } = await superstep(t, graph('throwsWithCause'));
  assert.equal(code, 1);
  assert.match(
    stdout,
    /RangeError: too far\n *at .*nodes\.graph\.ts:\d+:\d+\n *caused by Error: the reason/,
  );
  assert.match(stdout, /State so far\nvalue: 'of first'/);

  const json = await superstep(t, [...graph('throwsWithCause'), '--json']);
  assert.equal(json.code, 1);
  const { status, state, error, tasks } = JSON.parse(json.stdout);
  assert.equal(status, 'failed');
  assert.deepEqual(state, { value: 'of first', list: [] });
  assert.equal(error.message, 'too far');
  assert.equal(error.file, file);
  assert.equal(tasks[1].status, 'failed');
});

test('run of a graph that asks exits with 3 and tells what it waits for', async (t) => {
  const waits = ['run', fixture('waits.graph.ts'), '--graph', 'asks'];
  const { code, stdout } = await superstep(t, waits);
  assert.equal(code, 3);
  assert.match(stdout, /Waits for\nask {2}since .*\n.*Really\?/);
  assert.doesNotMatch(stdout, /__interrupt__|✓ done/);

  const json = await superstep(t, [...waits, '--json']);
  assert.equal(json.code, 3);
  const { status, state, waiting } = JSON.parse(json.stdout);
  assert.deepEqual([status, state], ['waiting', { answers: ['before'] }]);
  assert.deepEqual(
    waiting.questions.map(({ value, node }: Record<string, unknown>) => [value, node]),
    [['Really?', 'ask']],
  );
});

test('run of a file that cannot be loaded exits with 1, with --json still as one object', async (t) => {
  const path = fixture('throwsOnLoad.graph.ts');
  const { code, stderr } = await superstep(t, ['run', path]);
  assert.equal(code, 1);
  assert.match(stderr, /throwsOnLoad\.graph\.ts:5:\d+: error: RangeError: not today/);

  const json = await superstep(t, ['run', path, '--json']);
  assert.equal(json.code, 1);
  const { status, tasks, error } = JSON.parse(json.stdout);
  assert.deepEqual([status, tasks, error.line], ['failed', [], 5]);
});

test('run writes values that JSON lacks in the documented way', async (t) => {
  const { stdout } = await superstep(t, [...graph('oddState'), '--json']);
  const { state } = JSON.parse(stdout);
  assert.deepEqual(state.value, {
    fn: '[Function: named]',
    point: { '[class]': 'Point', x: 1 },
    cycle: { name: 'cycle', self: '[Circular $.value.cycle]' },
    big: '18446744073709551616',
    map: { key: [1] },
    date: '1970-01-01T00:00:00.000Z',
    promise: '[Promise]',
    message: { type: 'ai', content: 'hello' },
  });
});

test('run takes its input from standard input', async (t) => {
  const args = [...graph('fine'), '--json', '--input', '-'];
  const { stdout } = await superstep(t, args, { stdin: '{"list":["stdin"]}' });
  assert.deepEqual(JSON.parse(stdout).state.list, ['stdin', 'of second']);
});

test('wrong usage exits with 2, says what is wrong, and prints nothing', async (t) => {
  const wrong: [string[], RegExp][] = [
    [[], /A command is missing/],
    [['run', file, '--input', '{'], /Cannot read the value of --input as JSON/],
    [['run', file, '--graph', 'nope', '--json'], /no graph "nope"/],
    [['draw', file], /several graphs, say which one to draw: fine, /],
    [['run', file, '--input', '@nowhere.json'], /"nowhere\.json": there is no such file\n$/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await superstep(t, args);
    assert.match(stderr, message);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
  }
});

test('of several graphs the one called graph is taken, and the others are named', async (t) => {
  const several = fixture('severalGraphs.graph.ts');
  const ran = await superstep(t, ['run', several, '--json']);
  assert.equal(ran.code, 0);
  assert.equal(JSON.parse(ran.stdout).state.value, 'main');
  const note = /note: This is the graph "graph"\. The file exports others, too: first, default /;
  assert.match(ran.stderr, note);
  const drawn = await superstep(t, ['draw', several]);
  assert.equal(drawn.code, 0);
  assert.match(drawn.stdout, /main/);
  assert.match(drawn.stderr, note);
});

test('a builder that is not compiled runs, with a note on standard error', async (t) => {
  const builders = fixture('builders.graph.ts');
  const ran = await superstep(t, ['run', builders, '--graph', 'workflow', '--json']);
  assert.equal(ran.code, 0);
  assert.equal(JSON.parse(ran.stdout).state.value, 'of the builder');
  assert.match(ran.stderr, /builders\.graph\.ts:5:\d+: note: "workflow" is not compiled/);
  const listed = await superstep(t, ['list', builders]);
  assert.equal(listed.code, 0);
  assert.match(listed.stdout, /builders\.graph\.ts:5 +workflow .*1 node/);
});

test('Ctrl+C lets the graph clean up, and the run exits with 130', async (t) => {
  const { child, ended } = start(t, [...graph('cleansUp'), '--xray']);
  await output(child.stdout, /→ second/);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 130);
  assert.match(stderr, /Ctrl\+C again/);
  assert.match(stdout, /■ second .*cancelled/);
});

test('Ctrl+C twice ends a busy loop at once; --json still tells what was reached', async (t) => {
  const { child, ended } = start(t, [...graph('busyLoop'), '--json']);
  await output(child.stderr, /before the loop/);
  child.kill('SIGINT');
  await output(child.stderr, /Ctrl\+C again/);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  const { status, state, tasks } = JSON.parse(stdout);
  assert.equal(status, 'cancelled');
  assert.deepEqual(state, { value: 'of first', list: [] });
  assert.equal(tasks[1].status, 'cancelled');
});

test('a reader that goes away ends the run without a trace', async (t) => {
  const { child, ended } = start(t, graph('manyLines'));
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await ended;
  assert.equal(code, 141);
  assert.equal(stderr, '');
});

test('output that is no terminal has no colours', async (t) => {
  const { stdout } = await superstep(t, graph('fine'));
  assert.ok(!stdout.includes('\u001b'));
});

test('draw prints Mermaid text, subgraphs closed, or open to a depth', async (t) => {
  const draw = async (...options: string[]) => {
    const args = ['draw', file, '--graph', 'speaksInside', ...options];
    const { code, stdout } = await superstep(t, args);
    assert.equal(code, 0);
    assert.match(stdout, /^%%\{init[^]*graph TD;\n[^]*\n$/);
    return stdout.includes('subgraph outer');
  };
  assert.equal(await draw(), false);
  assert.equal(await draw('--xray=1'), true);
});

test('list prints each graph with its line, its name and its size', async (t) => {
  const { code, stdout } = await superstep(t, ['list', file]);
  assert.equal(code, 0);
  const source = await readFile(file, 'utf8');
  const line =
    source.split('\n').findIndex((text) => text.includes('export const exitsInside')) + 1;
  const row = stdout.split('\n').find((text) => text.includes('exits-inside'));
  assert.equal(row?.replace(/ +/g, ' '), `${file}:${line} exitsInside exits-inside 2 nodes`);
});

test('list of a file that cannot be loaded tells what the text tells, and exits with 1', async (t) => {
  const path = fixture('throwsOnLoad.graph.ts');
  const { code, stdout, stderr } = await superstep(t, ['list', path]);
  assert.equal(code, 1);
  assert.match(stdout, /throwsOnLoad\.graph\.ts:3 +graph +not compiled +0 nodes/);
  assert.match(stderr, /not today/);
});

test('a file that is not there is told in the same way by every command', async (t) => {
  for (const name of ['run', 'draw', 'list']) {
    const { code, stdout, stderr } = await superstep(t, [name, 'nowhere.ts']);
    assert.match(stderr, /^nowhere\.ts: error: .*does not exist.* \(FILE_NOT_FOUND\)\n$/, name);
    assert.deepEqual([code, stdout], [2, ''], name);
  }
});

test('--help tells the usage, and --version the version', async (t) => {
  const help = await superstep(t, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: superstep /);
  const version = await superstep(t, ['--version']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});
