import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError, parseCommand, usage } from '../../src/cli/args.ts';

const parse = (line: string) => parseCommand(line.split(' ').filter(Boolean));

test('parseCommand() reads the commands with their options', () => {
  assert.deepEqual(parse('run a.graph.ts'), {
    name: 'run',
    file: 'a.graph.ts',
    json: false,
    xray: false,
  });
  assert.deepEqual(parse('run --json --graph g a.graph.ts --input {} --xray'), {
    name: 'run',
    file: 'a.graph.ts',
    graph: 'g',
    input: '{}',
    json: true,
    xray: true,
  });
  assert.deepEqual(parse('run a.ts -i - -g g'), {
    name: 'run',
    file: 'a.ts',
    graph: 'g',
    input: '-',
    json: false,
    xray: false,
  });
  assert.deepEqual(parse('draw a.ts'), { name: 'draw', file: 'a.ts', xray: false });
  assert.deepEqual(parse('draw --xray a.ts'), { name: 'draw', file: 'a.ts', xray: true });
  assert.deepEqual(parse('draw a.ts --xray=2'), { name: 'draw', file: 'a.ts', xray: 2 });
  assert.deepEqual(parse('list a.ts'), { name: 'list', file: 'a.ts' });
});

test('parseCommand() finds help and version anywhere', () => {
  for (const line of ['--help', '-h', 'help', 'run --help', 'run a.ts -h']) {
    assert.deepEqual(parse(line), { name: 'help' });
  }
  for (const line of ['--version', '-v']) assert.deepEqual(parse(line), { name: 'version' });
});

test('parseCommand() says what it does not understand', () => {
  const messages: Record<string, RegExp> = {
    '': /A command is missing/,
    'fly a.ts': /Unknown command "fly"/,
    run: /superstep run needs the path/,
    'run a.ts b.ts': /takes one file, but got "b\.ts"/,
    'run a.ts --fast': /Unknown option '--fast'/,
    'list a.ts --json': /superstep list has no option --json/,
    'draw a.ts --input {}': /superstep draw has no option --input/,
    'draw a.ts --xray=deep': /--xray takes a number of levels, got "deep"/,
    'run a.ts --graph': /argument missing/,
    'run a.ts --json=yes': /does not take an argument/,
  };
  for (const [line, message] of Object.entries(messages)) {
    assert.throws(
      () => parse(line),
      (error) => error instanceof UsageError && message.test(error.message),
      line,
    );
  }
});

test('the usage names every command and option, in lines that fit a terminal', () => {
  for (const word of ['run', 'draw', 'list', '--graph', '--input', '--json', '--xray', '--help']) {
    assert.ok(usage.includes(word));
  }
  assert.ok(usage.split('\n').every((line) => line.length <= 100));
});
