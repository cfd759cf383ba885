/**
 * Codes of the errors of this library. Match on `error.code`, never on the message.
 *
 * Building a graph:
 * - `INVALID_SCHEMA` the state is missing or not one of the supported forms
 * - `CONFLICTING_KEY` two schemas give one key different reducers
 * - `DUPLICATE_NODE` a node of that name exists
 * - `INVALID_NODE_NAME` the name is reserved, empty, or holds `|` or `:`
 * - `INVALID_NODE` what was passed as node is neither a function nor a compiled graph
 * - `INVALID_EDGE` an edge from END, to START, or a barrier that ends in END
 * - `UNKNOWN_NODE` an edge, router or option names a node that does not exist
 * - `NO_ENTRY` nothing leads from START into the graph
 * - `UNREACHABLE_NODE` no path from START leads to the node
 *
 * Calling it:
 * - `EMPTY_INPUT` there is neither input nor anything to resume
 * - `INVALID_INPUT` the input is not an object
 * - `INVALID_CONFIG` a config value is out of range
 * - `VALIDATION_FAILED` a value does not fit its schema
 *
 * While it runs:
 * - `INVALID_GRAPH_NODE_RETURN_VALUE` a node returned something that is not an update
 * - `INVALID_CONCURRENT_GRAPH_UPDATE` several tasks of one superstep wrote a key without reducer
 * - `REDUCER_FAILED` a reducer threw
 * - `UNKNOWN_DESTINATION` a router, `Command` or `Send` names a node that does not exist
 * - `INVALID_ROUTE` a router returned nothing, or a value that is not in its path map
 * - `PARENT_AT_ROOT` `Command.PARENT` in a graph that has no parent
 * - `NON_ERROR_THROWN` user code threw something that is not an Error
 * - `GRAPH_RECURSION_LIMIT` work was left after the last superstep allowed
 * - `ABORTED` the run's signal was aborted
 */
export type ErrorCode =
  | 'INVALID_SCHEMA'
  | 'CONFLICTING_KEY'
  | 'DUPLICATE_NODE'
  | 'INVALID_NODE_NAME'
  | 'INVALID_NODE'
  | 'INVALID_EDGE'
  | 'UNKNOWN_NODE'
  | 'NO_ENTRY'
  | 'UNREACHABLE_NODE'
  | 'EMPTY_INPUT'
  | 'INVALID_INPUT'
  | 'INVALID_CONFIG'
  | 'VALIDATION_FAILED'
  | 'INVALID_GRAPH_NODE_RETURN_VALUE'
  | 'INVALID_CONCURRENT_GRAPH_UPDATE'
  | 'REDUCER_FAILED'
  | 'UNKNOWN_DESTINATION'
  | 'INVALID_ROUTE'
  | 'PARENT_AT_ROOT'
  | 'NON_ERROR_THROWN'
  | 'GRAPH_RECURSION_LIMIT'
  | 'ABORTED';

/** What an error is about, as far as it is known. */
export interface ErrorDetails {
  /** The nodes concerned; the first is the one to look at. */
  readonly nodes?: readonly string[];
  /** The state key. */
  readonly key?: string;
  /** The value seen. */
  readonly value?: unknown;
}

const BRAND = Symbol.for('superstep.error');

/**
 * Every error that the library itself raises; errors of your own nodes reach you unchanged.
 *
 * @example
 * ```ts
 * import { SuperstepError, isSuperstepError } from 'superstep';
 * const error = new SuperstepError('INVALID_INPUT', 'Cannot run on 7');
 * console.log(isSuperstepError(error) && error.code); // INVALID_INPUT
 * ```
 */
export class SuperstepError extends Error {
  override readonly name: string = 'SuperstepError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The same as `code`, under the name that LangGraph gives it. */
  get lc_error_code(): string {
    return this.code;
  }
}

/** Work was left when the run had used all the supersteps that `recursionLimit` allows. */
export class GraphRecursionError extends SuperstepError {
  override readonly name = 'GraphRecursionError';
}

/** An update that cannot be applied to the state. */
export class InvalidUpdateError extends SuperstepError {
  override readonly name = 'InvalidUpdateError';
}

/** `invoke(null)` or `invoke(undefined)` with nothing to resume. */
export class EmptyInputError extends SuperstepError {
  override readonly name = 'EmptyInputError';
}

/** A node that no path from START leads to. */
export class UnreachableNodeError extends SuperstepError {
  override readonly name = 'UnreachableNodeError';
}

/** A `StateGraph` made without a usable state. */
export class StateGraphInputError extends SuperstepError {
  override readonly name = 'StateGraphInputError';
}

/** The run's signal was aborted; `cause` is the signal's reason. */
export class AbortError extends SuperstepError {
  override readonly name = 'AbortError';
}

/** True for an error of this library, whichever copy of it raised it. */
export function isSuperstepError(error: unknown): error is SuperstepError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** Shows a value in an error message: short, one line, never throwing. */
export function show(value: unknown): string {
  let text: string;
  try {
    if (typeof value === 'string') text = JSON.stringify(value);
    else if (typeof value === 'function') text = `function ${value.name || '(anonymous)'}`;
    else if (typeof value === 'bigint') text = `${value}n`;
    else if (typeof value === 'object' && value !== null) {
      const prototype: unknown = Object.getPrototypeOf(value);
      const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
      text = plain ? JSON.stringify(value) : `${value.constructor?.name ?? 'object'} object`;
    } else text = String(value);
  } catch {
    text = typeof value;
  }
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** The closest of the known names, as a hint behind an unknown one; empty if none is close. */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `; did you mean "${best}"?`;
}

/** Levenshtein distance, given up (as `limit`) once it cannot be below `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 200 || b.length > 200) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
