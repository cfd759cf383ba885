import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './usageError.ts';

/**
 * The value that an option, `--input` for example, stands for.
 * @param given JSON text, `@` and the path of a file, or `-` for `stdin`.
 * @throws {UsageError} if the file cannot be read or the text is not JSON.
 */
export async function readJsonValue(
  given: string,
  option: string,
  stdin: NodeJS.ReadableStream,
): Promise<unknown> {
  const [json, source] = await readJson(given, option, stdin);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`Cannot read ${source} as JSON: ${(error as Error).message}`);
  }
}

async function readJson(
  given: string,
  option: string,
  stdin: NodeJS.ReadableStream,
): Promise<[string, string]> {
  if (given === '-') return [await text(stdin), 'standard input'];
  if (!given.startsWith('@')) return [given, `the value of --${option}`];
  const file = given.slice(1);
  return [await readTextFile(file, option), `"${file}"`];
}

/**
 * The text of a file, without a byte order mark.
 * @param what What is expected in it, for the error.
 * @throws {UsageError} if it cannot be read.
 */
export async function readTextFile(file: string, what: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new UsageError(`Cannot read the ${what} file "${file}": ${why}`);
  }
}
