import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImportsOf } from './importedValues.ts';
import { parseSource } from './parseSource.ts';
import { SourceReader } from './sourceReader.ts';
import type { StaticValue } from './staticValue.ts';

/** Constants are not passed on more often than this, or nobody follows them. */
const MAX_DEPTH = 3;

/** Nobody writes constants into a larger file. */
const MAX_BYTES = 256 * 1024;

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];

/** Gives the exports of files beside the one that is read; each is read once, when it is asked for. */
export function importsBeside(fileName: string, depth = 0): ImportsOf {
  const known = new Map<string, ReturnType<ImportsOf>>();
  return (specifier) => {
    if (!known.has(specifier)) {
      known.set(specifier, undefined);
      if (depth < MAX_DEPTH) known.set(specifier, exportsOf(fileName, specifier, depth));
    }
    return known.get(specifier);
  };
}

function exportsOf(fileName: string, specifier: string, depth: number): ReturnType<ImportsOf> {
  const file = specifier.startsWith('.') ? findFile(join(dirname(fileName), specifier)) : undefined;
  if (file === undefined) return undefined;
  try {
    const reader = new SourceReader(importsBeside(file, depth + 1));
    reader.readModule(parseSource(readFileSync(file, 'utf8'), file).statements);
    return new Map(
      reader.exports.flatMap(({ name, value }): [string, StaticValue][] =>
        value ? [[name, value]] : [],
      ),
    );
  } catch {
    // Gone meanwhile, or nested too deep: then nothing is known of it.
    return undefined;
  }
}

/** The file that an import means; what is written as `.js` may be TypeScript. */
function findFile(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [bare, ...ENDINGS.map((ending) => path + ending)].find((candidate) => {
    const found = statSync(candidate, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size <= MAX_BYTES;
  });
}
