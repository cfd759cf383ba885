import { statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';

/** A script, as its path was written or below a folder that was. */
export interface FoundFile {
  readonly path: string;
  /** It was asked for by its own path. */
  readonly isNamed: boolean;
}

const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;
/** Folders with code of others, or with code that was built, and what only declares. */
const PASSED_OVER = [
  ...['node_modules', 'dist', 'build', 'out', 'coverage'].map((name) => `**/${name}/**`),
  '**/*.d.{ts,mts,cts}',
];

/**
 * The scripts that paths mean: files, folders with all in them, and globs; a path that begins with `!`
 * takes out what the rest of it means. Each once, in the order of the paths and then by name. Folders
 * of packages and of built code, and hidden ones, are passed over, as are declaration files.
 */
export function findFiles(paths: readonly string[]): FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const path of paths.filter((path) => !isExclusion(path))) {
    for (const file of meaning(path)) {
      const key = normalize(file.path);
      if (!found.has(key)) found.set(key, file);
    }
  }
  for (const path of paths.filter(isExclusion)) {
    for (const file of meaning(path.slice(1))) found.delete(normalize(file.path));
  }
  return [...found.values()];
}

function isExclusion(path: string): boolean {
  return path.startsWith('!') && statOf(path) === undefined;
}

function meaning(path: string): FoundFile[] {
  const stats = statOf(path);
  if (stats?.isDirectory()) return scripts('**', path);
  // What is there is no glob: folders of web applications are called `[id]`.
  if (stats || !isDynamicPattern(path)) return [{ path, isNamed: true }];
  const parts = path.split(process.platform === 'win32' ? /[\\/]/ : '/');
  const fixed = parts.findIndex((part) => isDynamicPattern(part));
  const folder = parts.slice(0, fixed).join('/');
  return scripts(parts.slice(fixed).join('/'), folder === '' && isAbsolute(path) ? '/' : folder);
}

/** @param folder '' is the current one. */
function scripts(glob: string, folder: string): FoundFile[] {
  const cwd = folder === '' ? '.' : folder;
  const files = globSync(glob, {
    cwd,
    ignore: PASSED_OVER,
    expandDirectories: false,
    followSymbolicLinks: false,
  });
  const own = files.filter((file) => SCRIPT.test(file)).sort();
  return own.map((file) => ({ path: join(folder, file), isNamed: false }));
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
