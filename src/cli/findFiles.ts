import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A script, as its path was written or below a folder that was. */
export interface FoundFile {
  readonly path: string;
  /** It was asked for by its own path. */
  readonly isNamed: boolean;
}

const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const IS_GLOB = /[*?{[]/;
/** Folders with code of others, or with code that was built. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'build', 'out', 'coverage']);

/**
 * The scripts that paths mean: files, folders with all in them, and globs with `*`, `**`, `?` and
 * `{a,b}`. Each once, in the order of the paths and then by name. Folders of packages and of built
 * code, and hidden ones, are passed over, as are declaration files.
 */
export function findFiles(paths: readonly string[]): FoundFile[] {
  const found = new Map<string, FoundFile>();
  const add = (path: string, isNamed: boolean): void => {
    if (!found.has(path)) found.set(path, { path, isNamed });
  };
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) for (const file of below(path)) add(file, false);
    else if (stats || !IS_GLOB.test(path)) add(path, true);
    else for (const file of matching(path)) add(file, false);
  }
  return [...found.values()];
}

function* below(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name) && !entry.name.startsWith('.')) yield* below(path);
    } else if (entry.isFile() && SCRIPT.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name)) {
      yield path;
    }
  }
}

function* matching(glob: string): Generator<string> {
  const pattern = glob.replace(/^\.[\\/]/, '');
  const parts = pattern.split(/[\\/]/);
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => IS_GLOB.test(part)),
  );
  const folder = pattern.startsWith('/') ? join('/', ...fixed) : join(...fixed, '.');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const expression = toExpression(parts.join('/'));
  for (const path of below(folder)) if (expression.test(path.split(sep).join('/'))) yield path;
}

function toExpression(glob: string): RegExp {
  let depth = 0;
  const source = glob.replace(/\*\*\/|\*\*|[*?{},]|[\\^$.|+()[\]]/g, (sign) => {
    if (sign === '**/') return '(?:.*/)?';
    if (sign === '**') return '.*';
    if (sign === '*') return '[^/]*';
    if (sign === '?') return '[^/]';
    if (sign === '{') {
      depth++;
      return '(?:';
    }
    if (sign === '}' && depth > 0) {
      depth--;
      return ')';
    }
    if (sign === ',' && depth > 0) return '|';
    return `\\${sign}`;
  });
  return new RegExp(`^${source}${')'.repeat(depth)}$`);
}
