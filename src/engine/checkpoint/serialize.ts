import { Overwrite, isOverwrite } from '../model/overwrite.ts';
import { prototypeOf } from '../state/guard.ts';
import { isContainer } from '../state/isolate.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { Command, isCommand } from '../model/command.ts';
import { Send, isSend } from '../model/send.ts';
import { isMessage } from '../model/messages.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
import { isError } from '../model/errorInfo.ts';
import { decodeBytes, encodeBytes } from './bytesCodec.ts';
import { decodeError, encodeError, type ErrorFields } from './errorCodec.ts';
import { decodeMessage, encodeMessage } from './messageCodec.ts';
import { Refusal, className, refused } from './refusal.ts';

/** How to keep the objects of a class of yours. */
export interface ClassCodec<T = any, Data = any> {
  /** Stored with each object; never change it once something was stored. */
  readonly name: string;
  readonly type: abstract new (...args: any[]) => T;
  /** What to store: anything a {@link Serializer} keeps. */
  readonly encode: (value: T) => Data;
  readonly decode: (data: Data) => T;
}

/**
 * Turns values into text and back, keeping types: plain objects and lists (also sparse ones of up to 2^24 places), Date,
 * Map, Set, BigInt, URL, RegExp, bytes (ArrayBuffer, typed arrays, Buffer), errors, messages,
 * Command, Send, `undefined`, `NaN`, infinities and `-0`, and classes it is told of. Objects that
 * occur in several places are stored at each. An error comes back as the built-in class of its name,
 * else as an Error with that name; its own properties and its causes are kept.
 *
 * The text is JSON in which `{"$": [type, …]}` stands for what JSON lacks.
 *
 * @example
 * ```ts
 * import { Serializer } from 'superstep';
 * class Money { cents: number; constructor(cents: number) { this.cents = cents; } }
 * const serializer = new Serializer([
 *   { name: 'Money', type: Money, encode: (money) => money.cents, decode: (cents) => new Money(cents) },
 * ]);
 * const text = serializer.serialize({ price: new Money(5), seen: new Set([1n]) });
 * console.log(serializer.deserialize(text)); // { price: Money { cents: 5 }, seen: Set(1) { 1n } }
 * ```
 */
export class Serializer {
  readonly #codecs: readonly ClassCodec[];
  #depth = 0;
  /** Containers of the present one; kept only far down, where a cycle must lead. */
  #ancestors: Set<object> | undefined;

  constructor(codecs: readonly ClassCodec[] = []) {
    this.#codecs = codecs;
  }

  /**
   * @param what Names the value in errors, such as `key "user"`.
   * @throws {SuperstepError} NOT_SERIALIZABLE for functions, symbols, objects of other classes, and
   * objects that contain themselves; it says where in the value.
   */
  serialize(value: unknown, what = 'the value'): string {
    this.#depth = 0;
    this.#ancestors = undefined;
    try {
      return JSON.stringify(this.#plain(value));
    } catch (error) {
      if (error instanceof Refusal) throw refused(value, what, error);
      if (error instanceof RangeError) throw refused(value, what, new Refusal('', 'deep', value));
      throw error;
    }
  }

  /** @throws {SuperstepError} NOT_SERIALIZABLE for objects of a class that this serializer lacks. */
  deserialize(text: string): unknown {
    const value: unknown = JSON.parse(text);
    return text.includes('"$"') ? this.#revive(value) : value;
  }

  /** The value as JSON can hold it: the value itself, as long as it needs no change. */
  #plain(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return tag('number', Object.is(value, -0) ? '-0' : String(value));
      case 'undefined':
        return tag('undefined');
      case 'bigint':
        return tag('bigint', String(value));
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        throw new Refusal(typeof value, 'type', value);
    }
  }

  #object(value: object): unknown {
    this.#enter(value);
    let plain: unknown;
    if (Array.isArray(value)) plain = this.#list(value);
    else if (isContainer(value)) plain = this.#record(value as Record<string, unknown>);
    else plain = this.#instance(value);
    this.#leave(value);
    return plain;
  }

  #enter(value: object): void {
    if (++this.#depth < DEEP) return;
    this.#ancestors ??= new Set();
    if (this.#ancestors.has(value)) throw new Refusal('', 'cycle', value);
    this.#ancestors.add(value);
  }

  #leave(value: object): void {
    if (this.#depth-- >= DEEP) this.#ancestors!.delete(value);
  }

  #list(list: readonly unknown[]): unknown {
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (item === undefined && !(i in list)) return this.#sparse(list);
      const plain = this.#plain(item);
      if (copy === undefined && plain !== item) copy = list.slice(0, i);
      copy?.push(plain);
    }
    return copy ?? list;
  }

  #sparse(list: readonly unknown[]): unknown {
    const entries: unknown[] = [];
    list.forEach((item, index) => entries.push([index, this.#plain(item)]));
    return tag('sparse', list.length, entries);
  }

  #record(record: Record<string, unknown>): unknown {
    const keys = Object.keys(record);
    let copy: Record<string, unknown> | undefined;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const value = record[key];
      const plain = this.#plain(value);
      if (copy === undefined && plain !== value) {
        copy = {};
        for (let j = 0; j < i; j++) setOwn(copy, keys[j]!, record[keys[j]!]);
      }
      if (copy !== undefined) setOwn(copy, key, plain);
    }
    const plain = copy ?? record;
    if (Object.getPrototypeOf(record) === null) return tag('bare', Object.entries(plain));
    // A record that looks like a tag must not be read as one.
    return Object.hasOwn(record, '$') ? tag('record', Object.entries(plain)) : plain;
  }

  #instance(value: object): unknown {
    for (const codec of this.#codecs) {
      if (value instanceof codec.type) {
        return tag('class', codec.name, this.#plain(codec.encode(value)));
      }
    }
    const prototype = prototypeOf(value);
    switch (prototype) {
      case Date.prototype: {
        const ms = (value as Date).getTime();
        return tag('Date', Number.isNaN(ms) ? null : ms);
      }
      case Map.prototype:
        return tag(
          'Map',
          Array.from(value as Map<unknown, unknown>, ([key, item]) => [
            this.#plain(key),
            this.#plain(item),
          ]),
        );
      case Set.prototype:
        return tag(
          'Set',
          Array.from(value as Set<unknown>, (item) => this.#plain(item)),
        );
      case URL.prototype:
        return tag('URL', (value as URL).href);
      case RegExp.prototype:
        return tag('RegExp', (value as RegExp).source, (value as RegExp).flags);
      default:
    }
    const bytes = encodeBytes(value, prototype);
    if (bytes !== undefined) return tag('bytes', ...bytes);
    if (isError(value)) {
      return tag('Error', this.#plain(encodeError(value)));
    } else if (isMessage(value)) {
      const fields = encodeMessage(value);
      if (fields) return tag('message', this.#plain(fields));
    } else if (isCommand(value)) {
      const { update, goto, graph, resume } = value;
      return tag('Command', this.#plain({ update: update as unknown, goto, graph, resume }));
    } else if (isSend(value)) {
      const { node, args, timeout } = value;
      return tag('Send', node, this.#plain(args), ...(timeout ? [this.#plain(timeout)] : []));
    } else if (isOverwrite(value)) {
      return tag('Overwrite', this.#plain(value.value));
    }
    throw new Refusal(className(value), 'class', value);
  }

  /** Changes the parsed value in place. */
  #revive(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#revive(value[i]);
      return value;
    }
    const record = value as Record<string, unknown>;
    if (Object.hasOwn(record, '$')) {
      const [type, ...parts] = (record as { $: [string, ...unknown[]] }).$;
      return this.#untag(
        type,
        parts.map((part) => this.#revive(part)),
      );
    }
    for (const key of Object.keys(record)) {
      const item = record[key];
      if (typeof item === 'object' && item !== null) {
        setOwn(record, key, this.#revive(item));
      }
    }
    return record;
  }

  #untag(type: string, parts: any[]): unknown {
    const [first, second, third] = parts;
    switch (type) {
      case 'number':
        return Number(first);
      case 'undefined':
        return undefined;
      case 'bigint':
        return BigInt(first as string);
      case 'sparse': {
        if (!(first <= LONGEST_SPARSE)) throw tooLong(first);
        const list: unknown[] = new Array(first as number);
        for (const [index, item] of second as [number, unknown][]) list[index] = item;
        return list;
      }
      case 'bare':
        return Object.assign(
          Object.create(null) as object,
          Object.fromEntries(first as [string, unknown][]),
        );
      case 'record':
        return Object.fromEntries(first as [string, unknown][]);
      case 'Date':
        return new Date(first === null ? NaN : (first as number));
      case 'Map':
        return new Map(first as [unknown, unknown][]);
      case 'Set':
        return new Set(first as unknown[]);
      case 'URL':
        return new URL(first as string);
      case 'RegExp':
        return new RegExp(first as string, second as string);
      case 'bytes':
        return decodeBytes(first as string, second as string);
      case 'Error':
        return decodeError(first as ErrorFields);
      case 'message':
        return decodeMessage(first as Record<string, unknown>);
      case 'Command':
        return new Command(first as object);
      case 'Send':
        return new Send(first as string, second, { timeout: third as TimeoutPolicy | undefined });
      case 'Overwrite':
        return new Overwrite(first);
      case 'class': {
        const codec = this.#codecs.find(({ name }) => name === first);
        if (codec) return codec.decode(second);
        throw new SuperstepError(
          'NOT_SERIALIZABLE',
          `Cannot read a stored object of class ${show(first)}: pass its codec in \`classes\``,
          { value: first },
        );
      }
      default:
        throw new SuperstepError(
          'NOT_SERIALIZABLE',
          `Cannot read a stored value of type ${show(type)}: it was written by a newer version of the library; update it`,
          { value: type },
        );
    }
  }
}

/** A few bytes of text must not keep whoever reads them, and goes through the list, busy for seconds. */
const LONGEST_SPARSE = 2 ** 24;

function tooLong(length: unknown): SuperstepError {
  const most = LONGEST_SPARSE.toLocaleString('en');
  return new SuperstepError(
    'NOT_SERIALIZABLE',
    `Cannot read a list with ${show(length)} places, most of them empty: ${most} are the most; use a Map`,
    { value: length },
  );
}

/** From this depth on, cycles are looked for; data of ordinary depth does not pay for it. */
const DEEP = 64;

function tag(type: string, ...parts: unknown[]): { $: unknown[] } {
  return { $: [type, ...parts] };
}

/** Sets a property; plain assignment of `__proto__` would change the prototype. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true });
}
