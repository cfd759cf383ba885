import { existsSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * Node and esbuild follow symbolic links, editors do not: to them a file is what the user opened.
 * @param file A path as the user knows it.
 * @param real The same file with all links followed.
 * @returns A function from real paths to those that the user sees, for files in the same tree.
 */
export function createUserPaths(file: string, real: string): (path: string) => string {
  if (file === real) return (path) => path;
  const [user, target] = [file.split(sep), real.split(sep)];
  while (user.length > 1 && target.length > 1 && user.at(-1) === target.at(-1)) {
    user.pop();
    target.pop();
  }
  const [userRoot, realRoot] = [user.join(sep), target.join(sep)];
  return (path) => {
    if (path === real) return file;
    if (!path.startsWith(realRoot + sep)) return path;
    const candidate = userRoot + path.slice(realRoot.length);
    return existsSync(candidate) ? candidate : path;
  };
}
