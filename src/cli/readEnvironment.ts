import { dirname } from 'node:path';
import { readEnvFiles } from '../runner/envFiles.ts';
import type { Terminal } from './terminal.ts';

/** What the `.env` files beside a graph file and in the current folder say; tells of those it cannot read. */
export async function readEnvironment(
  file: string,
  terminal: Terminal,
): Promise<Readonly<Record<string, string>>> {
  const { env, warnings } = await readEnvFiles([dirname(file), process.cwd()]);
  terminal.note(warnings);
  return env;
}
