import type { LoadError } from '../loader/loadError.ts';

/**
 * 2: the command is wrong, in its options or since what it names is not there: a file, a graph, a thread, a
 * checkpoint, a question. 1: it was carried out, and something failed or was found: the graph, the code of the
 * file, the store, mistakes.
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  waiting: 3,
  /** Of `parity`: the two do not do the same. */
  different: 4,
  cancelled: 130,
  /** Nobody reads on: 128 and the number of SIGPIPE, as that of SIGINT above. */
  brokenPipe: 141,
} as const;

/** Problems of what a command names. */
const MISNAMED: ReadonlySet<string> = new Set([
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'UNKNOWN_GRAPH',
  'AMBIGUOUS_GRAPH',
  'UNKNOWN_CHECKPOINT',
]);

/** The exit code for what cannot be loaded, or read of a thread. */
export function exitCodeOf({ problems }: LoadError): number {
  const isMisnamed = problems.some(({ code }) => MISNAMED.has(code ?? ''));
  return isMisnamed ? exitCodes.wrongUse : exitCodes.failed;
}
