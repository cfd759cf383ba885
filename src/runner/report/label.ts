import { oneLine } from './textWidth.ts';

/** A task's branch through the subgraphs on one line: `research › search[2]`. */
export function label(path: readonly string[]): string {
  return path.map(oneLine).join(' › ');
}
