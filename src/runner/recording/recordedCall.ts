import type { ErrorCode } from '../../engine/model/errors.ts';

/** Files of another version are not read. */
export const VERSION = 1;

/** A call of a model as it stands in a file: what was asked, by whom, and what came back. */
export interface RecordedCall {
  readonly version: typeof VERSION;
  /** Id of the node in a diagram; empty for calls outside of nodes. */
  readonly node: string;
  /** The task that asked: its path, as events have it, joined by `/`. */
  readonly branch: string;
  /** Which call of its branch it was, from 1, in the order of asking. */
  readonly call: number;
  readonly request: AskedModel;
  readonly answer: RecordedAnswer;
}

/** What a model was asked, without headers, parameters of the address and keys. */
export interface AskedModel {
  readonly url: string;
  readonly body: unknown;
}

/** An answer: JSON, any other text, or the events of a stream. */
export type RecordedAnswer = {
  readonly status: number;
  readonly type: string;
} & (
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly events: readonly RecordedEvent[] }
);

/** An event of a stream; `ms` after the request. */
export interface RecordedEvent {
  readonly ms: number;
  readonly event?: string;
  /** JSON, or else the text. */
  readonly data: unknown;
}

/** Recorded calls cannot be used, or there is none. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code: Extract<ErrorCode, 'MODEL_NOT_RECORDED' | 'RECORDING_UNREADABLE'>;

  constructor(code: RecordingError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads what a file holds.
 * @throws {RecordingError} RECORDING_UNREADABLE
 */
export function parseCall(text: string, file: string): RecordedCall {
  let call: Partial<RecordedCall> | null;
  try {
    // Some editors begin a file that is saved in them with a byte order mark.
    call = JSON.parse(text.replace(/^\uFEFF/, '')) as Partial<RecordedCall> | null;
  } catch (error) {
    throw unreadable(file, `it is not valid JSON: ${(error as Error).message}`);
  }
  const version = call?.version as unknown;
  if (typeof version === 'number' && version > VERSION) {
    const why = `it has version ${version}, and this Superstep reads version ${VERSION}: update Superstep`;
    throw unreadable(file, why);
  }
  const problem = problemOf(call);
  if (problem !== undefined) throw unreadable(file, problem);
  return call as RecordedCall;
}

function problemOf(call: Partial<RecordedCall> | null): string | undefined {
  const { version, node, branch, call: number, request, answer } = call ?? {};
  if (version !== VERSION) return `"version" must be ${VERSION}, got ${JSON.stringify(version)}`;
  if (typeof node !== 'string') return '"node" must be a text';
  if (typeof branch !== 'string') return '"branch" must be a text';
  if (!Number.isInteger(number)) return '"call" must be a whole number';
  if (typeof request?.url !== 'string' || !('body' in request)) {
    return '"request" must have "url" and "body"';
  }
  if (!URL.canParse(request.url)) return '"request.url" must be an address';
  const { status, type, ...rest } = answer ?? {};
  if (!Number.isInteger(status) || status! < 200 || status! > 599) {
    return '"answer.status" must be a status of HTTP from 200 to 599';
  }
  if (typeof type !== 'string') return '"answer.type" must be a text';
  const { text, events } = rest as { text?: unknown; events?: unknown };
  const isAnswer = 'json' in rest || typeof text === 'string' || Array.isArray(events);
  if (!isAnswer) return '"answer" must have "json", "text" or "events"';
  const wrong = Array.isArray(events) ? events.findIndex((each) => !isEvent(each)) : -1;
  return wrong === -1 ? undefined : `"answer.events[${wrong}]" must have "ms" and "data"`;
}

function isEvent(value: unknown): value is RecordedEvent {
  const { ms, data } = (value ?? {}) as Partial<RecordedEvent>;
  return typeof ms === 'number' && ms >= 0 && data !== undefined;
}

function unreadable(file: string, why: string): RecordingError {
  const message = `The recorded call ${file} cannot be read: ${why}. Mend it, or record it again`;
  return new RecordingError('RECORDING_UNREADABLE', message);
}
