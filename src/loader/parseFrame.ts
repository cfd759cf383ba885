import { fileURLToPath } from 'node:url';

/** A place in a source file, 1-based; columns count UTF-16 units. */
export interface SourcePlace {
  /** Absolute path. */
  readonly file: string;
  readonly line1: number;
  readonly column1: number;
}

/**
 * `at name (path)`, `at async path` or `at path`. Names and paths may hold spaces and brackets: the
 * path begins behind the first bracket that a path can follow.
 */
const withPath = /^\s+at (?:.*?\()?(?:async )?((?:file:|\/|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?$/;

/** True for the lines of a stack that tell where code ran. */
export function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

/** The place that a line of a stack tells; `undefined` for other lines, and for code without a file. */
export function parseFrame(line: string): SourcePlace | undefined {
  const [, path, line1, column1] = withPath.exec(line) ?? [];
  const file = path?.startsWith('file:') ? fromUrl(path) : path;
  return file === undefined ? undefined : { file, line1: Number(line1), column1: Number(column1) };
}

function fromUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
