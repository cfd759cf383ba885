import { types } from 'node:util';
import { isOnlyWhole } from '../protocol/wholeTexts.ts';
import { isImage, textLength } from './imageBytes.ts';
import type { Redactor } from './redact.ts';

/**
 * How much of a value is sent. For display only: what is left out leaves a mark that says how much
 * it was. Without limits everything is sent, down to 1000 levels of nesting.
 */
export interface WireLimits {
  /** Characters of one text. */
  readonly textLength?: number;
  /**
   * Characters of all images, in texts or bytes, and of all JSON in texts, which are sent whole or cut as
   * any other text. Default 0.
   */
  readonly wholeLength?: number;
  /** Entries of one list, object, Map or Set. */
  readonly items?: number;
  /** Levels of nesting. */
  readonly depth?: number;
  /** Characters in all; every entry counts for some characters more than its text. */
  readonly total?: number;
}

/** How a value is copied. */
export interface WireOptions extends WireLimits {
  /** Takes keys out of every text and key of the copy. */
  readonly redactor?: Redactor | undefined;
}

/** Enough for a person to read, little enough to be sent many times a second. */
export const displayLimits: Required<Omit<WireLimits, 'wholeLength'>> = {
  textLength: 10_000,
  items: 1000,
  depth: 20,
  total: 200_000,
};

/**
 * Copies a value into plain data that `structuredClone` and `postMessage` accept. Never throws.
 *
 * Kept as they are: primitives (BigInt and `undefined` too), arrays with their holes, objects, Date,
 * RegExp, Map, Set, buffers and typed arrays, errors (name, message, stack, cause), cycles and
 * shared references. Messages become `{ type, content, … }` with the fields that are set. Instances
 * of other classes become what their `toJSON` says, else an object with their own fields and the
 * class's name under `[class]`. The rest becomes a readable text: `[Function: f]`, `Symbol(s)`,
 * `[Promise]`, `[Proxy]`, `[WeakMap]`, `[Threw: reason]` for a getter that throws.
 */
export function toPlain(value: unknown, options: WireOptions = {}): unknown {
  return new Copier(options).copy(value, 0);
}

/** Like {@link toPlain}, and tells about how many characters the copy holds. */
export function toPlainSized(
  value: unknown,
  options: WireOptions,
): { value: unknown; size: number } {
  const copier = new Copier(options);
  return { value: copier.copy(value, 0), size: copier.size };
}

const messageTypes = new Set<unknown>(['human', 'ai', 'system', 'tool', 'remove', 'generic']);
const typedArrays = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
} as unknown as Readonly<Record<string, Uint8ArrayConstructor | undefined>>;

/** What an entry counts besides its text. */
const entrySize = 8;
/** Deeper data would overflow the stack, here or where it is cloned. */
const maxDepth = 1000;

class Copier {
  readonly #textLength: number;
  /** What is left of it. */
  #wholeLength: number;
  readonly #items: number;
  readonly #depth: number;
  #total: number;
  readonly #redactor: Redactor | undefined;
  readonly #copies = new Map<object, unknown>();
  size = 0;

  constructor({ textLength, wholeLength, items, depth, total, redactor }: WireOptions) {
    this.#redactor = redactor;
    this.#textLength = textLength ?? Infinity;
    this.#wholeLength = wholeLength ?? 0;
    this.#items = items ?? Infinity;
    this.#depth = depth ?? maxDepth;
    this.#total = total ?? Infinity;
  }

  copy(value: unknown, depth: number): unknown {
    this.size += entrySize;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'function':
        return describeFunction(value);
      case 'symbol':
        return this.#clean(String(value));
      case 'object':
        if (value === null) return null;
        break;
      default:
        return value;
    }
    // Before anything else: looking at a proxy runs its handler.
    if (types.isProxy(value)) return '[Proxy]';
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (depth >= this.#depth) return `… nested deeper than ${this.#depth} levels`;
    try {
      return this.#object(value, depth);
    } catch (error) {
      return this.#clean(threw(error));
    }
  }

  #text(text: string): string {
    if (this.#isWhole(text.length, () => isOnlyWhole(text))) return this.#clean(text);
    const room = Math.max(0, Math.min(this.#textLength, this.#total - this.size));
    this.size += Math.min(text.length, room);
    if (text.length <= room) return this.#clean(text);
    const kept = this.#redactor?.redactStart(text, room) ?? text.slice(0, room);
    return `${kept}… ${formatSize(text.length - room)} more`;
  }

  /** Whether something is sent whole that is too long for a text. */
  #isWhole(length: number, isOnlyWhole: () => boolean): boolean {
    const fits = length > this.#textLength && length <= this.#wholeLength && isOnlyWhole();
    if (!fits) return false;
    // It takes no room from what stands beside it.
    this.#wholeLength -= length;
    this.#total += length;
    this.size += length;
    return true;
  }

  #clean(text: string): string {
    return this.#redactor?.redact(text) ?? text;
  }

  #object(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#array(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    if (types.isDate(value)) return new Date(value.getTime());
    if (types.isRegExp(value)) return this.#regExp(value);
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value, depth);
    if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return this.#bytes(value);
    if (types.isBoxedPrimitive(value)) return this.copy(value.valueOf(), depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      return this.#fields(value, {}, Object.keys(value), depth);
    }
    return this.#instance(value, depth);
  }

  #regExp({ source, flags }: RegExp): unknown {
    const shown = this.#clean(source);
    return shown === source ? new RegExp(source, flags) : shown;
  }

  #array(array: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    this.#copies.set(array, copy);
    for (let i = 0; i < array.length; i++) {
      if (this.#isFull(i)) {
        copy.push(`… ${count(array.length - i)} more items`);
        return copy;
      }
      if (i in array) copy[i] = this.#read(() => array[i], depth);
    }
    copy.length = array.length;
    return copy;
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(map, copy);
    for (const [key, value] of Map.prototype.entries.call(map) as Iterable<[unknown, unknown]>) {
      if (this.#isFull(copy.size))
        return copy.set('…', `${count(map.size - copy.size)} more entries`);
      copy.set(this.copy(key, depth + 1), this.copy(value, depth + 1));
    }
    return copy;
  }

  #set(set: ReadonlySet<unknown>, depth: number): Set<unknown> {
    const copy = new Set<unknown>();
    this.#copies.set(set, copy);
    for (const value of Set.prototype.values.call(set) as Iterable<unknown>) {
      if (this.#isFull(copy.size)) return copy.add(`… ${count(set.size - copy.size)} more values`);
      copy.add(this.copy(value, depth + 1));
    }
    return copy;
  }

  #error(error: Error, depth: number): Error {
    const { name, message, stack, cause } = error;
    const copy = new Error(this.#text(String(message)));
    this.#copies.set(error, copy);
    copy.name = this.#clean(String(name));
    if (stack === undefined) delete copy.stack;
    else copy.stack = this.#text(String(stack));
    if (cause !== undefined) copy.cause = this.copy(cause, depth + 1);
    return copy;
  }

  /** Copies the bytes that are seen only: a view may be a small part of a large buffer. */
  #bytes(value: ArrayBufferLike | ArrayBufferView): unknown {
    const name = ArrayBuffer.isView(value) && !types.isDataView(value) ? tagOf(value) : undefined;
    if (!this.#isWhole(textLength(value), () => isImage(value))) {
      if (this.size + value.byteLength > this.#total || value.byteLength > this.#textLength) {
        return `[${name ?? tagOf(value)}: ${count(value.byteLength)} bytes]`;
      }
      this.size += value.byteLength;
    }
    if (this.#holdsKey(value))
      return `[${name ?? tagOf(value)}: ${count(value.byteLength)} bytes, redacted]`;
    const ArrayClass = name === undefined ? undefined : typedArrays[name];
    if (ArrayClass) return new ArrayClass(value as Uint8Array);
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    const { buffer } = new Uint8Array(bytes);
    return types.isDataView(value) ? new DataView(buffer) : buffer;
  }

  /** Whether bytes are, or hold, a text with a key in it. */
  #holdsKey(value: ArrayBufferLike | ArrayBufferView): boolean {
    if (!this.#redactor) return false;
    const bytes = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value);
    // One character a byte: keys have no others than these.
    const text = bytes.toString('latin1');
    return this.#clean(text) !== text;
  }

  #instance(value: object, depth: number): unknown {
    const name = className(value);
    if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value))
      return `[${name}]`;
    if ('content' in value && 'type' in value && messageTypes.has(value.type)) {
      return this.#message(value, depth);
    }
    // What commands and sends write for LangGraph names their class as a field among the others.
    const isOfLangGraph = 'lg_name' in value;
    if (!isOfLangGraph && 'toJSON' in value && typeof value.toJSON === 'function') {
      this.#copies.set(value, `[Circular ${name}]`);
      const json: unknown = value.toJSON();
      if (json !== value) {
        const copy = this.copy(json, depth + 1);
        this.#copies.set(value, copy);
        return copy;
      }
    }
    const keys = Object.keys(value);
    if (keys.length === 0) return `[${name}]`;
    return this.#fields(value, { '[class]': name }, keys, depth);
  }

  /** A message of this library or of LangChain: what it says first, and no empty fields. */
  #message(message: object, depth: number): unknown {
    const rest = Object.keys(message).filter((key) => {
      const item = (message as Record<string, unknown>)[key];
      const isEmpty = item == null || (typeof item === 'object' && Object.keys(item).length === 0);
      // LangChain keeps its own bookkeeping in fields of this prefix.
      return !isEmpty && !key.startsWith('lc_') && key !== 'type' && key !== 'content';
    });
    return this.#fields(message, {}, ['type', 'content', ...rest], depth);
  }

  #fields(from: object, copy: Record<string, unknown>, keys: string[], depth: number): unknown {
    this.#copies.set(from, copy);
    for (const [i, key] of keys.entries()) {
      if (this.#isFull(i)) {
        copy['…'] = `${count(keys.length - i)} more keys`;
        return copy;
      }
      this.size += key.length;
      const value = this.#read(() => (from as Record<string, unknown>)[key], depth);
      const shown = this.#clean(key);
      if (key === '__proto__') define(copy, key, value);
      // Two keys that were taken out must not become one.
      else copy[shown !== key && shown in copy ? `${shown} ${i}` : shown] = value;
    }
    return copy;
  }

  #read(get: () => unknown, depth: number): unknown {
    let value: unknown;
    try {
      value = get();
    } catch (error) {
      return this.#clean(threw(error));
    }
    return this.copy(value, depth + 1);
  }

  #isFull(items: number): boolean {
    return items >= this.#items || this.size >= this.#total;
  }
}

/** Sets a key of any name: plain assignment of `__proto__` would change the prototype. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
function describeFunction(value: Function): string {
  try {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class ' : 'Function: ';
    return `[${kind}${String(value.name) || '(anonymous)'}]`;
  } catch {
    return '[Function]';
  }
}

function className(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return (typeof constructor === 'function' && constructor.name) || tagOf(value);
}

/** The built-in name of a value, `Uint8Array` for a Buffer. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function threw(error: unknown): string {
  try {
    return `[Threw: ${error instanceof Error ? error.message : String(error)}]`;
  } catch {
    return '[Threw]';
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function formatSize(characters: number): string {
  if (characters < 10_000) return `${count(characters)} characters`;
  if (characters < 1_000_000) return `${(characters / 1000).toFixed(1)} kB`;
  return `${(characters / 1_000_000).toFixed(1)} MB`;
}
