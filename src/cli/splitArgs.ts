import { parseArgs } from 'node:util';
import { SyntaxUsageError } from './usageError.ts';

/** All options of all commands. */
const options = {
  graph: { type: 'string', short: 'g' },
  input: { type: 'string', short: 'i' },
  json: { type: 'boolean' },
  xray: { type: 'string' },
  with: { type: 'string' },
  model: { type: 'string', short: 'm' },
  thread: { type: 'string', short: 't' },
  store: { type: 'string' },
  resume: { type: 'string', short: 'r', multiple: true },
  'no-ask': { type: 'boolean' },
  inspect: { type: 'string' },
  'inspect-wait': { type: 'string' },
  'inspect-brk': { type: 'string' },
  record: { type: 'string' },
  replay: { type: 'string' },
  pace: { type: 'string' },
  html: { type: 'string' },
  from: { type: 'string' },
  update: { type: 'string', short: 'u' },
  'as-node': { type: 'string' },
  at: { type: 'string' },
  delete: { type: 'string' },
  sarif: { type: 'boolean' },
  rule: { type: 'string', multiple: true },
  reporter: { type: 'string' },
  shuffle: { type: 'string' },
  on: { type: 'string' },
  'any-code': { type: 'boolean' },
  restate: { type: 'string' },
  register: { type: 'string' },
  host: { type: 'string' },
  address: { type: 'string' },
  'identity-key': { type: 'string', multiple: true },
  port: { type: 'string', short: 'p' },
  seed: { type: 'string' },
  latency: { type: 'string' },
  'tokens-per-second': { type: 'string' },
  'error-rate': { type: 'string' },
  'rate-limit': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export type Option = keyof typeof options;

/** Where a Restate server of this machine is, for options whose value may be left out. */
const SERVERS: Readonly<Record<string, string>> = {
  '--restate': 'http://127.0.0.1:8080',
  '--register': 'http://127.0.0.1:9070',
};

/** The port that debuggers of Node look at first. */
const inspectorPort = 9229;

// Not commander: it takes `--graph --json` for a graph of that name, and what it says names no value and no alternatives.
export function splitArgs(args: readonly string[]) {
  const explicit = args.flatMap((arg, i) => {
    // The parser knows no options whose value may be left out.
    if (arg === '--xray' || (arg === '--update' && args[0] === 'test')) return [`${arg}=true`];
    const server = SERVERS[arg];
    if (server !== undefined) return [`${arg}=${server}`];
    if (/^--inspect(?:-wait|-brk)?$/.test(arg)) return [`${arg}=${inspectorPort}`];
    // It takes numbers below 0 for options: what is wrong with them is said in time.
    if (isNegative(arg) && takesNext(args[i - 1])) return [];
    const next = args[i + 1];
    if (!takesNext(arg) || next === undefined || !isNegative(next)) return [arg];
    return [arg.startsWith('--') ? `${arg}=${next}` : `${arg}${next}`];
  });
  try {
    return parseArgs({ args: explicit, options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new SyntaxUsageError(sayAnew(error as NodeJS.ErrnoException, explicit));
  }
}

/** An option whose first value the second one would hide. */
export function givenTwice(tokens: ReturnType<typeof splitArgs>['tokens']): Option | undefined {
  const seen = new Set<Option>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option.type === 'boolean' || 'multiple' in option) continue;
    if (seen.has(token.name)) return token.name;
    seen.add(token.name);
  }
  return undefined;
}

function isNegative(arg: string): boolean {
  return /^-\.?\d/.test(arg);
}

/** An option without its value: `--latency`, `-r`. */
function takesNext(arg: string | undefined): boolean {
  return /^--\w[\w-]*$|^-[a-z]$/.test(arg ?? '');
}

/** What Node's parser finds wrong, in our words. */
function sayAnew({ code, message }: NodeJS.ErrnoException, args: readonly string[]): string {
  const [, option = ''] = /'(?:-\w, )?(--?[\w-]+)/.exec(message) ?? [];
  const given = args.find((arg) => arg === option || arg.startsWith(`${option}=`)) ?? option;
  const value = args[args.indexOf(given) + 1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `There is no option ${option}`;
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  if (given.includes('=')) return `${option} takes no value, got "${given}"`;
  // A value that looks like an option has to be tied to its own.
  if (value?.startsWith('-')) return `${option} takes a value, got "${value}"`;
  return `${option} takes a value`;
}
