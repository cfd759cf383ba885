import { parseDepth, parseModel, parseNumber, type Values } from './argValues.ts';
import type { CheckCommand, Command, TestCommand } from './command.ts';
import { offlineModelCommand } from './offlineModelArgs.ts';
import { restateCommand, serveCommand } from './restateArgs.ts';
import { runCommand } from './runArgs.ts';
import { givenTwice, splitArgs, type Option } from './splitArgs.ts';
import { isCommandName, type CommandName } from './usage.ts';
import { SyntaxUsageError } from './usageError.ts';

/** Options whose value is never empty, and what it is. */
const filled = {
  graph: 'the name of an export',
  input: 'JSON, such as {}',
  thread: 'a name that is not empty',
  store: 'the path of a file',
  from: 'the id of a checkpoint or the number of its step',
  at: 'the id of a checkpoint or the number of its step',
  delete: 'the name of a thread',
  update: 'JSON, such as {}',
  'as-node': 'the name of a node',
  html: 'the path of a file',
} as const satisfies Partial<Record<Option, string>>;

const allowed: Readonly<Record<CommandName, readonly Option[]>> = {
  run: [
    ...['graph', 'input', 'json', 'xray', 'model', 'thread', 'store', 'resume', 'no-ask'],
    ...['from', 'update', 'as-node', 'inspect', 'inspect-wait', 'inspect-brk'],
    ...['record', 'replay', 'pace', 'with', 'html', 'on', 'any-code'],
  ] as Option[],
  threads: ['graph', 'store', 'delete', 'json'],
  state: ['thread', 'graph', 'store', 'at', 'json'],
  history: ['thread', 'graph', 'store', 'json'],
  parity: ['graph', 'input', 'json', 'model', 'replay'],
  draw: ['graph', 'xray'],
  list: [],
  check: ['json', 'sarif', 'rule'],
  test: ['reporter', 'record', 'update', 'shuffle', 'model'],
  serve: ['restate', 'register', 'port', 'host', 'address', 'identity-key', 'model'],
  restate: ['port', 'store', 'model'],
  'offline-model': ['port', 'seed', 'latency', 'tokens-per-second', 'error-rate', 'rate-limit'],
};

/**
 * Reads the command line, without the program's own name.
 * @throws {UsageError}
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals, tokens } = splitArgs(args);
  const [name, file, ...rest] = positionals;
  if (values.help || name === 'help') {
    const of = name === 'help' ? file : name;
    return { name: 'help', ...(of !== undefined && isCommandName(of) && { of }) };
  }
  if (values.version) return { name: 'version' };
  if (name === undefined) throw new SyntaxUsageError(`A command is missing: ${commands}`);
  if (!isCommandName(name))
    throw new SyntaxUsageError(`Unknown command "${name}": use ${commands}`);
  const twice = givenTwice(tokens);
  if (twice !== undefined) throw new SyntaxUsageError(`--${twice} can be given only once`);
  const known = allowed[name];
  for (const option of Object.keys(values) as Option[]) {
    if (!known.includes(option)) {
      const others = known.map((each) => `--${each}`).join(', ');
      const rest = others === '' ? '' : `; it has ${others}`;
      throw new SyntaxUsageError(`${name} has no option --${option}${rest}`);
    }
  }
  if (name === 'offline-model') {
    if (file !== undefined) throw new SyntaxUsageError(`${name} takes no file, but got "${file}"`);
    return offlineModelCommand(values);
  }
  if (name === 'check') return checkCommand(positionals.slice(1), values);
  if (name === 'test') return testCommand(positionals.slice(1), values);
  if (name === 'serve') return serveCommand(positionals.slice(1), values);
  if (name === 'restate') return restateCommand(positionals.slice(1), values);
  if (file === undefined)
    throw new SyntaxUsageError(
      `${name} needs the path of a graph file, such as: superstep ${name} my.graph.ts`,
    );
  if (rest.length > 0) {
    throw new SyntaxUsageError(`${name} takes one file, but got "${rest[0]}" as well`);
  }
  for (const [option, what] of Object.entries(filled)) {
    if (values[option as keyof typeof filled] === '') {
      throw new SyntaxUsageError(`--${option} takes ${what}`);
    }
  }
  const graph = values.graph === undefined ? {} : { graph: values.graph };
  const { json = false, model, thread, store } = values;
  const kept = store === undefined ? {} : { store };
  if (name === 'threads') {
    const gone = values.delete === undefined ? {} : { delete: values.delete };
    return { name, file, ...graph, ...kept, ...gone, json };
  }
  if (name === 'state' || name === 'history') {
    if (thread === undefined) {
      throw new SyntaxUsageError(
        `${name} needs the name of a thread, --thread ID; superstep threads ${file} lists them`,
      );
    }
    const at = values.at === undefined ? {} : { at: values.at };
    return { name, file, thread, ...graph, ...kept, ...at, json };
  }
  if (name === 'list') return { name, file };
  if (name === 'draw') return { name, file, ...graph, xray: parseDepth(values.xray) };
  const input = values.input === undefined ? {} : { input: values.input };
  const answering = parseModel(model);
  if (name === 'parity') {
    const { replay } = values;
    if (replay === '') throw new SyntaxUsageError('--replay takes the path of a folder');
    if (replay !== undefined && model !== undefined) {
      throw new SyntaxUsageError('--replay answers from a folder, --model in its place: pass one');
    }
    return {
      ...{ name, file, ...graph, ...input, json, ...answering },
      ...(replay !== undefined && { replay }),
    };
  }
  return runCommand(file, values);
}

const commands =
  'run, test, parity, threads, state, history, draw, list, check, serve, restate or offline-model';

function testCommand(paths: readonly string[], values: Values): TestCommand {
  const { reporter = 'spec', record, update, shuffle = '0', model } = values;
  if (reporter !== 'spec' && reporter !== 'json' && reporter !== 'junit') {
    throw new SyntaxUsageError(`--reporter takes spec, json or junit, got "${reporter}"`);
  }
  if (record !== undefined && record !== 'missing' && record !== 'all') {
    throw new SyntaxUsageError(
      `--record takes missing, to record what is not there yet, or all, got "${record}"`,
    );
  }
  if (update !== undefined && update !== 'true') {
    throw new SyntaxUsageError(`--update takes no value, got "${update}"`);
  }
  return {
    name: 'test',
    paths,
    reporter,
    record: record === 'all' ? 'record' : (record ?? 'replay'),
    update: update !== undefined,
    shuffle: parseNumber('shuffle', shuffle, { max: 10_000, isWhole: true }),
    ...parseModel(model),
  };
}

function checkCommand(paths: readonly string[], { json, sarif, rule = [] }: Values): CheckCommand {
  if (json && sarif) throw new SyntaxUsageError('--json and --sarif are two forms: pass one');
  const rules = rule.map((given) => {
    const [, id, severity] = /^([^=]+)=(.+)$/.exec(given) ?? [];
    if (id !== undefined && severity !== undefined) return { id, severity };
    throw new SyntaxUsageError(
      `--rule takes a rule and its weight, such as unused-key=off, got "${given}"`,
    );
  });
  return { name: 'check', paths, format: sarif ? 'sarif' : json ? 'json' : 'text', rules };
}
