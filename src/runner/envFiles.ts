import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Project } from '../loader/langGraphJson.ts';

/** What `.env` files say. */
export interface EnvFiles {
  /** Variables for {@link RunOptions.env}: those that the environment does not have itself. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute paths of the files that were read, the one that counts most first. */
  readonly files: readonly string[];
  /** Sentences about files that could not be read, and about what is in them and does not count. */
  readonly warnings: readonly string[];
}

/** No `.env` file that a person wrote is larger. */
const maxBytes = 1_000_000;

/**
 * Reads the `.env` files of some folders. What the environment has already is not changed by any
 * file, unless it is empty; among files the nearest wins.
 *
 * No file can lead a key elsewhere than where it belongs: `X_BASE_URL` of a file counts only if
 * `X_API_KEY` and `X_CUSTOM_HEADERS` are not from another file or from the environment. What the
 * environment names counts for the keys of files too: whoever sets it has the last word.
 * @param folders Nearest first, such as the graph file's own and the workspace's root; a folder may
 * come twice.
 * @param environment What the variables are for. Default: that of this process.
 * @param project The `langgraph.json` that names the graph file: what it says counts before all folders.
 */
export async function readEnvFiles(
  folders: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
  project?: Pick<Project, 'file' | 'env'>,
): Promise<EnvFiles> {
  const found = new Map<string, string>();
  /** The file of each that is not empty. */
  const sources = new Map<string, string>();
  const files: string[] = [];
  const warnings: string[] = [];
  const named = typeof project?.env === 'string' ? [project.env] : [];
  const written = typeof project?.env === 'object' ? project.env : undefined;
  const paths = new Set([...named, ...folders.map((folder) => resolve(folder, '.env'))]);
  for (const file of [...(written ? [project!.file] : []), ...paths]) {
    try {
      const isWritten = written !== undefined && file === project!.file;
      const variables = isWritten
        ? Object.entries(written)
        : parseEnv(decode(await readFile(file)));
      files.push(file);
      for (const [name, value] of variables) {
        // Set and empty is how a variable is switched off, or forgotten: it is no value.
        if (found.has(name) || environment[name]) continue;
        found.set(name, value);
        if (value !== '') sources.set(name, file);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // A folder of that name mostly is an environment of Python.
      const isNone = code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
      if (isNone && !named.includes(file)) continue;
      warnings.push(`Cannot read ${file}, its variables are not set: ${message}`);
    }
  }
  for (const [url, file] of sources) {
    const provider = /^(\w+)_BASE_URL$/.exec(url)?.[1];
    const sourceOf = (name: string) => (environment[name] ? 'the environment' : sources.get(name));
    const strange = secretKinds
      .map((kind) => `${provider}_${kind}`)
      .find((name) => (sourceOf(name) ?? file) !== file);
    if (provider === undefined || strange === undefined) continue;
    found.delete(url);
    warnings.push(
      `${url} of ${file} is not used: ${strange}, which would be sent there, is from ${sourceOf(strange)}. Put both in one place`,
    );
  }
  return { env: Object.fromEntries(found), files, warnings };
}

/** What is sent to `X_BASE_URL`, under the names `X_…`. */
const secretKinds = ['API_KEY', 'CUSTOM_HEADERS'];

/** UTF-8, or UTF-16 with its mark, in which PowerShell writes what `>` leads into a file. */
function decode(bytes: Buffer): string {
  if (bytes.length > maxBytes) throw new Error(`it has more than ${maxBytes / 1e6} MB`);
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
}

/**
 * Reads `NAME=value` lines, later ones before earlier ones. Values may be in quotes (`"`, `'` or
 * `` ` ``) and then go over several lines and hold `#`; `\n`, `\r`, `\t`, `\"` and `\\` stand for
 * themselves in `"` only. What follows `#` elsewhere is a comment. `export` may stand before a name.
 * Other lines are ignored; nothing is expanded or executed.
 *
 * Written here since what Node's own parser takes differs from version to version, and `dotenv` leaves the
 * backslashes of `\"` and `\\` in a value: not every value could be written.
 */
export function parseEnv(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const assignment = /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*/gm;
  for (let match; (match = assignment.exec(lines));) {
    const { value, end } = readValue(lines, assignment.lastIndex);
    found.set(match[1]!, value);
    assignment.lastIndex = end;
  }
  return found;
}

const quoted = /"((?:\\[^]|[^"\\])*)"|'([^']*)'|`([^`]*)`/y;

function readValue(lines: string, start: number): { value: string; end: number } {
  const lineEnd = (from: number) => (lines.indexOf('\n', from) + 1 || lines.length + 1) - 1;
  quoted.lastIndex = start;
  const match = quoted.exec(lines);
  if (!match) {
    const end = lineEnd(start);
    return { value: lines.slice(start, end).replace(/#.*/, '').trim(), end };
  }
  const [, escaped, ...literal] = match;
  const value = escaped?.replace(/\\([nrt"\\])/g, (_, what: string) => escapes[what]!);
  return {
    value: value ?? literal.find((text) => text !== undefined)!,
    end: lineEnd(quoted.lastIndex),
  };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
};
