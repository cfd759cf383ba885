import { readTextFile } from './readJsonValue.ts';

/**
 * The answer that a value of `--resume` stands for: that of the JSON text, else the text itself.
 * @param text The value, or `@` and the path of a file with one.
 * @throws {UsageError} if the file cannot be read.
 */
export async function readAnswer(text: string): Promise<unknown> {
  return parseAnswer(text.startsWith('@') ? await readTextFile(text.slice(1), 'answer') : text);
}

/** JSON, or else the text itself, without white space around it. */
export function parseAnswer(text: string): unknown {
  const trimmed = text.trim();
  try {
    return JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}
