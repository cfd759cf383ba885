import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'node_modules';

/** Whether a folder is a repository of Git that does not ignore `node_modules`. */
export async function isSeenByGit(folder: string): Promise<boolean> {
  const isRepository = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (!isRepository) return false;
  const lines = (await ignored(folder)).split(/\r?\n/);
  return !lines.some((line) => /^\/?node_modules\/?\s*$/.test(line));
}

/** Has Git ignore the `node_modules` of a folder. */
export async function ignoreInGit(folder: string): Promise<void> {
  const text = await ignored(folder);
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(join(folder, '.gitignore'), `${gap}${FOLDER}/\n`);
}

async function ignored(folder: string): Promise<string> {
  return readFile(join(folder, '.gitignore'), 'utf8').catch(() => '');
}
