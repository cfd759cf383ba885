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
 * - `INVALID_TASK` what was passed to `task` or `entrypoint` is not a function, or is a generator,
 *   whose results could not be told apart: return a promise, and use `getWriter` to send on the way
 * - `INVALID_POLICY` a retry, timeout or cache policy, or a limit, has a value out of range
 * - `UNKNOWN_OPTION` an option of a graph, node, task or policy does not exist
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
 * - `STATE_READ_ONLY` a node changed its state in place: return an update instead
 * - `REDUCER_FAILED` a reducer threw
 * - `UNKNOWN_DESTINATION` a router, `Command` or `Send` names a node that does not exist
 * - `INVALID_ROUTE` a router returned nothing, or a value that is not in its path map
 * - `PARENT_AT_ROOT` `Command.PARENT` in a graph that has no parent
 * - `NON_ERROR_THROWN` user code threw something that is not an Error
 * - `GRAPH_RECURSION_LIMIT` work was left after the last superstep allowed
 * - `ABORTED` the run's signal was aborted
 * - `RUN_TIMEOUT` the run took longer than `config.timeout`
 * - `NODE_TIMEOUT` an attempt of a node or task took longer than its `timeout` allows: raise it, pass
 *   `config.signal` to what waits, or call `config.heartbeat()` on the way
 * - `SEVERAL_FAILURES` several tasks failed; the error's `errors` holds them all
 * - `OUTSIDE_RUN` a task, or a helper such as `getWriter`, was called where no run is going on: call
 *   it inside of an entrypoint or node, before it returns
 * - `UNCACHEABLE_INPUT` no cache key can be made of the input: give the cache policy a `keyFunc`
 * - `DRAINED` the run stopped between two supersteps, as `RunControl.requestDrain` had asked
 *
 * With threads, checkpoints and interrupts:
 * - `MISSING_CHECKPOINTER` state, history or an interrupt needs `compile({ checkpointer })`
 * - `MISSING_THREAD_ID` a graph with checkpointer was called without `configurable.thread_id`
 * - `UNKNOWN_CHECKPOINT` the thread has no checkpoint of that id, or no such subgraph
 * - `NOTHING_TO_RESUME` an answer came, and no interrupt of the thread waits for one
 * - `AMBIGUOUS_RESUME` one answer for several interrupts, or one for an interrupt that does not wait:
 *   answer by id
 * - `AMBIGUOUS_UPDATE` `updateState` cannot tell as which node it acts: pass `asNode`
 * - `INTERRUPT_OUTSIDE_NODE` `interrupt` was called where no node is running
 * - `NOT_SERIALIZABLE` a value cannot be stored, or not be read: keep plain data, or pass a codec
 * - `INVALID_NAMESPACE` a namespace of a store is empty, or a part of it is, or has a dot
 * - `INVALID_FILTER` a search uses an operator that does not exist
 * - `STORAGE_BUSY` another process kept the database locked for too long
 * - `STORAGE_VERSION` the database was written by a newer version of this library
 *
 * Of models (`superstep/openai`):
 * - `MISSING_API_KEY` no key was found, and nobody answers without one
 * - `MODEL_AUTHENTICATION` the server does not accept the key, or not for this model
 * - `MODEL_QUOTA` the account has no quota or credit left: trying again does not help
 * - `MODEL_NOT_FOUND` the server does not know the model, or has nothing at this address
 * - `MODEL_RATE_LIMIT` too many requests, and the wait it takes is too long or was in vain
 * - `MODEL_REQUEST_REFUSED` the server takes the request for wrong
 * - `MODEL_SERVER_ERROR` the server failed, or is overloaded
 * - `MODEL_UNREACHABLE` no connection, or it broke before the answer was complete
 * - `MODEL_TIMEOUT` the server has been silent for longer than `timeout` allows
 * - `MODEL_INVALID_ANSWER` what came is not an answer of this protocol: a web page, say
 * - `MODEL_REFUSAL` the model refused, or a filter withheld the answer, where a value was asked for
 * - `OUTPUT_PARSING_FAILURE` no answer of the model fits the schema
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
  | 'INVALID_TASK'
  | 'INVALID_POLICY'
  | 'UNKNOWN_OPTION'
  | 'EMPTY_INPUT'
  | 'INVALID_INPUT'
  | 'INVALID_CONFIG'
  | 'VALIDATION_FAILED'
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
  | 'NODE_TIMEOUT'
  | 'SEVERAL_FAILURES'
  | 'OUTSIDE_RUN'
  | 'UNCACHEABLE_INPUT'
  | 'DRAINED'
  | 'MISSING_CHECKPOINTER'
  | 'MISSING_THREAD_ID'
  | 'UNKNOWN_CHECKPOINT'
  | 'NOTHING_TO_RESUME'
  | 'AMBIGUOUS_RESUME'
  | 'AMBIGUOUS_UPDATE'
  | 'INTERRUPT_OUTSIDE_NODE'
  | 'NOT_SERIALIZABLE'
  | 'INVALID_NAMESPACE'
  | 'INVALID_FILTER'
  | 'STORAGE_BUSY'
  | 'STORAGE_VERSION'
  | 'MISSING_API_KEY'
  | 'MODEL_AUTHENTICATION'
  | 'MODEL_QUOTA'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_RATE_LIMIT'
  | 'MODEL_REQUEST_REFUSED'
  | 'MODEL_SERVER_ERROR'
  | 'MODEL_UNREACHABLE'
  | 'MODEL_TIMEOUT'
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
  /** How long the attempt had run, in milliseconds. */
  readonly elapsed: number;

  constructor(at: { node: string; kind: 'run' | 'idle'; timeout: number; elapsed: number }) {
    const what = at.kind === 'run' ? 'did not end' : 'showed no progress';
    super('NODE_TIMEOUT', `Node "${at.node}" ${what} within ${at.timeout} ms`, {
      nodes: [at.node],
      value: at.timeout,
    });
    this.node = at.node;
    this.kind = at.kind;
    this.timeout = at.timeout;
    this.elapsed = at.elapsed;
  }
}

/** The run stopped between two supersteps, as it was asked to; with a checkpointer it can go on. */
export class GraphDrained extends SuperstepError {
  override readonly name = 'GraphDrained';
  readonly reason: string;

  constructor(graph: string, reason: string) {
    super('DRAINED', `Graph "${graph}" stopped before its next superstep: ${reason}`);
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
