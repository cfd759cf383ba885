import { SuperstepError, keepErrorClass, type ErrorCode } from '../engine/model/errors.ts';

/** What is known of a request that failed. */
export interface ModelErrorFields {
  /** The model that was asked for. */
  readonly model: string;
  /** Who was asked: host and port of the server. */
  readonly host: string;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** What the server says, on one line, cut if it is long, and without keys. */
  readonly said?: string | undefined;
  /** The server's own code for the error, as text. */
  readonly serverCode?: string | undefined;
  /** The wait that the server asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A request to a model that came to nothing. `code` says why; the message names the model, the
 * server, what was seen and what to do, and never holds a key.
 *
 * @example
 * ```ts
 * import { ChatOpenAI, ModelError } from 'superstep/openai';
 * const busy = async () => new Response('{"error":{"message":"Busy"}}', { status: 503 });
 * const model = new ChatOpenAI({ model: 'gpt-5-mini', maxRetries: 0, configuration: { fetch: busy } });
 * const error = await model.invoke('Hi').catch((thrown) => thrown);
 * console.log(error instanceof ModelError && error.code); // MODEL_SERVER_ERROR
 * ```
 */
export class ModelError extends SuperstepError {
  override readonly name: string = 'ModelError';
  readonly model: string;
  readonly host: string;
  /** HTTP status of the answer; absent if there was none. */
  readonly status?: number;
  /** What the server says, on one line, cut if it is long, and without keys; absent if it says nothing. */
  readonly said?: string;
  /** The server's own code for the error, such as `invalid_api_key` or `1004`; absent if it has none. */
  readonly serverCode?: string;
  /** The wait that the server asks for, where policies of nodes look for it. */
  readonly headers?: { readonly 'retry-after-ms': string };

  constructor(code: ErrorCode, message: string, fields: ModelErrorFields, options?: ErrorOptions) {
    super(code, message, {}, options);
    this.model = fields.model;
    this.host = fields.host;
    if (fields.status !== undefined) this.status = fields.status;
    if (fields.said !== undefined) this.said = fields.said;
    if (fields.serverCode !== undefined) this.serverCode = fields.serverCode;
    if (fields.retryAfterMs !== undefined) {
      this.headers = { 'retry-after-ms': String(fields.retryAfterMs) };
    }
  }
}

keepErrorClass('ModelError', ModelError);
