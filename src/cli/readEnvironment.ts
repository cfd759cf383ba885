import { dirname } from 'node:path';
import { readEnvFiles } from '../runner/envFiles.ts';
import { projectOf } from '../loader/langGraphJson.ts';
import type { Terminal } from './terminal.ts';

/**
 * What the project of a graph file, and the `.env` files beside it and in the current folder, say; tells
 * of those it cannot read.
 */
export async function readEnvironment(
  file: string,
  terminal: Terminal,
): Promise<Readonly<Record<string, string>>> {
  const folders = [dirname(file), process.cwd()];
  const { env, warnings } = await readEnvFiles(folders, process.env, await projectOf(file));
  terminal.note(warnings);
  return env;
}
