import type { Metafile } from 'esbuild';
import { findImport } from './locateImport.ts';
import type { Problem } from '../problem.ts';

/**
 * A problem for each `require` of a local file that has a top-level `await`, or imports one that
 * has. esbuild lets them pass, and what they give would lack its exports.
 * @param options.toPath Gives the path of an input of the metafile.
 */
export function findAsyncRequires(
  { inputs }: Pick<Metafile, 'inputs'>,
  { code, toPath }: { code: string; toPath: (input: string) => string },
): Problem[] {
  // The form in which esbuild wraps such a file.
  const wrappers = code.matchAll(/^ {2}async ("(?:[^"\\]|\\.)*")\(\) \{$/gm);
  const waiting = new Set([...wrappers].map(([, path = '""']) => JSON.parse(path) as string));
  if (waiting.size === 0) return [];
  return Object.entries(inputs).flatMap(([importer, { imports }]) =>
    imports
      .filter(({ kind, path }) => kind === 'require-call' && waiting.has(path))
      .map(({ path, original = path }): Problem => {
        const file = toPath(importer);
        const range = findImport(file, original);
        const message = `"${original}" cannot be required: it, or a file that it imports, has an await at its top level. Use import instead of require.`;
        return { severity: 'error', code: 'BUNDLE_ERROR', message, file, ...(range && { range }) };
      }),
  );
}
