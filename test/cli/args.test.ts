import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../src/cli/args.ts';
import { SyntaxUsageError } from '../../src/cli/usageError.ts';
import { usage } from '../../src/cli/usage.ts';

/** A run that goes on with nothing. */
const plain = { resume: [], ask: true };

const parse = (line: string) => parseCommand(line.split(' ').filter(Boolean));

test('parseCommand() reads the commands with their options', () => {
  assert.deepEqual(parse('run a.graph.ts'), {
    name: 'run',
    file: 'a.graph.ts',
    json: false,
    xray: false,
    ...plain,
  });
  assert.deepEqual(parse('run --json --graph g a.graph.ts --input {} --xray'), {
    name: 'run',
    file: 'a.graph.ts',
    graph: 'g',
    input: '{}',
    json: true,
    xray: true,
    ...plain,
  });
  assert.deepEqual(parse('run a.ts -i - -g g'), {
    name: 'run',
    file: 'a.ts',
    graph: 'g',
    input: '-',
    json: false,
    xray: false,
    ...plain,
  });
  assert.deepEqual(parse('draw a.ts'), { name: 'draw', file: 'a.ts', xray: false });
  assert.deepEqual(parse('draw --xray a.ts'), { name: 'draw', file: 'a.ts', xray: true });
  assert.deepEqual(parse('draw a.ts --xray=2'), { name: 'draw', file: 'a.ts', xray: 2 });
  assert.deepEqual(parse('list a.ts'), { name: 'list', file: 'a.ts' });
});

test('parseCommand() reads what concerns models', () => {
  assert.deepEqual(parse('run a.ts --model offline --thread t1'), {
    name: 'run',
    file: 'a.ts',
    json: false,
    xray: false,
    model: 'offline',
    thread: 't1',
    ...plain,
  });
  assert.deepEqual(parse('offline-model'), { name: 'offline-model', port: 0, model: {} });
  assert.deepEqual(
    parse(
      'offline-model --port 4000 --seed 7 --latency 20.5 --tokens-per-second 50 --error-rate 0.1 --rate-limit 10/s',
    ),
    {
      name: 'offline-model',
      port: 4000,
      model: {
        seed: 7,
        latencyMs: 20.5,
        tokensPerSecond: 50,
        errorRate: 0.1,
        rateLimit: { requests: 10, perMs: 1000 },
      },
    },
  );
  const rates = { '3': 1000, '3/min': 60_000, '3/500ms': 500, '3/2s': 2000 };
  for (const [rate, perMs] of Object.entries(rates)) {
    const command = parse(`offline-model --rate-limit ${rate}`);
    assert.ok(command.name === 'offline-model');
    assert.deepEqual(command.model.rateLimit, { requests: 3, perMs }, rate);
  }
});

test('parseCommand() reads how a debugger may attach, on the usual port or another', () => {
  const inspect = (line: string) => {
    const command = parse(line);
    return command.name === 'run' && command.inspect;
  };
  assert.deepEqual(inspect('run a.ts --inspect'), { start: 'atOnce', port: 9229 });
  assert.deepEqual(inspect('run --inspect-wait a.ts'), { start: 'attached', port: 9229 });
  assert.deepEqual(inspect('run a.ts --inspect-brk=0'), { start: 'stopped', port: 0 });
  assert.equal(inspect('run a.ts'), undefined);
});

test('parseCommand() reads what concerns threads', () => {
  const run = { name: 'run', file: 'a.ts', json: false, xray: false };
  assert.deepEqual(parse('run a.ts --thread 1 --store s.db --resume a=b --no-ask'), {
    ...run,
    ...{ thread: '1', store: 's.db', resume: [{ text: 'a=b' }], ask: false },
  });
  const [one, two] = ['0123456789abcdef'.repeat(2), 'f'.repeat(32)];
  assert.deepEqual(parse(`run a.ts -t 1 -r ${one}=x=y --resume=${two}=`), {
    ...run,
    thread: '1',
    resume: [
      { id: one, text: 'x=y' },
      { id: two, text: '' },
    ],
    ask: true,
  });
  for (const option of ['--resume', '-r']) {
    assert.deepEqual(parse(`run a.ts -t 1 ${option} -5`), {
      ...run,
      ...{ thread: '1', resume: [{ text: '-5' }], ask: true },
    });
  }
  assert.deepEqual(parse('threads a.ts -g g --store s.db --json'), {
    ...{ name: 'threads', file: 'a.ts', graph: 'g', store: 's.db', json: true },
  });
  assert.deepEqual(parse('state a.ts --thread 1 --at 3'), {
    ...{ name: 'state', file: 'a.ts', thread: '1', at: '3', json: false },
  });
  assert.deepEqual(parse('history a.ts -t 1 --json'), {
    ...{ name: 'history', file: 'a.ts', thread: '1', json: true },
  });
  assert.deepEqual(parse('run a.ts -t 1 --from -1 --update {} --as-node n'), {
    ...{ ...run, ...plain, thread: '1', from: '-1', update: '{}', asNode: 'n' },
  });
});

test('parseCommand() finds help and version anywhere', () => {
  for (const line of ['--help', '-h', 'help', 'fly --help', 'help fly']) {
    assert.deepEqual(parse(line), { name: 'help' });
  }
  for (const line of ['run --help', 'run a.ts -h', 'help run', '--help run']) {
    assert.deepEqual(parse(line), { name: 'help', of: 'run' });
  }
  for (const line of ['--version', '-v']) assert.deepEqual(parse(line), { name: 'version' });
});

test('parseCommand() says what it does not understand', () => {
  const messages: Record<string, RegExp> = {
    '': /A command is missing/,
    'fly a.ts': /Unknown command "fly"/,
    run: /^run needs the path/,
    'run a.ts b.ts': /takes one file, but got "b\.ts"/,
    'run a.ts --fast': /^There is no option --fast$/,
    'list a.ts --json': /^list has no option --json$/,
    'draw a.ts --input {}': /^draw has no option --input; it has --graph, --xray$/,
    'draw a.ts --xray=deep': /--xray takes a number of levels, got "deep"/,
    'run a.ts --graph': /^--graph takes a value$/,
    'run a.ts -t 1 --from 1 --from 2': /^--from can be given only once$/,
    'run a.ts -t 1 --update=': /^--update takes JSON, such as \{\}$/,
    'run a.ts -t 1 --from=': /^--from takes the id of a checkpoint or the number of its step$/,
    'run a.ts -t 1 -u {} --as-node=': /^--as-node takes the name of a node$/,
    'run a.ts -t 1 -u {} --as-node n -r yes':
      /^--resume goes on with the node that asks, --as-node/,
    'run a.ts --graph=': /^--graph takes the name of an export$/,
    'run a.ts -g': /^--graph takes a value$/,
    'run a.ts --graph --json': /^--graph takes a value, got "--json"$/,
    'run a.ts --json=yes': /^--json takes no value, got "--json=yes"$/,
    'run a.ts --model gpt-5': /--model takes offline, got "gpt-5"/,
    'run a.ts --thread=': /--thread takes a name/,
    'run a.ts --resume yes': /^--resume needs the name of a thread: --thread ID$/,
    'run a.ts --store s.db': /^--store needs the name of a thread/,
    'run a.ts --thread 1 --store=': /^--store takes the path of a file$/,
    'run a.ts --thread 1 --resume': /^--resume takes a value$/,
    'run a.ts --thread 1 --resume yes --input {}':
      /^--resume goes on .*, --input starts .*: pass one$/,
    'run a.ts --from 1': /^--from needs the name of a thread/,
    'run a.ts -t 1 --update {} -i {}': /^--update goes on .*, --input starts .*: pass one$/,
    'run a.ts -t 1 --as-node n': /^--as-node says which node writes an --update: pass both$/,
    'history a.ts': /^history needs the name of a thread/,
    'history a.ts -t 1 --at 2': /^history has no option --at/,
    'run a.ts -t 1 -r yes -r no': /several answers by id only/,
    [`run a.ts -t 1 -r yes -r ${'a'.repeat(32)}=no`]: /several answers by id only/,
    [`run a.ts -t 1 -r ${'a'.repeat(32)}=1 -r ${'a'.repeat(32)}=2`]: /answers a{32} twice/,
    'state a.ts': /^state needs the name of a thread, --thread ID; superstep threads a\.ts lists/,
    'state a.ts --input {}': /^state has no option --input; it has --thread, /,
    'threads a.ts --thread 1': /^threads has no option --thread/,
    'run a.ts --port 1': /^run has no option --port/,
    'offline-model a.ts': /takes no file, but got "a\.ts"/,
    'offline-model --port 70000': /--port takes a whole number from 0 to 65535, got "70000"/,
    'run a.ts --inspect=70000': /--inspect takes a whole number from 0 to 65535, got "70000"/,
    'run a.ts --inspect --inspect-brk': /--inspect and --inspect-brk are two ways/,
    'offline-model --error-rate 2': /--error-rate takes a number from 0 to 1, got "2"/,
    'offline-model --latency -5': /^--latency takes a number of at least 0, got "-5"$/,
    'offline-model --latency=-.5': /^--latency takes a number of at least 0, got "-\.5"$/,
    'offline-model --seed x': /--seed takes a whole number of at least 0, got "x"/,
    'offline-model --rate-limit 0/s': /--rate-limit takes .* such as 10\/s, got "0\/s"/,
    'offline-model --rate-limit often': /--rate-limit takes/,
  };
  for (const [line, message] of Object.entries(messages)) {
    assert.throws(
      () => parse(line),
      (error) => error instanceof SyntaxUsageError && message.test(error.message),
      line,
    );
  }
});

test('the usage names every command and option, in lines that fit a terminal', () => {
  const ofThreads = ['threads', 'state', '--store', '--resume', '--no-ask'];
  const words = [
    'run',
    'draw',
    'list',
    ...ofThreads,
    '--graph',
    '--input',
    '--json',
    '--xray',
    '--help',
  ];
  const ofModels = ['offline-model', '--model', '--thread', '--port', '--seed', '--latency'];
  const ofServer = ['--tokens-per-second', '--error-rate', '--rate-limit', 'OPENAI_API_KEY'];
  for (const word of [...words, ...ofModels, ...ofServer]) {
    assert.ok(usage().includes(word), word);
  }
  const names = ['run', 'threads', 'state', 'draw', 'list', 'offline-model'] as const;
  for (const name of [undefined, ...names]) {
    const text = usage(name);
    assert.ok(
      text.startsWith(name === undefined ? 'Usage: superstep <' : `Usage: superstep ${name}`),
    );
    assert.ok(text.split('\n').every((line) => line.length <= 100));
    assert.equal(/\n\n\n|[^\n]$/.test(text), false, text);
  }
  assert.ok(usage('run').includes('--thread') && !usage('run').includes('--port'));
});

test('parseCommand() reads what is to be recorded and replayed', () => {
  const recordingOf = (line: string) => {
    const command = parse(`run a.ts ${line}`);
    return command.name === 'run' ? command.recording : undefined;
  };
  assert.equal(recordingOf(''), undefined);
  assert.deepEqual(recordingOf('--record dir'), { folder: 'dir', mode: 'record' });
  assert.deepEqual(recordingOf('--replay dir'), { folder: 'dir', mode: 'replay' });
  assert.deepEqual(recordingOf('--replay dir --record missing --pace recorded'), {
    folder: 'dir',
    mode: 'missing',
    pace: 'recorded',
  });
  for (const [line, told] of [
    ['--replay one --record two', /takes --record missing.*got "two"/],
    ['--record dir --pace recorded', /--pace takes recorded, together with --replay/],
    ['--replay dir --pace slow', /--pace takes recorded/],
    ['--replay dir --model offline', /pass one/],
    ['--record=', /path of a folder/],
  ] as const) {
    assert.throws(() => recordingOf(line), told);
  }
});

test('parseCommand() reads what concerns workers and runs elsewhere', () => {
  const local = 'http://127.0.0.1:8080';
  const runOf = (...args: string[]) => parse(['run a.ts', ...args].join(' ')) as { on?: unknown };
  assert.deepEqual(runOf('--on', 'restate').on, { ingress: local, anyCode: false });
  assert.deepEqual(runOf('--on=restate=https://far:1/', '--any-code').on, {
    ...{ ingress: 'https://far:1', anyCode: true },
  });
  const worker = { port: 9080, host: '127.0.0.1', identityKeys: [] };
  assert.deepEqual(parse('serve a.ts b.ts --restate'), {
    ...{ name: 'serve', files: ['a.ts', 'b.ts'], ingress: local, ...worker },
  });
  const registered = parse('serve a.ts --restate=http://s:1 --register');
  assert.deepEqual(registered, {
    ...{ name: 'serve', files: ['a.ts'], ingress: 'http://s:1', admin: 'http://127.0.0.1:9070' },
    ...worker,
  });
  assert.deepEqual(parse('restate up --port 0'), { name: 'restate', files: [], port: 0 });
  for (const [line, message] of [
    ['run a.ts --on there', /--on takes restate, or restate=URL, got "there"/],
    ['run a.ts --on restate=there', /--on takes an address, .* got "there"/],
    ['run a.ts --on restate --model offline', /--model is for runs in this process/],
    ['run a.ts --any-code', /--any-code is for runs elsewhere: --on restate/],
    ['serve --restate', /serve needs the paths of graph files/],
    ['serve a.ts', /serve needs to know whom it works for/],
    ['serve a.ts --restate --address http://me', /pass --register as well/],
    ['restate down', /restate takes up: .*, got "down"/],
  ] as const) {
    assert.throws(() => parse(line), message);
  }
});
