import { parseArgs } from 'node:util';

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
  RunCommand | DrawCommand | ListCommand | { readonly name: 'help' } | { readonly name: 'version' };

export const usage = `Usage: superstep <command> FILE [options]

Commands:
  run FILE    run a graph and show its nodes as they start and end
  draw FILE   print a graph as a Mermaid diagram
  list FILE   list the graphs of a file and where they are defined

Options of run:
  --graph NAME   the graph that the file exports under this name; needed if it has several
  --input JSON   the input: JSON text, @FILE with JSON in it, or - for standard input;
                 without it the file's own input, else {}
  --json         print nothing but one JSON object with the result; what the graph writes to the
                 console goes to standard error
  --xray         show the supersteps and what each node was given, too

Options of draw:
  --graph NAME   as above
  --xray[=N]     show the inside of subgraphs (N levels deep)

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
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Option = keyof typeof options;

const allowed: { readonly [command: string]: readonly Option[] } = {
  run: ['graph', 'input', 'json', 'xray'],
  draw: ['graph', 'xray'],
  list: [],
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
  if (name === undefined) throw new UsageError('A command is missing: run, draw or list');
  if (name === 'help') return { name: 'help' };
  const known = allowed[name];
  if (!known) throw new UsageError(`Unknown command "${name}": use run, draw or list`);
  if (file === undefined) throw new UsageError(`superstep ${name} needs the path of a graph file`);
  if (rest.length > 0) {
    throw new UsageError(`superstep ${name} takes one file, but got "${rest[0]}" as well`);
  }
  for (const option of Object.keys(values) as Option[]) {
    if (!known.includes(option)) {
      throw new UsageError(`superstep ${name} has no option --${option}`);
    }
  }
  const graph = values.graph === undefined ? {} : { graph: values.graph };
  if (name === 'list') return { name, file };
  if (name === 'draw') return { name, file, ...graph, xray: parseDepth(values.xray) };
  const input = values.input === undefined ? {} : { input: values.input };
  const { json = false } = values;
  return { name: 'run', file, ...graph, ...input, json, xray: parseDepth(values.xray) !== false };
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
