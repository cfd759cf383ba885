import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorInfo, RunEvent } from '../../../src/engine/model/events.ts';
import { formatError } from '../../../src/runner/report/formatError.ts';
import { EventFormatter } from '../../../src/runner/report/formatEvent.ts';
import { ansiPaint } from '../../../src/runner/report/paint.ts';
import { assertGolden } from '../../golden.ts';
import { failed, finished, modelCall, runStarted, started, task, wrote } from './events.ts';

process.env['TZ'] = 'UTC';

const a = task(1, 'node_a');
const b = task(2, 'node_b');
const sub = task(3, 'research');
const inner = { ...task(4, 'search', sub), path: ['research', 'search[2]'] };

const error: ErrorInfo = {
  name: 'RangeError',
  message: 'too far\nby 3 m',
  code: 'TOO_FAR',
  stack:
    'RangeError: too far\n    at lib (/home/me/node_modules/lib/index.js:1:1)\n' +
    '    at async move (/home/me/graphs/a (b).graph.ts:12:7)',
  cause: { name: 'Error', message: 'the reason' },
};

const events: RunEvent[] = [
  { type: 'console', time: 0, level: 'log', text: 'told while loading' },
  runStarted('my-graph', { messages: [{ type: 'human', content: 'Hi' }], topic: 'tea' }),
  { type: 'superstepStarted', time: 1, path: [], superstep: 1, tasks: 3 },
  started(a, 1.4, { topic: 'tea' }),
  started(b, 1.6, { topic: 'tea' }),
  started(sub, 2, {}),
  { type: 'superstepStarted', time: 2, path: ['research'], superstep: 1, tasks: 1 },
  started(inner, 3, 'just text'),
  { type: 'console', time: 4, level: 'log', text: 'one\ntwo \u001b[31mred\u001b[39m', task: a },
  { type: 'console', time: 5, level: 'warn', text: 'careful', task: inner },
  { type: 'custom', time: 6, task: b, value: { percent: 50 } },
  { type: 'warning', time: 7, code: 'SLOW', message: 'This takes long', task: b },
  wrote(a, 2003, { messages: [{ type: 'ai', content: 'line 1\nline 2' }] }),
  wrote(a, 2003, { topic: 'x'.repeat(400) }),
  finished(a, 2003.5, 2002.1),
  { type: 'taskRetrying', time: 2050, task: b, attempt: 1, delayMs: 50, error },
  { type: 'taskStarted', time: 2100, task: b, attempt: 2, input: {} },
  { type: 'taskFinished', time: 2200, task: task(5, 'node_c'), durationMs: 0, cached: true },
  {
    type: 'taskInterrupted',
    time: 2300,
    task: task(6, 'node_d'),
    durationMs: 3,
    interrupts: [{ id: 'i1', value: 'Go on?' }],
  },
  failed(inner, 2500, { durationMs: 2497, cancelled: true }),
  { type: 'taskFailed', time: 3000, task: b, durationMs: 2998.4, error, cancelled: false },
  {
    type: 'runFailed',
    time: 65_300,
    error,
    cancelled: false,
    failure: { node: 'node_b', path: ['node_b'], superstep: 1, attempt: 2 },
    state: {},
  },
];

/** The first line stands before the run's start, so it shows the present time. */
function withoutNow([first = '', ...lines]: string[]): string[] {
  assert.match(first, /^\d\d:\d\d:\d\d\.\d{3}   told while loading$/);
  return lines;
}

test('EventFormatter writes a run as lines', async () => {
  const formatter = new EventFormatter({ baseFolder: '/home/me' });
  const lines = withoutNow(events.flatMap((event) => formatter.lines(event)));
  await assertGolden('events', lines);
});

test('EventFormatter shows supersteps and inputs when it is verbose', async () => {
  const formatter = new EventFormatter({ verbose: true });
  const lines = withoutNow(events.flatMap((event) => formatter.lines(event)));
  await assertGolden('eventsVerbose', lines);
});

test('EventFormatter paints for a terminal, and leaves the colours of console texts', () => {
  const formatter = new EventFormatter({ paint: ansiPaint });
  const lines = events.flatMap((event) => formatter.lines(event));
  assert.ok(lines.some((line) => line.includes('two \u001b[31mred\u001b[39m')));
  assert.ok(lines.some((line) => line.includes('\u001b[32m✓\u001b[39m node_a')));
});

test('EventFormatter tells how a run ended', () => {
  const end = (event: RunEvent) => {
    const formatter = new EventFormatter();
    formatter.lines(runStarted('g', {}));
    return formatter.lines(event);
  };
  assert.deepEqual(end({ type: 'runFinished', time: 4010, output: {} }), [
    '12:00:04.010 ✓ done  4.010 s',
  ]);
  const stopped = { type: 'runFailed', time: 5, error, cancelled: true, state: {} } as const;
  assert.deepEqual(end(stopped), ['12:00:00.005 ■ cancelled  5.0 ms']);
  const [, ...told] = end({ ...stopped, cancelled: false });
  assert.deepEqual(
    told.map((line) => line.trim()),
    formatError(error).map((line) => line.trim()),
    'an error that no task has told is told here',
  );
});

test('EventFormatter tells what a thread is given to go on with', () => {
  const given = (input: unknown) => {
    const [, ...lines] = new EventFormatter().lines(runStarted('g', input));
    return lines.map((line) => line.trim());
  };
  const command = (resume: unknown) => ({ '[class]': 'Command', goto: [], resume });
  assert.deepEqual(given(null), ['goes on with its thread']);
  assert.deepEqual(given(command({ by: 'Ada' })), ["answer by: 'Ada'"]);
  assert.deepEqual(given(command({ [`${'0'.repeat(32)}`]: 1, [`${'a'.repeat(32)}`]: 'x' })), [
    'answer 1',
    "answer 'x'",
  ]);
  assert.match(given(command(undefined)).join(' '), /^input .*Command/);
});

/** The lines of a run that asks models, without clock times. */
function modelLines(...events: RunEvent[]): string[] {
  const formatter = new EventFormatter();
  const lines = [runStarted('g', {}), ...events].flatMap((event) => formatter.lines(event));
  return lines.slice(2).map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ''));
}

test('EventFormatter tells at the end of a task what it took of models', () => {
  const [one, two] = [modelCall(a), modelCall(a, { id: 2, source: 'offline' })];
  assert.deepEqual(
    modelLines(
      started(a, 0),
      one.started(1),
      one.finished(20, { tokens: [312, 45] }),
      finished(a, 30, 30),
    ),
    ['→ node_a', '✓ node_a  30 ms  gpt-4o  312→45 tokens'],
  );
  assert.deepEqual(
    modelLines(
      started(a, 0),
      one.started(1),
      two.started(1),
      one.finished(20, { tokens: [1000, 5] }),
      two.finished(20, { tokens: [500, 1] }),
      finished(a, 30, 30),
      started(b, 31),
      finished(b, 32, 1),
    ),
    [
      '→ node_a',
      '✓ node_a  30 ms  gpt-4o  2 calls  1,500→6 tokens  offline',
      '→ node_b',
      '✓ node_b  1.0 ms',
    ],
  );
});

test('EventFormatter prints no pieces of answers, but retries, failures and answers cut short', () => {
  const call = modelCall(a);
  const other = modelCall(a, { id: 2 });
  assert.deepEqual(
    modelLines(
      started(a, 0),
      call.started(1),
      call.retrying(2),
      call.streamed(3, 'word '),
      call.streamed(4, 'word'),
      call.finished(5, { tokens: [1, 2], finishReason: 'length' }),
      other.started(6),
      other.failed(7),
      finished(a, 30, 30),
    ),
    [
      '→ node_a',
      '↻ node_a  gpt-4o  request 1 failed, sent again in 500 ms',
      '               ModelError MODEL_RATE_LIMITED: too many',
      '! node_a  gpt-4o  its answer was cut off at the most tokens it may have (length)',
      '! node_a  gpt-4o  failed after 1.200 s (MODEL_RATE_LIMITED)',
      '✓ node_a  30 ms  gpt-4o  2 calls  1→2 tokens  1 retry  1 failed',
    ],
  );
});

test('EventFormatter tells of a node whose error handler took over, and what it failed with', () => {
  const handled = { name: 'RangeError', message: 'broken' };
  const lines = modelLines(started(a, 0), { ...finished(a, 30, 30), handled } as RunEvent);
  assert.deepEqual(lines, [
    '→ node_a',
    '! node_a  30 ms  failed, and its error handler took over',
    '               RangeError: broken',
  ]);
});

test('EventFormatter does not tell of requests that were given up with their task', () => {
  const call = modelCall(a);
  assert.deepEqual(
    modelLines(
      started(a, 0),
      call.started(1),
      failed(a, 20, { durationMs: 20, cancelled: true }),
      call.failed(21),
    ),
    ['→ node_a', '■ node_a  20 ms  gpt-4o  cancelled'],
  );
});

test('EventFormatter tells which answers came from a cache, and counts that are only a part', () => {
  const calls = [1, 2, 3].map((id) => modelCall(a, { id }));
  const asked = calls.map((call) => call.started(1));
  assert.equal(
    modelLines(
      started(a, 0),
      ...asked,
      calls[0]!.finished(2, { cached: true }),
      calls[1]!.finished(2),
      calls[2]!.finished(2, { tokens: [7, 8] }),
      finished(a, 30, 30),
    ).at(-1),
    '✓ node_a  30 ms  gpt-4o  3 calls  ≥7→8 tokens  1 cached',
  );
});

test('EventFormatter tells a failure once, though it fails the subgraphs around it', () => {
  const failure = { type: 'taskFailed', durationMs: 1, error, cancelled: false } as const;
  assert.deepEqual(
    modelLines(
      started(sub, 0),
      started(inner, 0),
      { ...failure, time: 5, task: inner },
      { ...failure, time: 6, task: sub },
    ).filter((line) => !line.startsWith('→')),
    [
      '✗ research › search[2]  1.0 ms',
      ...formatError(error).map((line) => `               ${line}`),
      '✗ research  1.0 ms',
    ],
  );
});

test('EventFormatter keeps texts within the columns there are', () => {
  const formatter = new EventFormatter({ columns: 60 });
  formatter.lines(runStarted('g', {}));
  formatter.lines(started(a, 0));
  formatter.lines(wrote(a, 1, { article: 'A few words and more. '.repeat(12) }));
  const lines = formatter.lines(finished(a, 2, 1));
  assert.ok(lines.length > 5);
  assert.ok(lines.every((line) => line.length <= 60));
});

test('EventFormatter keeps hostile names on one line', () => {
  const formatter = new EventFormatter();
  const evil = task(1, 'a\nb\u001b[2Jc');
  assert.equal(formatter.lines(runStarted('g\u0007', {})).length, 2);
  const [line, ...rest] = formatter.lines(started(evil, 0));
  assert.equal(line, '12:00:00.000 → a␊b␛[2Jc');
  assert.deepEqual(rest, []);
});

test('formatError() tells members and causes in full', () => {
  const aggregate: ErrorInfo = {
    name: 'AggregateError',
    message: 'several',
    errors: [error, { name: 'Error', message: 'two' }],
  };
  assert.deepEqual(formatError(aggregate, { baseFolder: '/home/me/graphs' }), [
    'AggregateError: several',
    '  RangeError TOO_FAR: too far',
    '    by 3 m',
    '    at a (b).graph.ts:12:7',
    '    caused by Error: the reason',
    '  Error: two',
  ]);
});
