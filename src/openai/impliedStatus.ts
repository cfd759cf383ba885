/** An error as a body tells it; any of its fields may be missing. */
export interface ToldError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
}

/** What codes, types and messages mean, as HTTP would say it; the first that fits. */
const MEANINGS: readonly (readonly [words: RegExp, status: number])[] = [
  [/rate.?limit|throttl|too.?many.?requests/i, 429],
  [/(?:quota|balance|credits?).{0,20}(?:used.?up|exhaust|insufficient|exceed|empty)/i, 402],
  [/insufficient.{0,9}(?:quota|balance|credits?)/i, 402],
  [
    /(?:invalid|incorrect|wrong|missing|expired).{0,9}api.?key|authenticat|unauthori[sz]ed|log.?in.?fail/i,
    401,
  ],
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
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const fields = body as Record<string, unknown>;
  const [choice] = Array.isArray(fields['choices']) ? (fields['choices'] as unknown[]) : [];
  const inChoice = (choice as { error?: unknown } | null | undefined)?.error;
  const { errors, detail, message, msg } = fields;
  const error = fields['error'] || (Array.isArray(errors) && (errors[0] as unknown)) || inChoice;
  if (typeof error === 'object' && error !== null) return error;
  if (choice !== undefined && !error) return undefined;
  const base = fields['base_resp'] as { status_code?: unknown; status_msg?: unknown } | undefined;
  if (base?.status_code) return { message: base.status_msg, code: base.status_code };
  // Some call it `html-message`, or have a prefix of their own.
  const others = Object.entries(body).map(([key, value]) => /message$/i.test(key) && value);
  const told = [error, message, detail, isFine(fields['code']) ? undefined : msg, ...others];
  const text = told.find((each) => typeof each === 'string' && each !== '');
  if (text !== undefined) return { ...body, message: text };
  // What a validator says of each field.
  return Array.isArray(detail) ? { ...body, message: JSON.stringify(detail) } : undefined;
}

/**
 * True for errors that say that they are, and false for what has nothing but a message: in a stream
 * that may be anything, as long as an answer comes.
 */
export function isOutright(body: object): boolean {
  const { error, errors, choices, base_resp, object, code } = body as Record<string, unknown>;
  const says = [error, errors, base_resp, Array.isArray(choices) && choices[0]].some(Boolean);
  return says || object === 'error' || (code !== undefined && code !== null && !isFine(code));
}

/** The codes by which an envelope says that all is well. */
function isFine(code: unknown): boolean {
  return code === 0 || code === 200 || code === '0' || code === '200';
}
