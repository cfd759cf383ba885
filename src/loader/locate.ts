import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Problem } from './problem.ts';

/** A place in a source file, 1-based; columns count UTF-16 units. */
export interface SourcePlace {
  /** Absolute path. */
  readonly file: string;
  readonly line1: number;
  readonly column1: number;
}

/** The files whose code counts as the user's. A `Bundle` is one. */
export interface UserCode {
  /** The graph file. */
  readonly file: string;
  /** Absolute paths, the graph file among them. */
  readonly inputs: readonly string[];
}

/** What errors have in common, also those that came as data. */
interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** A longer chain is a cycle, or nobody reads it. */
const MAX_CAUSES = 10;

/**
 * The place in the user's code where an error comes from: the first frame of a source-mapped stack
 * that is in one of the user's files. The engine's own errors wrap those of nodes, so their causes
 * are asked first; those of all others last.
 * @param error An error, or the data of one (`ErrorInfo`); anything else has no place.
 */
export function locate(error: unknown, { inputs }: UserCode): SourcePlace | undefined {
  return locateIn(error, { files: new Set(inputs.map(normalize)), depth: 0 });
}

/**
 * An error as a problem of the file it comes from, or else of the graph file itself (without a
 * place in it). Its code is the error's own, or `UNCAUGHT_ERROR`.
 */
export function toProblem(error: unknown, code: UserCode): Problem {
  const place = locate(error, code);
  const { code: ownCode } = asError(error) ?? {};
  const problem: Problem = {
    severity: 'error',
    code: typeof ownCode === 'string' ? ownCode : 'UNCAUGHT_ERROR',
    message: describe(error, 0),
    file: place?.file ?? code.file,
  };
  if (!place) return problem;
  const { line1, column1 } = place;
  return { ...problem, range: { line1, column1, endLine1: line1, endColumn1: column1 } };
}

function locateIn(
  error: unknown,
  { files, depth }: { files: ReadonlySet<string>; depth: number },
): SourcePlace | undefined {
  const { name, stack, cause, errors } = asError(error) ?? {};
  if (depth > MAX_CAUSES) return undefined;
  const own = () => firstFrame(stack, files);
  const inner = () =>
    [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].reduce<
      SourcePlace | undefined
    >((found, each) => found ?? locateIn(each, { files, depth: depth + 1 }), undefined);
  return name === 'SuperstepError' ? (inner() ?? own()) : (own() ?? inner());
}

function firstFrame(stack: unknown, files: ReadonlySet<string>): SourcePlace | undefined {
  if (typeof stack !== 'string') return undefined;
  for (const line of stack.split('\n')) {
    const [, place, line1, column1] = /^\s+at (.+):(\d+):(\d+)\)?$/.exec(line) ?? [];
    const file = place === undefined ? undefined : fileOf(place, files);
    if (file !== undefined) return { file, line1: Number(line1), column1: Number(column1) };
  }
  return undefined;
}

/** `name (path`, `async path` or `path`, where names and paths may hold spaces and brackets. */
function fileOf(place: string, files: ReadonlySet<string>): string | undefined {
  const starts = [
    0,
    ...[...place.matchAll(/\(|async /g)].map((match) => match.index + match[0].length),
  ];
  for (const start of starts) {
    const path = toPath(place.slice(start));
    if (path !== undefined && files.has(normalize(path))) return path;
  }
  return undefined;
}

function toPath(place: string): string | undefined {
  if (!place.startsWith('file:')) return place;
  try {
    return fileURLToPath(place.replace(/[?#].*$/, ''));
  } catch {
    return undefined;
  }
}

/** Windows writes one and the same drive with a small or a capital letter. */
function normalize(path: string): string {
  return process.platform === 'win32' ? path.toLowerCase() : path;
}

function asError(value: unknown): ErrorLike | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

function describe(error: unknown, depth: number): string {
  const { name, message, cause } = asError(error) ?? {};
  if (typeof message !== 'string')
    return `Thrown: ${inspect(error, { depth: 2, breakLength: 100 })}`;
  const isPlain = typeof name !== 'string' || name === 'Error' || name === 'SuperstepError';
  const own = isPlain ? message || 'Error' : [name, message].filter(Boolean).join(': ');
  if (cause == null || depth >= MAX_CAUSES) return own;
  return `${own}\nCaused by: ${describe(cause, depth + 1)}`;
}
