import type { Loader, Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findLostMetadata } from './lostMetadata.ts';

/** Text put in front of a line of a source file. */
export interface Insertion {
  readonly line1: number;
  readonly bytes: number;
  /** The file's text without it. */
  readonly original: string;
}

export interface FileNamesOptions {
  /** Text to take in place of a file's content on disk. */
  readonly contents: (file: string) => string | undefined;
  /** Filled with the files that were changed; called once for each build. */
  readonly insertions: () => Map<string, Insertion>;
  /** Called with the path of each file that becomes part of the bundle. */
  readonly onRead: (path: string) => void;
}

const VARIABLE = '__superstepFile';

/** For esbuild's `define`: what a file asks about itself is looked up in a variable of its own. */
export const FILE_NAME_DEFINES: Readonly<Record<string, string>> = {
  __dirname: `${VARIABLE}.dirname`,
  __filename: `${VARIABLE}.filename`,
  'import.meta.url': `${VARIABLE}.url`,
  'import.meta.dirname': `${VARIABLE}.dirname`,
  'import.meta.filename': `${VARIABLE}.filename`,
  'import.meta.main': 'false',
};

/**
 * Lets `import.meta.url`, `__dirname` and their like mean the source file and not the bundle. The
 * variable is declared on the file's first line, so that all other places stay what they are.
 */
export function fileNames({ contents, insertions, onRead }: FileNamesOptions): Plugin {
  return {
    name: 'file-names',
    setup(build) {
      build.onLoad({ filter: /\.(?:[cm]?[jt]s|[jt]sx)$/, namespace: 'file' }, async ({ path }) => {
        onRead(path);
        const original = contents(path) ?? (await readFile(path, 'utf8'));
        const result = {
          loader: loaderOf(path),
          resolveDir: dirname(path),
          warnings: findLostMetadata(path, original),
        };
        if (!/\b(?:__dirname|__filename|import\s*\.\s*meta)\b/.test(original)) {
          return { ...result, contents: original };
        }
        const hashbang = /^\uFEFF?(?:#!.*\r?\n)?/.exec(original)?.[0] ?? '';
        const inserted = declarationFor(path);
        insertions().set(path, {
          line1: hashbang.includes('\n') ? 2 : 1,
          bytes: Buffer.byteLength(inserted),
          original,
        });
        const rest = original.slice(hashbang.length);
        return { ...result, contents: hashbang + inserted + rest };
      });
    },
  };
}

function declarationFor(filename: string): string {
  const { href: url } = pathToFileURL(filename);
  return `var ${VARIABLE}=${JSON.stringify({ filename, dirname: dirname(filename), url })};`;
}

function loaderOf(path: string): Loader {
  return extname(path).replace(/^\.[cm]?/, '') as Loader;
}
