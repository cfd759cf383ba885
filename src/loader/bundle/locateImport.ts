import { readFileSync } from 'node:fs';
import type { Bundle } from './bundle.ts';
import type { Problem } from '../problem.ts';

/**
 * The import to blame for an error without a frame in the user's code: one of a name that a
 * package does not export, or of a package that fails when it is loaded.
 * @returns What to add to a problem; nothing if no import is to blame.
 */
export function locateImport(error: unknown, bundle: Bundle): Pick<Problem, 'file' | 'range'> {
  if (!(error instanceof Error)) return {};
  const text = `${error.message}\n${error.stack ?? ''}`;
  return locatePackage(/requested module '([^']+)'/.exec(text)?.[1] ?? packageIn(text), bundle);
}

/** The name of the first package whose files are mentioned in a text. */
export function packageIn(text: string): string | undefined {
  const path = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/:'"\s]+)/.exec(text);
  return path?.[1]?.replace('\\', '/');
}

/** Where the user's files import a package, or something of it. */
export function locatePackage(
  wanted: string | undefined,
  { inputs, imports }: Bundle,
): Pick<Problem, 'file' | 'range'> {
  const specifiers = Object.keys(imports).filter(
    (name) => wanted !== undefined && (name === wanted || name.startsWith(`${wanted}/`)),
  );
  for (const file of inputs) {
    for (const specifier of specifiers) {
      const range = findImport(file, specifier);
      if (range) return { file, range };
    }
  }
  return {};
}

/** Where a file imports something, by whatever kind of import. */
export function findImport(file: string, specifier: string): Problem['range'] {
  const quoted = `(['"])${specifier.replace(/[^\w]/g, '\\$&')}\\1`;
  const statement = new RegExp(
    `(?:\\bfrom\\s*|\\bimport\\s*\\(?\\s*|\\brequire\\s*\\(\\s*)(?=${quoted})`,
  );
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    // Deleted since it was bundled.
    return undefined;
  }
  const match = statement.exec(source);
  if (!match) return undefined;
  const before = source.slice(0, match.index + match[0].length).split('\n');
  const column1 = (before.at(-1)?.length ?? 0) + 1;
  const line1 = before.length;
  return { line1, column1, endLine1: line1, endColumn1: column1 + specifier.length + 2 };
}
