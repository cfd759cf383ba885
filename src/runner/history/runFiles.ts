import { join } from 'node:path';
import type * as fs from 'node:fs/promises';

/** The part of the file system that keeps runs; tests bring another. */
export type RunFiles = Pick<
  typeof fs,
  'mkdir' | 'open' | 'readFile' | 'readdir' | 'rename' | 'rm' | 'stat' | 'writeFile'
>;

/** Where a kept run has its events. */
export function eventsPath(folder: string, id: string): string {
  return join(folder, `${id}.events`);
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
