import type { ErrorCode } from '../engine/model/errors.ts';

/** What the graph says of a call that asks for what is not there: nothing has run then. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'UNKNOWN_CHECKPOINT',
  'NOTHING_TO_RESUME',
  'AMBIGUOUS_RESUME',
  'STALE_ANSWER',
  'AMBIGUOUS_UPDATE',
  'UNKNOWN_NODE',
  'EMPTY_INPUT',
] satisfies ErrorCode[]);
