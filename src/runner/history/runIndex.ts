import type { KeptRun, RunEnd, RunHead } from './keptRun.ts';

/** The number of the format; what has a higher one was written by a newer version. */
const VERSION = 1;

/** What stands in the small file beside a run's events, so that a list is read quickly. */
export interface IndexEntry {
  readonly head: RunHead;
  /** The process that writes the run. */
  readonly pid: number;
  readonly end?: RunEnd;
}

/** The text of such a file. */
export function indexText(entry: IndexEntry): string {
  return JSON.stringify({ version: VERSION, ...entry });
}

/**
 * Reads such a file.
 * @throws {Error} that says why it cannot be read: damaged, or of a newer version.
 */
export function parseIndex(text: string): IndexEntry {
  const value = JSON.parse(text) as Record<string, unknown>;
  const { version, head, pid, end } = value;
  if (typeof version === 'number' && version > VERSION) {
    throw new Error('it was written by a newer version of Superstep');
  }
  const isWhole =
    version === VERSION &&
    typeof pid === 'number' &&
    hasTexts(head, ['id', 'file', 'exportName', 'graph']) &&
    typeof (head as { startedAt?: unknown }).startedAt === 'number' &&
    (end === undefined ||
      (hasTexts(end, ['status']) && typeof (end as RunEnd).durationMs === 'number'));
  if (!isWhole) throw new Error('it is damaged');
  return value as unknown as IndexEntry;
}

function hasTexts(value: unknown, keys: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'string')
  );
}

/** The run that an entry tells of. */
export function keptRun({ head, end }: IndexEntry): KeptRun {
  return end ? { ...head, end } : head;
}
