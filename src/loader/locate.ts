import { inspect } from 'node:util';
import { parseFrame, type SourcePlace } from './parseFrame.ts';
import type { Problem } from './problem.ts';

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
export function locate(error: unknown, code: UserCode): SourcePlace | undefined {
  return locateIn(error, { placeOf: userPlaces(code), depth: 0 });
}

/** The place that a line of a stack tells, if it is in one of the user's files. */
export function userPlaces({ inputs }: UserCode): (line: string) => SourcePlace | undefined {
  const files = new Set(inputs.map(normalize));
  return (line) => {
    const place = parseFrame(line);
    return place && files.has(normalize(place.file)) ? place : undefined;
  };
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
  { placeOf, depth }: { placeOf: ReturnType<typeof userPlaces>; depth: number },
): SourcePlace | undefined {
  const { name, stack, cause, errors } = asError(error) ?? {};
  if (depth > MAX_CAUSES) return undefined;
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  const own = () =>
    lines.reduce<SourcePlace | undefined>((found, line) => found ?? placeOf(line), undefined);
  const inner = () =>
    [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].reduce<
      SourcePlace | undefined
    >((found, each) => found ?? locateIn(each, { placeOf, depth: depth + 1 }), undefined);
  return name === 'SuperstepError' ? (inner() ?? own()) : (own() ?? inner());
}

/** Windows writes one and the same drive with a small or a capital letter. */
function normalize(path: string): string {
  return process.platform === 'win32' ? path.toLowerCase() : path;
}

function asError(value: unknown): ErrorLike | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Names of errors that add nothing to the message and the code. */
const SAY_NOTHING = new Set(['Error', 'SuperstepError', 'LoadError']);

function describe(error: unknown, depth: number): string {
  const { name, message, cause } = asError(error) ?? {};
  if (typeof message !== 'string')
    return `Thrown: ${inspect(error, { depth: 2, breakLength: 100 })}`;
  const isPlain = typeof name !== 'string' || SAY_NOTHING.has(name);
  const own = isPlain ? message || 'Error' : [name, message].filter(Boolean).join(': ');
  if (cause == null || depth >= MAX_CAUSES) return own;
  return `${own}\nCaused by: ${describe(cause, depth + 1)}`;
}
