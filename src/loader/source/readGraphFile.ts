import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LoadError } from '../loadError.ts';
import type { LoaderErrorCode } from '../problem.ts';

/** More is no source text that anybody wrote. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * Reads a graph file's text.
 * @throws {LoadError} FILE_NOT_FOUND or FILE_UNREADABLE, saying why it cannot be one.
 */
export async function readGraphFile(file: string): Promise<string> {
  const name = basename(file);
  if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file)) {
    const message = `"${name}" is not a graph file: it must be TypeScript or JavaScript.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message });
  }
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
      const message = `"${name}" has ${megabytes(size)}; a graph file may have ${megabytes(MAX_BYTES)}. Move data into a file that it imports or reads.`;
      throw loadError(file, { code: 'FILE_UNREADABLE', message });
    }
    const text = await readFile(file, 'utf8');
    if (!text.includes('\0')) return text;
    const message = `"${name}" holds binary data, not a program.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message });
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const { code, message: reason } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const message = `"${file}" does not exist. It may have been moved or deleted.`;
      throw loadError(file, { code: 'FILE_NOT_FOUND', message, cause: error });
    }
    const what = code === 'EISDIR' ? 'it is a folder' : reason;
    const message = `Cannot read "${name}": ${what}.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message, cause: error });
  }
}

function loadError(
  file: string,
  { code, message, cause }: { code: LoaderErrorCode; message: string; cause?: unknown },
): LoadError {
  return new LoadError([{ severity: 'error', code, message, file }], { cause });
}
