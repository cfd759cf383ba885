import type { Message } from 'esbuild';
import { basename, isAbsolute, resolve } from 'node:path';
import type { LoaderErrorCode, Problem } from '../problem.ts';
import type { SourceRange } from '../source/staticGraph.ts';
import { aliasOf, type Alias } from './tsconfig.ts';

export interface BundleProblemsOptions {
  readonly severity: Problem['severity'];
  /** Folder to which esbuild's paths are relative. */
  readonly folder: string;
  /** Gives the path that the user knows for a real one. */
  readonly toUserPath: (path: string) => string;
  /** Bytes that were put in front of a line of a file: they do not count. */
  readonly insertions: ReadonlyMap<string, { readonly line1: number; readonly bytes: number }>;
}

/** One problem for each of esbuild's messages, at its place in the source. */
export function toBundleProblems(
  messages: readonly Message[],
  options: BundleProblemsOptions,
): Problem[] {
  return messages.map((message) => {
    const { location } = message;
    const file = location?.file ? resolve(options.folder, location.file) : undefined;
    const problem = { severity: options.severity, ...describe(message, file) };
    if (!location || file === undefined) return problem;
    const inserted = options.insertions.get(file);
    const shift = inserted?.line1 === location.line ? inserted.bytes : 0;
    return { ...problem, file: options.toUserPath(file), range: toRange(location, shift) };
  });
}

function toRange(
  { line, column, length, lineText }: NonNullable<Message['location']>,
  shift: number,
): SourceRange {
  const bytes = Buffer.from(lineText);
  // esbuild counts bytes, editors UTF-16 units.
  const columnAt = (byte: number) => bytes.subarray(shift, Math.max(shift, byte)).toString().length;
  const column1 = columnAt(column) + 1;
  const endColumn1 = Math.max(columnAt(column + length) + 1, column1);
  return { line1: line, column1, endLine1: line, endColumn1 };
}

function describe(
  { text, notes }: Message,
  file: string | undefined,
): { code: LoaderErrorCode; message: string } {
  if (text.startsWith('Superstep stands for LangGraph.js')) {
    return { code: 'NOT_IN_SUPERSTEP', message: text };
  }
  const specifier = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  // Notes about esbuild's own options are of no use here.
  const hints = notes.filter((note) => note.location ?? !/\b(?:external|bundle)\b/.test(note.text));
  const details = hints.map(({ text: hint, location }) =>
    location ? `${hint} (${location.file}:${location.line})` : hint,
  );
  if (specifier === undefined) {
    return { code: 'BUNDLE_ERROR', message: [text, ...details].join('\n') };
  }
  const alias = file === undefined ? undefined : aliasOf(specifier, file);
  if (alias) return { code: 'IMPORT_NOT_FOUND', message: explainAlias(specifier, alias) };
  const isPackage = !/^(?:[./#\\]|file:)/.test(specifier) && !isAbsolute(specifier);
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  if (details.length === 0) {
    details.push(
      isPackage ? `Install it with: npm install ${name}` : 'There is no such file or folder.',
    );
  }
  const what = isPackage ? `Cannot find package "${name}"` : `Cannot find "${specifier}"`;
  const full =
    isPackage && name !== specifier ? `${what}, imported as "${specifier}".` : `${what}.`;
  return { code: 'IMPORT_NOT_FOUND', message: [full, ...details].join(' ') };
}

/** Not a package: nothing is to be installed. */
function explainAlias(specifier: string, { pattern, targets, config, applies }: Alias): string {
  const what = `Cannot find "${specifier}": "${pattern}" in "paths" of ${basename(config)}`;
  if (!applies)
    return `${what} is an alias, but that config does not include this file. Add the file to its "include".`;
  const where = targets.map((target) => `"${target}"`).join(', ');
  return `${what} leads to ${where}, and there is no such file.`;
}
