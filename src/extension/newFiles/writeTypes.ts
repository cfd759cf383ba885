import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What our own packages of types say of themselves in their description. */
interface Manifest {
  readonly typesOnly?: boolean;
}

/**
 * Puts the types of the packages that ship with us into a folder's `node_modules`, for programs that
 * know nothing of the editor's plugin. What is installed there is left alone; what was put there
 * before is renewed. An installation with npm takes their place.
 * @param types Folder of the types, laid out as in `node_modules`.
 * @returns Names of the packages that were written.
 */
export async function writeTypes(types: string, folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const name of ['superstep', 'zod']) {
    const target = join(folder, 'node_modules', name);
    const there = await readManifest(target);
    if (there && there.typesOnly !== true) continue;
    await rm(target, { recursive: true, force: true });
    await copy(join(types, name), target);
    written.push(name);
    if (name !== 'superstep') continue;
    // Inside, where they are in nobody's way: the workspace's own come first.
    for (const needed of ['@types/node', 'undici-types']) {
      await copy(join(types, needed), join(target, 'node_modules', needed));
    }
  }
  return written;
}

async function copy(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true });
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    // What cannot be read is not ours; where a file takes the place of the folder, nothing is there.
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : {};
  }
}
