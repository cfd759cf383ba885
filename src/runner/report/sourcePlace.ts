import { fileURLToPath } from 'node:url';
import type { ErrorInfo } from '../../engine/model/events.ts';

/** A place of a source file as a stack tells it; lines and columns 1-based. */
export interface SourcePlace {
  readonly file: string;
  readonly line1: number;
  readonly column1: number;
}

/** The path begins behind the first bracket that a path can follow, for paths may hold brackets. */
const frame = /^\s+at (?:.*? \()?(?:async )?((?:file:|\/|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?$/;

/**
 * Where an error happened: the innermost frame of its (source-mapped) stack that is neither Node's
 * own nor a package's.
 */
export function sourcePlace(error: ErrorInfo): SourcePlace | undefined {
  for (const line of error.stack?.split('\n') ?? []) {
    const match = frame.exec(line);
    if (!match || /[\\/]node_modules[\\/]/.test(match[1]!)) continue;
    const file = toPath(match[1]!);
    if (file) return { file, line1: Number(match[2]), column1: Number(match[3]) };
  }
  return undefined;
}

function toPath(location: string): string | undefined {
  if (!location.startsWith('file:'))
    return /^(?:\/|[A-Za-z]:[\\/])/.test(location) ? location : undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined;
  }
}
