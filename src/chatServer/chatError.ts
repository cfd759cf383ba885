/** An answer that says why there is none, in the shape that clients of OpenAI expect. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  /** HTTP status. */
  readonly status: number;
  /** Machine-readable, such as `rate_limit_exceeded`. */
  readonly code: string;
  /** The field of the request that is wrong. */
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    message: string,
    options: {
      readonly status: number;
      readonly code: string;
      readonly param?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {
    super(message);
    this.status = options.status;
    this.code = options.code;
    this.param = options.param;
    this.headers = options.headers ?? {};
  }

  /** The body of the answer. */
  toBody(): { readonly error: Readonly<Record<string, unknown>> } {
    const { message, code, param = null, status } = this;
    return { error: { message, type: errorTypes[status] ?? errorType(status), code, param } };
  }
}

const errorTypes: { readonly [status: number]: string } = {
  401: 'authentication_error',
  429: 'rate_limit_error',
};

function errorType(status: number): string {
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** A request that cannot be answered as it stands. */
export function badRequest(message: string, param: string, code = 'invalid_value'): ChatError {
  return new ChatError(message, { status: 400, code, param });
}
