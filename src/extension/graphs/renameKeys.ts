import type { Memento } from 'vscode';
import type { Rename } from './rename.ts';

/**
 * Moves what a storage keeps of files that were renamed. The keys are those of `lastGraph:FILE` and
 * `input:FILE#EXPORT`: a kind, a path and perhaps a graph of the file. What was kept at the new path
 * is replaced, as the file there was.
 */
export async function renameKeys(state: Memento, rename: Rename): Promise<void> {
  const moved = state.keys().flatMap((key) => {
    const newKey = renameKey(key, rename);
    return newKey === key ? [] : [{ key, newKey, value: state.get<unknown>(key) }];
  });
  // Files may have changed places: nothing is written before all is read, or removed after.
  await Promise.all([
    ...moved.map(({ key }) => state.update(key, undefined)),
    ...moved.map(({ newKey, value }) => state.update(newKey, value)),
  ]);
}

function renameKey(key: string, rename: Rename): string {
  const start = key.indexOf(':') + 1;
  const kind = key.slice(0, start);
  const path = key.slice(start);
  const whole = rename(path);
  if (whole !== path) return kind + whole;
  // The path may have a # as well; a name has none.
  const end = path.lastIndexOf('#');
  return end < 0 ? key : kind + rename(path.slice(0, end)) + path.slice(end);
}
