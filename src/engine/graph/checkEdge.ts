import { SuperstepError, didYouMean } from '../model/errors.ts';
import { END, START } from '../model/constants.ts';

/**
 * Whether a barrier can be added: all that it names must be there, since it counts who has arrived.
 * @throws {SuperstepError} INVALID_EDGE, UNKNOWN_NODE
 */
export function checkBarrier(
  sources: readonly string[],
  target: string,
  nodes: ReadonlyMap<string, unknown>,
): void {
  if (target === START) throw edgeToStart(sources.join(', '));
  if (target === END) {
    throw new SuperstepError(
      'INVALID_EDGE',
      `Cannot join ${sources.map((name) => `"${name}"`).join(', ')} in END: a run ends when all ` +
        `branches have ended, so add a separate edge to END for each`,
      { nodes: sources },
    );
  }
  if (sources.length === 0) {
    throw new SuperstepError(
      'INVALID_EDGE',
      `Cannot add an edge to "${target}" from no node: name at least one`,
      { nodes: [target] },
    );
  }
  for (const name of [...sources, target]) {
    if (!nodes.has(name)) {
      throw new SuperstepError(
        name === START || name === END ? 'INVALID_EDGE' : 'UNKNOWN_NODE',
        `Cannot join ${sources.map((each) => `"${each}"`).join(', ')} in "${target}": ` +
          `there is no node "${name}"${didYouMean(name, nodes.keys()) || '; add it before'}`,
        { nodes: [name] },
      );
    }
  }
}

/** What to throw for something that begins at END. */
export function edgeFromEnd(what: string): SuperstepError {
  return new SuperstepError(
    'INVALID_EDGE',
    `Cannot add the ${what}: nothing can follow END; let it begin at a node`,
    { nodes: [END] },
  );
}

/** What to throw for an edge that leads to START. */
export function edgeToStart(source: string): SuperstepError {
  return new SuperstepError(
    'INVALID_EDGE',
    `Cannot add the edge from "${source}" to START: START only begins a run; name the first node instead`,
    { nodes: [source] },
  );
}
