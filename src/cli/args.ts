import { parseArgs } from 'node:util';
import type { OfflineModelOptions } from '../offline/offlineModel.ts';
import type { RateLimit } from '../offline/faults.ts';

/** The command line cannot be understood; the message is for the user as it stands. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface RunCommand {
  readonly name: 'run';
  readonly file: string;
  readonly graph?: string;
  /** JSON text, `@` and a path, or `-` for standard input. */
  readonly input?: string;
  readonly json: boolean;
  readonly xray: boolean;
  /** `offline`: the built-in model answers every request. Absent: only those without a key. */
  readonly model?: 'offline';
  /** Names the thread of a graph that keeps its state. */
  readonly thread?: string;
}

export interface OfflineModelCommand {
  readonly name: 'offline-model';
  /** 0: any that is free. */
  readonly port: number;
  readonly model: Pick<
    OfflineModelOptions,
    'seed' | 'latencyMs' | 'tokensPerSecond' | 'errorRate' | 'rateLimit'
  >;
}

export interface DrawCommand {
  readonly name: 'draw';
  readonly file: string;
  readonly graph?: string;
  /** Whether, or how many levels deep, subgraphs are expanded. */
  readonly xray: boolean | number;
}

export interface ListCommand {
  readonly name: 'list';
  readonly file: string;
}

export type Command =
  | RunCommand
  | DrawCommand
  | ListCommand
  | OfflineModelCommand
  | { readonly name: 'help' }
  | { readonly name: 'version' };

export const usage = `Usage: superstep <command> [FILE] [options]

Commands:
  run FILE    run a graph and show its nodes as they start and end
  draw FILE   print a graph as a Mermaid diagram
  list FILE   list the graphs of a file and where they are defined
  offline-model
              serve the built-in model, which makes answers up, to other programs of this machine

Options of run:
  --graph NAME   the graph that the file exports under this name; needed if it has several
  --input JSON   the input: JSON text, @FILE with JSON in it, or - for standard input;
                 without it the file's own input, else {}
  --json         print nothing but one JSON object with the result; what the graph writes to the
                 console goes to standard error
  --xray         show the supersteps and what each node was given, too
  --model offline
                 let the built-in model answer every request; without this option it answers those
                 of clients that find no key
  --thread ID    the thread in which a graph with a checkpointer keeps its state; without it a new
                 one each time
Keys come from the environment (OPENAI_API_KEY, or DASHSCOPE_API_KEY), else from a .env file beside
FILE, else from one in the current folder.

Options of draw:
  --graph NAME   as above
  --xray[=N]     show the inside of subgraphs (N levels deep)

Options of offline-model:
  --port N           the port on 127.0.0.1; without it one that is free
  --seed N           other answers to the same requests; default 1
  --latency MS       milliseconds until an answer begins; default 0
  --tokens-per-second N
                     how fast an answer comes; without it all at once
  --error-rate X     share of the requests that fail, 0 to 1; default 0
  --rate-limit N/s   requests in a second (or N/min, or N/500ms); the rest get a 429

Everywhere:
  -h, --help     show this text
  -v, --version  show the version

Exit code: 0 done, 1 failed, 2 wrong usage, 130 cancelled. Ctrl+C stops a run; twice, at once.
`;

const options = {
  graph: { type: 'string', short: 'g' },
  input: { type: 'string', short: 'i' },
  json: { type: 'boolean' },
  xray: { type: 'string' },
  model: { type: 'string', short: 'm' },
  thread: { type: 'string', short: 't' },
  port: { type: 'string', short: 'p' },
  seed: { type: 'string' },
  latency: { type: 'string' },
  'tokens-per-second': { type: 'string' },
  'error-rate': { type: 'string' },
  'rate-limit': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Option = keyof typeof options;

const allowed: { readonly [command: string]: readonly Option[] } = {
  run: ['graph', 'input', 'json', 'xray', 'model', 'thread'],
  draw: ['graph', 'xray'],
  list: [],
  'offline-model': ['port', 'seed', 'latency', 'tokens-per-second', 'error-rate', 'rate-limit'],
};

/**
 * Reads the command line, without the program's own name.
 * @throws {UsageError}
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name, file, ...rest] = positionals;
  if (name === undefined) throw new UsageError(`A command is missing: ${commands}`);
  if (name === 'help') return { name: 'help' };
  const known = allowed[name];
  if (!known) throw new UsageError(`Unknown command "${name}": use ${commands}`);
  for (const option of Object.keys(values) as Option[]) {
    if (!known.includes(option)) {
      throw new UsageError(`superstep ${name} has no option --${option}`);
    }
  }
  if (name === 'offline-model') {
    if (file !== undefined)
      throw new UsageError(`superstep ${name} takes no file, but got "${file}"`);
    return offlineModelCommand(values);
  }
  if (file === undefined) throw new UsageError(`superstep ${name} needs the path of a graph file`);
  if (rest.length > 0) {
    throw new UsageError(`superstep ${name} takes one file, but got "${rest[0]}" as well`);
  }
  const graph = values.graph === undefined ? {} : { graph: values.graph };
  if (name === 'list') return { name, file };
  if (name === 'draw') return { name, file, ...graph, xray: parseDepth(values.xray) };
  const input = values.input === undefined ? {} : { input: values.input };
  const { json = false, model, thread } = values;
  if (model !== undefined && model !== 'offline') {
    throw new UsageError(`--model takes offline, got "${model}": graph files name other models`);
  }
  if (thread === '') throw new UsageError('--thread takes a name that is not empty');
  return {
    name: 'run',
    file,
    ...graph,
    ...input,
    json,
    xray: parseDepth(values.xray) !== false,
    ...(model !== undefined && { model }),
    ...(thread !== undefined && { thread }),
  };
}

const commands = 'run, draw, list or offline-model';

type Values = ReturnType<typeof parse>['values'];

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

function parseNumber(
  option: Option,
  text: string,
  { max = Infinity, isWhole = false }: { max?: number; isWhole?: boolean },
): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value <= max && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  const range = max === Infinity ? 'of at least 0' : `from 0 to ${max}`;
  throw new UsageError(`--${option} takes ${kind} ${range}, got "${text}"`);
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
  throw new UsageError(
    `--rate-limit takes a number of requests and a time, such as 10/s, got "${rate}"`,
  );
}

function parse(args: readonly string[]) {
  // The parser knows no options whose value may be left out.
  const explicit = args.map((arg) => (arg === '--xray' ? '--xray=true' : arg));
  try {
    return parseArgs({ args: explicit, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\. To specify.*/s, ''));
  }
}

function parseDepth(xray: string | undefined): boolean | number {
  if (xray === undefined || xray === 'false') return false;
  if (xray === 'true') return true;
  if (/^\d+$/.test(xray)) return Number(xray);
  throw new UsageError(`--xray takes a number of levels, got "${xray}"`);
}
