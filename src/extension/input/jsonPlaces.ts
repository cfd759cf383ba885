/** A key of an object, or the number of an element of a list. */
export type Step = string | number;

/** A part of a text, in UTF-16 units from its beginning. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a cursor stands in a JSON text. */
export interface JsonCursor {
  /** What is typed there: a key of the object at `path`, or the value at `path`. */
  readonly slot: 'key' | 'value';
  readonly path: readonly Step[];
  /** What has been typed so far, quotes included. */
  readonly typed: Span;
  /** Of a key: the keys that the object has elsewhere. */
  readonly keys: ReadonlySet<string>;
  /** The first character that stands behind it. */
  readonly next: string;
}

interface Container {
  readonly isList: boolean;
  readonly keys: Set<string>;
  /** Of the value that is read, or was read last. */
  step: Step;
  expects: 'key' | 'value' | 'nothing';
}

/**
 * Where the values of a JSON text stand, by their path as JSON: each is named by its key, or stands for
 * itself in a list. Of a key that stands there twice the last counts, as it does for `JSON.parse`.
 */
export function jsonPlaces(json: string): Map<string, Span> {
  const places = new Map<string, Span>();
  const reader = new Reader();
  for (const token of tokensOf(json)) {
    const { slot, path, container } = reader;
    const { text, start, end } = token;
    if (slot === 'key' && isName(token)) {
      places.set(JSON.stringify([...path, keyOf(text)]), { start, end });
    } else if (slot === 'value' && container?.isList && !/^[\]},:]$/.test(text)) {
      places.set(JSON.stringify(path), { start, end });
    }
    reader.read(token);
  }
  return places;
}

/** What may be typed at a place of a text, which need not be valid; `undefined` where nothing may. */
export function cursorIn(json: string, offset: number): JsonCursor | undefined {
  const tokens = [...tokensOf(json)];
  const typed = tokens.find((token) => isTyped(token, offset));
  const reader = new Reader();
  const [before, after] = [[] as Token[], [] as Token[]];
  for (const token of tokens) {
    if (token !== typed) (token.end <= offset ? before : after).push(token);
  }
  for (const token of before) reader.read(token);
  const { slot, path, container } = reader;
  if (slot === 'nothing') return undefined;
  // The key that is typed is none that the object has elsewhere.
  if (typed) reader.skip();
  for (const token of after) reader.read(token);
  const { start, end } = typed ?? { start: offset, end: offset };
  const next = after[0]?.text.charAt(0) ?? '';
  return { slot, path, typed: { start, end }, keys: container?.keys ?? new Set(), next };
}

/** Whether a token is being typed: behind a closing quote it is done. */
function isTyped(token: Token, offset: number): boolean {
  if (PUNCTUATION.test(token.text) || token.start >= offset) return false;
  return offset < token.end || (offset === token.end && !isName(token));
}

const PUNCTUATION = /^[[\]{},:]$/;

interface Token extends Span {
  readonly text: string;
}

/** Texts, even without an end on their line; brackets, commas, colons; and all else. */
function* tokensOf(json: string): Generator<Token> {
  for (const { 0: text, index } of json.matchAll(
    /"(?:\\.|[^"\\\n])*"?|[{}[\],:]|[^\s"{}[\],:]+/g,
  )) {
    yield { text, start: index, end: index + text.length };
  }
}

class Reader {
  readonly #around: Container[] = [];
  #isOver = false;

  get container(): Container | undefined {
    return this.#around.at(-1);
  }

  get slot(): 'key' | 'value' | 'nothing' {
    return this.container?.expects ?? (this.#isOver ? 'nothing' : 'value');
  }

  /** Of the value that comes next, or of the object whose key does. */
  get path(): Step[] {
    const steps = this.#around.map(({ step }) => step);
    return this.slot === 'key' ? steps.slice(0, -1) : steps;
  }

  read({ text }: Token): void {
    const { container } = this;
    switch (text) {
      case '{':
      case '[':
        this.#around.push(opened(text === '['));
        return;
      case '}':
      case ']':
        this.#around.pop();
        return this.skip();
      case ',':
        if (!container) return;
        container.expects = container.isList ? 'value' : 'key';
        if (typeof container.step === 'number') container.step++;
        return;
      case ':':
        if (container) container.expects = 'value';
        return;
      default:
        if (container?.expects === 'key' && text.startsWith('"')) {
          container.step = keyOf(text);
          container.keys.add(container.step);
        }
        this.skip();
    }
  }

  /** A key or a value is over. */
  skip(): void {
    if (this.container) this.container.expects = 'nothing';
    else this.#isOver = true;
  }
}

function opened(isList: boolean): Container {
  return { isList, keys: new Set(), step: isList ? 0 : '', expects: isList ? 'value' : 'key' };
}

function isName({ text }: Token): boolean {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"');
}

function keyOf(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1);
  }
}
