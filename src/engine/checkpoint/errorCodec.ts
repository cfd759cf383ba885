/** What is stored of an error. */
export interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly own: object;
}

const ERRORS: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** An error of what is stored of it. */
export function decodeError(fields: ErrorFields): Error {
  const { name, message, stack, errors, own } = fields;
  const options = 'cause' in fields ? { cause: fields.cause } : undefined;
  const error = errors
    ? new AggregateError(errors, message, options)
    : new (Object.hasOwn(ERRORS, name) ? ERRORS[name]! : Error)(message, options);
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (error.name !== name) Object.defineProperty(error, 'name', { ...hidden, value: name });
  Object.defineProperty(error, 'stack', { ...hidden, value: stack });
  return Object.assign(error, own);
}

/** What to store of an error: what every error has, and its own properties. */
export function encodeError(error: Error): ErrorFields {
  const { name, message, stack, cause } = error;
  const { errors } = error as Partial<AggregateError>;
  const own = { ...error, name: undefined, message: undefined, stack: undefined };
  return {
    name,
    message,
    stack,
    ...('cause' in error && { cause }),
    ...(Array.isArray(errors) && { errors: errors as unknown[] }),
    own: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
  };
}
