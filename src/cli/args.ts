import type { RateLimit } from '../offline/faults.ts';
import type { DebugStart } from '../runner/debug/debugOptions.ts';
import type {
  AnswerText,
  CheckCommand,
  Command,
  OfflineModelCommand,
  RunCommand,
} from './command.ts';
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
} as const satisfies Partial<Record<Option, string>>;

const allowed: Readonly<Record<CommandName, readonly Option[]>> = {
  run: [
    ...['graph', 'input', 'json', 'xray', 'model', 'thread', 'store', 'resume', 'no-ask'],
    ...['from', 'update', 'as-node', 'inspect', 'inspect-wait', 'inspect-brk'],
    ...['record', 'replay', 'pace'],
  ] as Option[],
  threads: ['graph', 'store', 'delete', 'json'],
  state: ['thread', 'graph', 'store', 'at', 'json'],
  history: ['thread', 'graph', 'store', 'json'],
  draw: ['graph', 'xray'],
  list: [],
  check: ['json', 'sarif', 'rule'],
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
  if (model !== undefined && model !== 'offline') {
    throw new SyntaxUsageError(
      `--model takes offline, got "${model}": graph files name other models`,
    );
  }
  const resume = parseAnswers(values.resume ?? []);
  const { from, update, 'as-node': asNode } = values;
  const goesOn = { resume: resume[0], from, update };
  for (const [option, given] of Object.entries({ store, ...goesOn })) {
    if (given === undefined || thread !== undefined) continue;
    throw new SyntaxUsageError(`--${option} needs the name of a thread: --thread ID`);
  }
  for (const [option, given] of Object.entries(goesOn)) {
    if (given === undefined || values.input === undefined) continue;
    throw new SyntaxUsageError(
      `--${option} goes on with a thread, --input starts it anew: pass one`,
    );
  }
  if (asNode !== undefined && update === undefined) {
    throw new SyntaxUsageError('--as-node says which node writes an --update: pass both');
  }
  if (asNode !== undefined && resume.length > 0) {
    throw new SyntaxUsageError(
      '--resume goes on with the node that asks, --as-node with what follows another: pass one',
    );
  }
  const recording = parseRecording(values);
  return {
    name: 'run',
    file,
    ...graph,
    ...input,
    json,
    xray: parseDepth(values.xray) !== false,
    ...(model !== undefined && { model }),
    ...(thread !== undefined && { thread }),
    ...kept,
    resume,
    ...(from !== undefined && { from }),
    ...(update !== undefined && { update }),
    ...(asNode !== undefined && { asNode }),
    ...inspectOption(values),
    ...(recording && { recording }),
    ask: !values['no-ask'],
  };
}

const commands = 'run, threads, state, history, draw, list, check or offline-model';

/** Ids of questions are 32 hexadecimal digits. */
const answerById = /^([0-9a-f]{32})=([^]*)$/;

function parseAnswers(given: readonly string[]): AnswerText[] {
  const answers = given.map((text): AnswerText => {
    const [, id, value] = answerById.exec(text) ?? [];
    return id === undefined ? { text } : { id, text: value! };
  });
  const ids = answers.map(({ id }) => id);
  if (answers.length > 1 && ids.includes(undefined)) {
    throw new SyntaxUsageError('--resume takes several answers by id only: --resume ID=VALUE');
  }
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new SyntaxUsageError(`--resume answers ${twice} twice`);
  return answers;
}

type Values = ReturnType<typeof splitArgs>['values'];

/** Which calls of models are recorded, and which answered from a folder. */
function parseRecording({ record, replay, pace, model }: Values): RunCommand['recording'] {
  if (pace !== undefined && (pace !== 'recorded' || replay === undefined)) {
    throw new SyntaxUsageError('--pace takes recorded, together with --replay DIR');
  }
  if (record === '' || replay === '') {
    throw new SyntaxUsageError('--record and --replay take the path of a folder');
  }
  if (replay === undefined)
    return record === undefined ? undefined : { folder: record, mode: 'record' };
  if (record !== undefined && record !== 'missing') {
    throw new SyntaxUsageError(
      `--replay DIR takes --record missing, to record what is not there yet, got "${record}"`,
    );
  }
  if (record === undefined && model !== undefined) {
    throw new SyntaxUsageError('--replay answers from a folder, --model in its place: pass one');
  }
  const mode = record === undefined ? 'replay' : 'missing';
  return { folder: replay, mode, ...(pace !== undefined && { pace }) };
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

function offlineModelCommand(values: Values): OfflineModelCommand {
  const number = (option: Option, range: { max?: number; isWhole?: boolean } = {}) =>
    values[option] === undefined ? undefined : parseNumber(option, String(values[option]), range);
  const model = {
    seed: number('seed', { isWhole: true }),
    latencyMs: number('latency'),
    tokensPerSecond: number('tokens-per-second'),
    errorRate: number('error-rate', { max: 1 }),
    rateLimit: parseRate(values['rate-limit']),
  };
  const given = Object.entries(model).filter(([, value]) => value !== undefined);
  return {
    name: 'offline-model',
    port: number('port', { max: 65_535, isWhole: true }) ?? 0,
    model: Object.fromEntries(given),
  };
}

const inspectOptions = { inspect: 'atOnce', 'inspect-wait': 'attached', 'inspect-brk': 'stopped' };

function inspectOption(values: Values): Pick<RunCommand, 'inspect'> {
  const given = (Object.keys(inspectOptions) as (keyof typeof inspectOptions)[]).filter(
    (option) => values[option] !== undefined,
  );
  const [option, other] = given;
  if (option === undefined) return {};
  if (other !== undefined) {
    throw new SyntaxUsageError(`--${option} and --${other} are two ways: pass one`);
  }
  const port = parseNumber(option, values[option]!, { max: 65_535, isWhole: true });
  return { inspect: { start: inspectOptions[option] as DebugStart, port } };
}

function parseNumber(
  option: Option,
  text: string,
  { max = Infinity, isWhole = false }: { max?: number; isWhole?: boolean },
): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value <= max && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  const range = max === Infinity ? 'of at least 0' : `from 0 to ${max}`;
  throw new SyntaxUsageError(`--${option} takes ${kind} ${range}, got "${text}"`);
}

const spans: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
};

function parseRate(rate: string | undefined): RateLimit | undefined {
  if (rate === undefined) return undefined;
  const [, requests, count = '1', unit = 's'] =
    /^(\d+)(?:\/(\d+)?(ms|s|sec|m|min)?)?$/.exec(rate) ?? [];
  const perMs = Number(count) * spans[unit]!;
  if (Number(requests) >= 1 && perMs > 0) return { requests: Number(requests), perMs };
  throw new SyntaxUsageError(
    `--rate-limit takes a number of requests and a time, such as 10/s, got "${rate}"`,
  );
}

function parseDepth(xray: string | undefined): boolean | number {
  if (xray === undefined || xray === 'false') return false;
  if (xray === 'true') return true;
  if (/^\d+$/.test(xray)) return Number(xray);
  throw new SyntaxUsageError(`--xray takes a number of levels, got "${xray}"`);
}
