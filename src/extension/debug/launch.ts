import { resolve } from 'node:path';

/** A launch configuration of type `superstep`, as it was read. */
export interface Launch {
  /** Absolute path of the graph file; absent: the one at hand. */
  readonly file?: string;
  /** Name under which the file exports the graph; absent: the only one, or the user is asked. */
  readonly graph?: string;
  /** In the place of the file's own input. */
  readonly input?: { readonly value: unknown };
  /** Names a thread, which is kept and gone on with. */
  readonly thread?: string;
  /** Variables of the run. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Node that runs it; absent: that of the setting. */
  readonly runtime?: string;
  /** Stops at the first line of the file. */
  readonly stopOnEntry: boolean;
  /** Runs without a debugger. */
  readonly noDebug: boolean;
}

/**
 * Reads what a user has written.
 * @param folder What the path of the file begins at, if it is relative.
 * @throws {Error} that names the attribute, and says what it has to be.
 */
export function readLaunch(
  given: Readonly<Record<string, unknown>>,
  folder: string | undefined,
): Launch {
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw wrong(given, name, 'a text that is not empty');
  };
  const [file, graph, thread, runtime] = ['file', 'graph', 'thread', 'runtime'].map(text);
  const env = given['env'];
  if (env !== undefined && !isTexts(env)) {
    throw wrong(given, 'env', 'an object of texts, such as { "LOG": "all" }');
  }
  return {
    ...(file !== undefined && { file: resolve(folder ?? '', file) }),
    ...(graph !== undefined && { graph }),
    ...('input' in given && { input: { value: given['input'] } }),
    ...(thread !== undefined && { thread }),
    ...(env !== undefined && { env }),
    ...(runtime !== undefined && { runtime }),
    stopOnEntry: given['stopOnEntry'] === true,
    noDebug: given['noDebug'] === true,
  };
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}

function wrong(given: Readonly<Record<string, unknown>>, name: string, what: string): Error {
  const value = JSON.stringify(given[name]);
  return new Error(
    `The launch configuration "${String(given['name'])}" has ${name}: ${value}; it must be ${what}`,
  );
}
