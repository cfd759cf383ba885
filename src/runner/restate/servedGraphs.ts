import { basename } from 'node:path';
import type { GraphInput } from '../runner.ts';

/** What a worker tells of a graph beside its name. */
export interface AboutGraph extends GraphInput {
  /** The file that it is of, as {@link stemOf} names it. */
  readonly file: string;
  /** Present if the file exports it without `compile()`. */
  readonly hint?: true;
  /** What the file itself offers as input, as text of a `Serializer`; absent if it offers none. */
  readonly input?: string;
}

/** A file's name without what all graph files end with: `words` of `src/words.graph.ts`. */
export function stemOf(file: string): string {
  return basename(file).replace(/(?:\.graph)?\.[cm]?[jt]sx?$/, '');
}

/** Under which a graph of a file is served. */
export function servedName(file: string, exportName: string): string {
  return `${stemOf(file)}.${exportName}`;
}
