import type { Uri } from 'vscode';
import type { GraphTarget } from '../graphs/graphFile.ts';

/** Scheme of the JSON documents in which states of checkpoints are edited; package.json names it too. */
export const STATE_SCHEME = 'superstep-state';

/** The address of a state, which says of what graph it is. */
export function withTarget(uri: Uri, { file, exportName }: GraphTarget): Uri {
  return uri.with({ query: JSON.stringify([file, exportName]) });
}

/** Of what graph a document holds the state. */
export function stateTarget({ scheme, query }: Uri): GraphTarget | undefined {
  if (scheme !== STATE_SCHEME || query === '') return undefined;
  const [file = '', exportName = ''] = JSON.parse(query) as string[];
  return { file, exportName };
}
