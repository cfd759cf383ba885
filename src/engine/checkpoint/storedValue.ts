import { applyChange, changeBetween, partsOf, type Change, type Parts } from './changes.ts';
import type { Checkpoint } from '../model/checkpointer.ts';
import type { Serializer } from './serialize.ts';

/** A stored text: a whole value, or the change that makes it of the value at `base`. Immutable. */
export interface StoredText<Text = unknown> {
  readonly base: Text | undefined;
  readonly text: string;
  /** About how long the text of the whole value would be: the last whole, and what came to it. */
  readonly size: number;
  /** Length of the changes since then that took the place of something. */
  readonly spent: number;
}

/** A value and where it is stored. */
interface Stored<Text> {
  readonly value: unknown;
  /** Taken when it was stored, where the value itself could change. */
  readonly parts: Parts | undefined;
  readonly at: Text;
}

/** Where the values of one checkpoint are stored, by key. */
export interface Places<Text> {
  /** The same list in all checkpoints of a line, as long as no key comes or goes. */
  readonly keys: readonly string[];
  readonly stored: readonly Stored<Text>[];
}

/** Texts up to this length are kept with their checkpoint, not by themselves. */
export const SMALL = 64;

/**
 * Marks a checkpoint with where its values are stored: what a saver needs to store only the
 * difference to it. On the object itself, since a WeakMap of as many checkpoints as are put costs
 * more in garbage collection than all else that is done for them.
 */
const PLACES = Symbol('places');

type Marked<Text> = Checkpoint & {
  [PLACES]?: { readonly by: unknown; readonly places: Places<Text> };
};

/**
 * Stores the values of checkpoints as texts. A change is stored only on top of a text that is not
 * small, and only as long as what the changes since the last whole value have replaced is together
 * shorter than the value: so a list that grows is stored once, and a value that keeps changing is
 * stored at no more than twice the cost of its changes, and read from no more than twice its size.
 */
export class StoredValues<Text extends StoredText<Text>> {
  readonly #serializer: Serializer;
  readonly #make: (fields: StoredText<Text>) => Text;

  /** @param make Puts a text where the saver keeps texts. */
  constructor(serializer: Serializer, make: (fields: StoredText<Text>) => Text) {
    this.#serializer = serializer;
    this.#make = make;
  }

  /**
   * Stores what a checkpoint does not share with its parent.
   * @returns Where each of its values is.
   * @throws {SuperstepError} NOT_SERIALIZABLE naming the key.
   */
  put(checkpoint: Checkpoint, parent: Checkpoint | undefined): Places<Text> {
    const { values, written } = checkpoint;
    const before = parent && this.#placesOf(parent);
    const keys = Object.keys(values);
    const isSameKeys = before !== undefined && isSameList(keys, before.keys);
    const priorOf = isSameKeys ? undefined : before && byKey(before);
    const stored = keys.map((key, i) => {
      const value = values[key];
      const prior = isSameKeys ? before.stored[i]! : priorOf?.get(key);
      const isKept = prior && Object.is(prior.value, value) && !written.includes(key);
      return isKept ? prior : this.#store(key, value, prior);
    });
    const places = { keys: isSameKeys ? before.keys : keys, stored };
    this.#mark(checkpoint, places);
    return places;
  }

  /** Notes where the values of a checkpoint were read from. */
  remember(checkpoint: Checkpoint, texts: ReadonlyMap<string, Text>): void {
    const keys = [...texts.keys()];
    const stored = keys.map((key) => {
      const value = checkpoint.values[key];
      return { value, parts: isMutable(value) ? partsOf(value) : undefined, at: texts.get(key)! };
    });
    this.#mark(checkpoint, { keys, stored });
  }

  #placesOf(checkpoint: Checkpoint): Places<Text> | undefined {
    const mark = (checkpoint as Marked<Text>)[PLACES];
    return mark?.by === this ? mark.places : undefined;
  }

  #mark(checkpoint: Checkpoint, places: Places<Text>): void {
    if (Object.isExtensible(checkpoint)) {
      (checkpoint as Marked<Text>)[PLACES] = { by: this, places };
    }
  }

  #store(key: string, value: unknown, prior: Stored<Text> | undefined): Stored<Text> {
    const parts = partsOf(value);
    const kept = isMutable(value) ? parts : undefined;
    const what = `key "${key}"`;
    if (prior && parts && (prior.at.base !== undefined || prior.at.text.length > SMALL)) {
      const before = prior.parts ?? partsOf(prior.value);
      const change = before && changeBetween(before, parts);
      if (change && isEmpty(change)) return { value, parts: kept, at: prior.at };
      if (change) {
        const text = this.#serializer.serialize(change, what);
        const grown = Math.round(text.length * newShare(before, change));
        const size = prior.at.size + grown;
        const spent = prior.at.spent + text.length - grown;
        if (spent <= size && parts.size * 2 >= before.size) {
          return { value, parts: kept, at: this.#make({ base: prior.at, text, size, spent }) };
        }
      }
    }
    const text = this.#serializer.serialize(value, what);
    if (prior && prior.at.base === undefined && prior.at.text === text) {
      return { value, parts: kept, at: prior.at };
    }
    const at = this.#make({ base: undefined, text, size: text.length, spent: 0 });
    return { value, parts: kept, at };
  }
}

/** Reads values from chains of texts. Values read by one reader may share parts. */
export class TextReader {
  readonly #serializer: Serializer;
  readonly #read = new Map<string, unknown>();

  constructor(serializer: Serializer) {
    this.#serializer = serializer;
  }

  /** @param texts A whole value and the changes on top of it, in this order. */
  value(texts: readonly string[]): unknown {
    let value = this.#text(texts[0]!);
    if (texts.length === 1) return value;
    value = copyOf(value);
    for (let i = 1; i < texts.length; i++) {
      value = applyChange(value, this.#text(texts[i]!) as Change);
    }
    return value;
  }

  /** Neighbours in a thread's history are made of the same texts: each is read once. */
  #text(text: string): unknown {
    let value = this.#read.get(text);
    if (value === undefined) {
      value = this.#serializer.deserialize(text);
      this.#read.set(text, value);
    }
    return value;
  }
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice();
  if (value instanceof Map) return new Map(value);
  return value instanceof Set ? value : { ...(value as object) };
}

function byKey<Text>({ keys, stored }: Places<Text>): Map<string, Stored<Text>> {
  return new Map(keys.map((key, i) => [key, stored[i]!]));
}

/** True for lists of the same texts in the same order. */
export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}

function isMutable(value: unknown): boolean {
  return value instanceof Set || value instanceof Map;
}

function isEmpty(change: Change): boolean {
  return 'at' in change
    ? change.removed === 0 && change.items.length === 0
    : change.set.length === 0 && change.gone.length === 0;
}

/** What share of the parts in a change are there in addition to those of the value before. */
function newShare(before: Parts, change: Change): number {
  if ('at' in change) {
    const { removed, items } = change;
    return items.length === 0 ? 0 : Math.max(0, items.length - removed) / items.length;
  }
  const { value } = before;
  const isKnown = (key: unknown) =>
    value instanceof Map ? value.has(key) : Object.hasOwn(value as object, key as string);
  const added = change.set.filter(([key]) => !isKnown(key)).length;
  return change.set.length === 0 ? 0 : added / change.set.length;
}
