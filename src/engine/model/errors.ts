/**
 * Codes of the errors of this library. Match on `error.code`, never on the message. The page
 * media/errors.md has cause and cure of each, and of the warnings.
 */
export type ErrorCode =
  // Building a graph.
  | 'INVALID_SCHEMA'
  | 'CONFLICTING_KEY'
  | 'DUPLICATE_NODE'
  | 'INVALID_NODE_NAME'
  | 'INVALID_NODE'
  | 'INVALID_EDGE'
  | 'UNKNOWN_NODE'
  | 'NO_ENTRY'
  | 'UNREACHABLE_NODE'
  | 'INVALID_TASK'
  | 'INVALID_POLICY'
  | 'UNKNOWN_OPTION'
  | 'INVALID_OPTION'
  | 'NO_PICTURE'
  // Calling it.
  | 'EMPTY_INPUT'
  | 'INVALID_INPUT'
  | 'INVALID_CONFIG'
  | 'VALIDATION_FAILED'
  // While it runs.
  | 'INVALID_GRAPH_NODE_RETURN_VALUE'
  | 'INVALID_CONCURRENT_GRAPH_UPDATE'
  | 'STATE_READ_ONLY'
  | 'REDUCER_FAILED'
  | 'UNKNOWN_DESTINATION'
  | 'INVALID_ROUTE'
  | 'PARENT_AT_ROOT'
  | 'NON_ERROR_THROWN'
  | 'GRAPH_RECURSION_LIMIT'
  | 'ABORTED'
  | 'RUN_TIMEOUT'
  | 'STEP_TIMEOUT'
  | 'NODE_TIMEOUT'
  | 'SEVERAL_FAILURES'
  | 'OUTSIDE_RUN'
  | 'UNCACHEABLE_INPUT'
  | 'DRAINED'
  | 'MISSING_MODULE'
  | 'WORKER_ENDED'
  | 'NOT_REMOTE'
  | 'OTHER_CODE'
  | 'INVALID_REMOTE_DATA'
  | 'RESTATE_FAILED'
  | 'QUEUE_FAILED'
  // With threads, checkpoints, interrupts and stores.
  | 'MISSING_CHECKPOINTER'
  | 'MISSING_THREAD_ID'
  | 'UNKNOWN_CHECKPOINT'
  | 'THREAD_BUSY'
  | 'NOTHING_TO_RESUME'
  | 'AMBIGUOUS_RESUME'
  | 'STALE_ANSWER'
  | 'QUESTION_CHANGED'
  | 'AMBIGUOUS_UPDATE'
  | 'INTERRUPT_OUTSIDE_NODE'
  | 'NOT_SERIALIZABLE'
  | 'INVALID_NAMESPACE'
  | 'INVALID_FILTER'
  | 'EMBEDDING_FAILED'
  | 'STORAGE_BUSY'
  | 'STORAGE_FAILED'
  | 'STORAGE_VERSION'
  // Of models (`superstep/openai`).
  | 'MISSING_API_KEY'
  | 'MODEL_AUTHENTICATION'
  | 'MODEL_QUOTA'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_RATE_LIMIT'
  | 'MODEL_REQUEST_REFUSED'
  | 'MODEL_SERVER_ERROR'
  | 'MODEL_UNREACHABLE'
  | 'MODEL_TIMEOUT'
  | 'MODEL_NOT_RECORDED'
  | 'RECORDING_UNREADABLE'
  | 'MODEL_INVALID_ANSWER'
  | 'MODEL_REFUSAL'
  | 'OUTPUT_PARSING_FAILURE';

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

/** By name, those of the library's classes of errors that are defined outside of this file. */
const elsewhere = new Map<string, { readonly prototype: Error }>();

/** Lets errors of a class of the library that come from another thread be of that class again. */
export function keepErrorClass(name: string, type: { readonly prototype: Error }): void {
  elsewhere.set(name, type);
}

/** A class of errors that was kept by {@link keepErrorClass}. */
export function keptErrorClass(name: string): { readonly prototype: Error } | undefined {
  return elsewhere.get(name);
}

/** Marks an error as one of the library's, for any copy of it. */
export function marked(error: Error): Error {
  return Object.defineProperty(error, BRAND, { value: true });
}

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
    marked(this);
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

/** A graph was asked for what only one with a checkpointer can do. */
export class GraphValueError extends SuperstepError {
  override readonly name = 'GraphValueError';
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

/** The run took longer than `config.timeout`. */
export class TimeoutError extends SuperstepError {
  override readonly name = 'TimeoutError';
}

/** One attempt of a node or task took longer than its `timeout` policy allows. Can be retried. */
export class NodeTimeoutError extends SuperstepError {
  override readonly name = 'NodeTimeoutError';
  readonly node: string;
  /** `run`: the attempt as a whole; `idle`: it showed no progress. */
  readonly kind: 'run' | 'idle';
  /** What was allowed, in milliseconds. */
  readonly timeout: number;
  /** Of the policy, in milliseconds. */
  readonly runTimeout: number | undefined;
  /** Of the policy, in milliseconds. */
  readonly idleTimeout: number | undefined;
  /** How long the attempt had run, in milliseconds. */
  readonly elapsed: number;

  /** @throws {TypeError} if it is not said what was allowed for an attempt of this kind. */
  constructor(at: {
    node: string;
    kind: 'run' | 'idle';
    elapsed: number;
    runTimeout?: number | undefined;
    idleTimeout?: number | undefined;
  }) {
    const timeout = at.kind === 'run' ? at.runTimeout : at.idleTimeout;
    if (timeout === undefined) throw new TypeError(`${at.kind}Timeout is required`);
    const what = at.kind === 'run' ? 'did not end' : 'showed no progress';
    const cure =
      at.kind === 'run'
        ? 'pass config.signal to what it waits for'
        : 'call config.heartbeat() on the way';
    super(
      'NODE_TIMEOUT',
      `Node "${at.node}" ${what} within ${timeout} ms; allow it more time, or ${cure}`,
      { nodes: [at.node], value: timeout },
    );
    this.node = at.node;
    this.kind = at.kind;
    this.timeout = timeout;
    this.runTimeout = at.runTimeout;
    this.idleTimeout = at.idleTimeout;
    this.elapsed = at.elapsed;
  }
}

/** The run stopped between two supersteps, as it was asked to; with a checkpointer it can go on. */
export class GraphDrained extends SuperstepError {
  override readonly name = 'GraphDrained';
  readonly reason: string;

  constructor(graph: string, reason: string) {
    super(
      'DRAINED',
      `Graph drained: ${reason}. "${graph}" stopped before its next superstep; with a checkpointer, invoke(null) goes on`,
    );
    this.reason = reason;
  }
}

/** Several tasks failed; `errors` holds the error of each, in task order. */
export class SeveralFailuresError extends AggregateError {
  override readonly name = 'SeveralFailuresError';
  readonly code: ErrorCode = 'SEVERAL_FAILURES';
  readonly details: ErrorDetails;

  constructor(errors: readonly Error[], details: ErrorDetails = {}) {
    const some = errors.slice(0, 5).map((error) => error.message);
    const more = errors.length > some.length ? `; and ${errors.length - some.length} more` : '';
    super(errors, `${errors.length} tasks failed: ${some.join('; ')}${more}`);
    this.details = details;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The same as `code`, under the name that LangGraph gives it. */
  get lc_error_code(): string {
    return this.code;
  }
}

/**
 * A node changed its state in place, instead of returning an update. State is shared with other nodes
 * and with checkpoints, and so read-only; `cause` is what the language said of it.
 */
export class ReadOnlyStateError extends TypeError {
  override readonly name = 'ReadOnlyStateError';
  readonly code: ErrorCode = 'STATE_READ_ONLY';
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The same as `code`, under the name that LangGraph gives it. */
  get lc_error_code(): string {
    return this.code;
  }
}

/** True for an error of this library, whichever copy of it raised it. */
export function isSuperstepError(error: unknown): error is SuperstepError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** True for the error of an attempt that took too long, whichever copy of the library raised it. */
export function isNodeTimeoutError(error: unknown): error is NodeTimeoutError {
  return isSuperstepError(error) && error.code === 'NODE_TIMEOUT';
}

/** True for the error of a run that stopped as it was asked to, whichever copy of the library raised it. */
export function isGraphDrained(error: unknown): error is GraphDrained {
  return isSuperstepError(error) && error.code === 'DRAINED';
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
  let bestDistance = Infinity;
  const written = name.toLowerCase();
  for (const candidate of known) {
    const limit = Math.min(bestDistance, mistakesIn(name, candidate) + 1);
    const distance = editDistance(written, candidate.toLowerCase(), limit);
    if (distance < limit) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `; did you mean "${best}"?`;
}

/** How many letters may be wrong. Of names with one or two, all that is left would be another name. */
function mistakesIn(...names: readonly [string, string]): number {
  const length = Math.max(names[0].length, names[1].length);
  if (length <= 2) return 0;
  return length <= 4 ? 1 : Math.max(2, Math.floor(length / 3));
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
