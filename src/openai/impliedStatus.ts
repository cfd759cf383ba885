/** An error as a body tells it; any of its fields may be missing. */
export interface ToldError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
}

/** What codes, types and messages mean, as HTTP would say it; the first that fits. */
const MEANINGS: readonly (readonly [words: RegExp, status: number])[] = [
  [/rate.?limit|throttl|too.?many.?requests/i, 429],
  [/(?:invalid|incorrect|wrong|missing|expired).{0,9}api.?key|authenticat|unauthori[sz]ed/i, 401],
  [/permission|forbidden|access.?denied/i, 403],
  [/model.{0,40}not.{0,5}(?:found|exist)|not.?found|no such/i, 404],
  [/overload|unavailable|server.?error|internal|timed? ?out|try again/i, 503],
  [/context.?length|invalid|bad.?request|unsupported|not supported|unknown.parameter/i, 400],
];

/**
 * The status that an error would have had, if the server had not sent it with that of a success:
 * errors that are for good must not be taken for such as pass.
 */
export function impliedStatus({ message, code, type }: ToldError): number {
  const number = Number(code);
  if (Number.isInteger(number) && number >= 400 && number < 600) return number;
  for (const words of [`${String(code)} ${String(type)}`, String(message)]) {
    const found = MEANINGS.find(([pattern]) => pattern.test(words));
    if (found) return found[1];
  }
  return 500;
}

/** The error that a body tells in place of an answer; `undefined` if it is none. */
export function errorIn(body: unknown): ToldError | undefined {
  if (typeof body !== 'object' || body === null || 'choices' in body) return undefined;
  const { error, errors, detail, message } = body as Record<string, unknown>;
  const told = error || (Array.isArray(errors) && (errors[0] as unknown)) || undefined;
  if (typeof told === 'object' && told !== null) return told;
  // Some call it `html-message`, or have a prefix of their own.
  const others = Object.entries(body).map(([key, value]) => /message$/i.test(key) && value);
  const text = [told, message, detail, ...others].find(
    (each) => typeof each === 'string' && each !== '',
  );
  return text === undefined ? undefined : { ...body, message: text };
}
