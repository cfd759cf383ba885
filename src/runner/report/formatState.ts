import { inspect, stripVTControlCharacters } from 'node:util';
import { isMessage, isRecord, readMessage } from '../../protocol/messageView.ts';
import { oneLine, textWidth } from './textWidth.ts';
import { wrapText } from './wrapText.ts';

/** How much of a value is shown; what is left out leaves a mark. Everything is shown by default. */
export interface FormatLimits {
  /** Characters of one text. */
  readonly textLength?: number;
  /** Entries of one list, object, Map or Set. */
  readonly items?: number;
  /** Levels of nesting below a key. */
  readonly depth?: number;
  /** Columns for texts and for values that stand on one line. Default 96. */
  readonly columns?: number;
}

/**
 * Pretty-prints a graph's state (or an update, or any other value), one line each entry of the
 * result. What fits on a line stands there in JavaScript's own notation; else objects become trees
 * of keys, lists one numbered item below the other, texts paragraphs without quotes. Messages are
 * shown as `[type] text`.
 */
export function formatState(value: unknown, limits: FormatLimits = {}): string[] {
  const printer = new Printer(limits);
  return isRecord(value) && !isMessage(value) ? printer.state(value) : printer.value(value);
}

/** Where a value stands in the tree. */
interface Room {
  /** Columns that are left. */
  readonly columns: number;
  /** Levels that may follow below. */
  readonly depth: number;
}

class Printer {
  readonly #textLength: number;
  readonly #items: number;
  readonly #root: Room;
  /** The objects around the present one. */
  readonly #around = new Set<unknown>();

  constructor({ textLength, items, depth, columns }: FormatLimits) {
    this.#textLength = textLength ?? Infinity;
    this.#items = items ?? Infinity;
    // One more level at the root: the keys of a state are none.
    this.#root = { columns: columns ?? 96, depth: (depth ?? Infinity) + 1 };
  }

  state(state: Readonly<Record<string, unknown>>): string[] {
    const lines = Object.entries(state).flatMap((entry) => this.#entries([entry], ':', this.#root));
    return lines.length > 0 ? lines : ['{}'];
  }

  value(value: unknown): string[] {
    return this.#lines(value, inside(this.#root, 0));
  }

  #lines(value: unknown, place: Room): string[] {
    if (isMessage(value)) return this.#message(value, place);
    if (isMessageList(value)) {
      return this.#some(value, 'messages', (message) => this.#message(message, place));
    }
    const line = this.#line(value, place);
    if (line !== undefined) return [line];
    if (typeof value === 'string') return this.#paragraphs(value, place);
    this.#around.add(value);
    const lines = this.#tree(value, place);
    this.#around.delete(value);
    return lines;
  }

  #tree(value: unknown, place: Room): string[] {
    if (isRecord(value)) return this.#entries(Object.entries(value), ':', place);
    if (value instanceof Map) {
      const entries = this.#entries([...value], ' =>', inside(place, 2));
      return [`Map(${value.size})`, ...indented(entries, 2)];
    }
    if (value instanceof Set) {
      return [`Set(${value.size})`, ...indented(this.#list([...value], inside(place, 2)), 2)];
    }
    if (Array.isArray(value) && value.some((item) => !isSmall(item))) {
      return this.#list(value, place);
    }
    return inspect(value, {
      depth: place.depth,
      maxArrayLength: this.#items,
      maxStringLength: this.#textLength,
      breakLength: place.columns,
      compact: 3,
    }).split('\n');
  }

  #entries(entries: [unknown, unknown][], arrow: ':' | ' =>', place: Room): string[] {
    return this.#some(entries, 'entries', ([key, item]) => {
      const label = `${typeof key === 'string' ? oneLine(key) : inspect(key, { depth: 0 })}${arrow}`;
      const beside = { columns: place.columns - textWidth(label) - 1, depth: place.depth - 1 };
      const line = isMessage(item) || isMessageList(item) ? undefined : this.#line(item, beside);
      if (line !== undefined) return [`${label} ${line}`];
      const below = inside(place, 2);
      const lines =
        typeof item === 'string' ? this.#paragraphs(item, below) : this.#lines(item, below);
      return [label, ...indented(lines, 2)];
    });
  }

  #list(list: readonly unknown[], place: Room): string[] {
    const areTexts = list.every((item) => typeof item === 'string');
    const shown = Math.min(list.length, this.#items);
    const width = String(Math.max(shown - 1, 0)).length;
    const inner = inside(place, width + 2);
    return this.#some([...list.keys()], 'items', (index) => {
      const item = list[index];
      const [first = '', ...rest] =
        areTexts && item !== ''
          ? this.#paragraphs(item as string, inner)
          : this.#lines(item, inner);
      const number = list.length > 1 ? String(index).padStart(width) : '-';
      return [`${number}  ${first}`, ...indented(rest, width + 2)];
    });
  }

  #message(value: unknown, place: Room): string[] {
    const { title, content, calls } = readMessage(value)!;
    const head = `[${oneLine(title)}]`;
    const lines = this.#content(content, inside(place, 2));
    const [line = ''] = lines;
    const isBeside = lines.length === 1 && textWidth(head) + 1 + textWidth(line) <= place.columns;
    return [
      ...(isBeside ? [`${head} ${line}`.trimEnd()] : [head, ...indented(lines, 2)]),
      ...calls.flatMap(({ name, args }) => {
        const [first = '', ...rest] =
          typeof args === 'string'
            ? this.#paragraphs(args, place)
            : this.#lines(args, inside(place, 4));
        const call = `calls ${oneLine(name)}`;
        if (rest.length === 0) return indented([`${call} ${first}`.trimEnd()], 2);
        return [...indented([call], 2), ...indented([first, ...rest], 4)];
      }),
    ];
  }

  #content(content: string | readonly unknown[], place: Room): string[] {
    if (typeof content === 'string') return this.#paragraphs(content, place);
    return content.flatMap((part) =>
      isRecord(part) && typeof part['text'] === 'string'
        ? this.#paragraphs(part['text'], place)
        : this.#lines(part, place),
    );
  }

  #paragraphs(text: string, { columns }: Room): string[] {
    const cut = text.length > this.#textLength ? text.slice(0, this.#textLength) : text;
    const lines = stripVTControlCharacters(cut)
      .split(/\r\n|\r|\n/)
      .flatMap((line) => wrapText(line, Math.max(columns, 20)));
    const left = text.length - cut.length;
    return left > 0 ? [...lines, `… ${count(left)} more characters`] : lines;
  }

  /** The value on one line, as in code, if there is room for it. */
  #line(value: unknown, { columns, depth }: Room): string | undefined {
    if (typeof value === 'object' && value !== null && depth < 0) return inspect(value, { depth });
    if (this.#around.has(value)) return '[Circular]';
    const limits = { depth, textLength: this.#textLength, items: this.#items };
    const room = typeof value === 'string' ? columns : Math.min(columns, 76);
    if (roomAfter(value, room, limits) < 0) return undefined;
    const line = inspect(value, {
      depth,
      maxArrayLength: this.#items,
      breakLength: Infinity,
      compact: true,
    });
    return line.includes('\n') || textWidth(line) > columns ? undefined : line;
  }

  #some<T>(list: readonly T[], what: string, format: (item: T) => string[]): string[] {
    const shown = list.length > this.#items ? list.slice(0, this.#items) : list;
    const lines = shown.flatMap(format);
    const left = list.length - shown.length;
    return left > 0 ? [...lines, `… ${count(left)} more ${what}`] : lines;
  }
}

/**
 * How much is left of `room` columns when a value stands on the line; less than 0 if it does not
 * fit, or is to be read as text. Looks at no more of the value than fits.
 */
function roomAfter(value: unknown, room: number, limits: LineLimits): number {
  if (room < 0) return room;
  if (typeof value === 'string') {
    const fits = value.length <= Math.min(room, limits.textLength) && !/[\r\n]/.test(value);
    return fits ? room - value.length - 2 : -1;
  }
  if (typeof value !== 'object' || value === null) return room - String(value).length;
  if (isMessage(value) || value instanceof Error) return -1;
  if (limits.depth < 0) return room;
  const inner = { ...limits, depth: limits.depth - 1 };
  let left = room - 4;
  let at = 0;
  for (const part of partsOf(value)) {
    if (at++ === limits.items) break;
    left = part.reduce<number>((rest, item) => roomAfter(item, rest - 2, inner), left);
    if (left < 0) return left;
  }
  return left;
}

interface LineLimits {
  readonly depth: number;
  readonly textLength: number;
  readonly items: number;
}

/** Items, or keys with their values. */
function partsOf(value: object): Iterable<readonly unknown[]> {
  if (value instanceof Map) return value;
  if (isRecord(value)) return Object.entries(value);
  return Array.isArray(value) || value instanceof Set ? value.entries() : [];
}

function inside({ columns, depth }: Room, indent: number): Room {
  return { columns: columns - indent, depth: depth - 1 };
}

/** Numbers and the like, which stand side by side even if there are many. */
function isSmall(value: unknown): boolean {
  return typeof value !== 'string' && (typeof value !== 'object' || value === null);
}

function isMessageList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage);
}

function indented(lines: readonly string[], by: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
