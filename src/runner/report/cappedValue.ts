import { isOnlyWhole, maxWholeLength } from '../../protocol/wholeTexts.ts';
import { imageText } from '../imageBytes.ts';
import { toJson } from '../toJson.ts';

/** Bounds of one value: characters of one text and of all, lists' elements and objects' keys, depth. */
const MAX_TEXT = 10_000;
const MAX_SIZE = 100_000;
const MAX_PARTS = 5000;
const MAX_DEPTH = 40;

/** A value as it is shown, and about how many characters it has. */
export interface CappedValue {
  readonly value: unknown;
  /** Without those of what is left whole. */
  readonly size: number;
  /** Of images and JSON, which are left whole. */
  readonly wholeLength: number;
}

/**
 * A value as JSON data that a panel can hold: of long texts and lists the beginning, with a note of how
 * much there is more. Costs no more than what is left of the value.
 * @param wholeLeft Characters of images, and of JSON in texts, that may be left whole.
 */
export function capValue(value: unknown, wholeLeft = Infinity): CappedValue {
  const cap = new Cap(Math.min(wholeLeft, maxWholeLength));
  return { value: cap.of(value, 0), size: cap.size, wholeLength: cap.wholeLength };
}

class Cap {
  size = 0;
  wholeLength = 0;
  #parts = 0;
  readonly #maxWholeLength: number;

  constructor(maxWholeLength: number) {
    this.#maxWholeLength = maxWholeLength;
  }

  of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    this.size += 8;
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (typeof value !== 'object' || value === null) return toJson(value) ?? null;
    if (depth >= MAX_DEPTH) return '…';
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      const image = imageText(value);
      return image === undefined ? `(${countOf(value.byteLength, 'byte')})` : this.#text(image);
    }
    if (Array.isArray(value)) return this.#list(value as unknown[], value.length, depth);
    if (value instanceof Set) return this.#list(value, value.size, depth);
    if (value instanceof Map) {
      const isRecord = [...value.keys()].every((key) => typeof key === 'string');
      if (!isRecord) return this.#list(value, value.size, depth);
      return this.#record(value as Map<string, unknown>, value.size, depth);
    }
    if (value instanceof Date || value instanceof RegExp || value instanceof Error) {
      return this.of(toJson(value), depth + 1);
    }
    const entries = Object.entries(value);
    return this.#record(entries, entries.length, depth);
  }

  get #isFull(): boolean {
    return this.size >= MAX_SIZE || this.#parts >= MAX_PARTS;
  }

  #text(text: string): string {
    const fits = this.wholeLength + text.length <= this.#maxWholeLength;
    if (fits && text.length > MAX_TEXT && isOnlyWhole(text)) {
      this.wholeLength += text.length;
      return text;
    }
    const room = Math.min(MAX_TEXT, Math.max(0, MAX_SIZE - this.size));
    this.size += Math.min(text.length, room);
    if (text.length <= room) return text;
    return `${text.slice(0, room)} … (${countOf(text.length - room, 'character')} more)`;
  }

  #list(items: Iterable<unknown>, length: number, depth: number): unknown[] {
    const list: unknown[] = [];
    for (const item of items) {
      if (this.#isFull) {
        list.push(`… (${countOf(length - list.length, 'element')} more)`);
        break;
      }
      this.#parts++;
      list.push(this.of(item, depth + 1));
    }
    return list;
  }

  #record(entries: Iterable<[string, unknown]>, length: number, depth: number): object {
    const kept: [string, unknown][] = [];
    for (const [key, value] of entries) {
      if (this.#isFull) {
        kept.push(['…', `(${countOf(length - kept.length, 'key')} more)`]);
        break;
      }
      if (value === undefined) continue;
      this.#parts++;
      this.size += key.length;
      kept.push([key, this.of(value, depth + 1)]);
    }
    // Not by assignment, which a key `__proto__` would make something else of.
    return Object.fromEntries(kept);
  }
}

function countOf(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
