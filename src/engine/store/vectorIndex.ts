import { SuperstepError, show } from '../model/errors.ts';
import type { IndexConfig, SearchItem, StoreItem } from '../model/store.ts';
import { textsAt } from './fieldTexts.ts';

/** The numbers that stand for the meaning of a text. */
export type Vector = Float32Array;

/** What can be found. */
export interface Candidate<T> {
  readonly found: T;
  readonly vectors: readonly Vector[];
}

/** What was found, and how near it is; without vectors there is nothing to tell. */
export interface Ranked<T> {
  readonly found: T;
  readonly score?: number;
}

/**
 * Finds items by meaning: makes vectors of their texts, and tells how near these are to that of a query.
 * Every item is looked at in a search, so its cost grows with the number of items.
 */
export class VectorIndex {
  readonly #config: IndexConfig;
  /** By item, the last write that waits for its vectors, or for one that does. */
  readonly #pending = new Map<string, Promise<void>>();

  constructor(config: IndexConfig) {
    this.#config = config;
  }

  /**
   * Calls `write` with the vectors of a value: at once where there is nothing to be embedded, else when
   * they have come. Writes of one item keep the order of the calls.
   *
   * @param item What identifies the item.
   * @param fields Which of its texts; those of the index by default, none if `false`.
   * @throws {SuperstepError} EMBEDDING_FAILED; nothing is written then.
   */
  write(
    item: string,
    value: Readonly<Record<string, unknown>> | null,
    fields: false | readonly string[] | undefined,
    write: (vectors: readonly Vector[]) => void | Promise<void>,
  ): void | Promise<void> {
    const paths =
      value === null || fields === false ? [] : (fields ?? this.#config.fields ?? ['$']);
    const texts = paths.flatMap((path) => textsAt(value, path));
    const before = this.#pending.get(item);
    if (texts.length === 0 && before === undefined) return write([]);
    const { embeddings } = this.#config;
    const vectors = this.#embed(texts, `item ${show(item)}`, async (list) =>
      typeof embeddings === 'function' ? embeddings(list) : embeddings.embedDocuments(list),
    );
    // Handled below; it may fail while the write before is waited for.
    vectors.catch(() => {});
    const written = (before ?? Promise.resolve())
      .catch(() => {})
      .then(async () => write(await vectors));
    this.#pending.set(item, written);
    const forget = () => {
      if (this.#pending.get(item) === written) this.#pending.delete(item);
    };
    written.then(forget, forget);
    return written;
  }

  /**
   * What is nearest to a query, the nearest first, then what has no vectors, as it comes.
   *
   * @param candidates Called when the query has been embedded.
   * @returns With each its score: the cosine of the angle to the nearest of its vectors, from -1 to 1.
   * @throws {SuperstepError} EMBEDDING_FAILED
   */
  async rank<T>(query: string, candidates: () => Iterable<Candidate<T>>): Promise<Ranked<T>[]> {
    const { embeddings } = this.#config;
    const [wanted] = await this.#embed([query], 'the query', async (texts) =>
      typeof embeddings === 'function'
        ? await embeddings(texts)
        : await Promise.all(texts.map((text) => embeddings.embedQuery(text))),
    );
    const nearness = cosineTo(wanted!);
    const ranked: (Ranked<T> & { readonly score: number })[] = [];
    const rest: Ranked<T>[] = [];
    for (const { found, vectors } of candidates()) {
      if (vectors.length === 0) rest.push({ found });
      else ranked.push({ found, score: Math.max(...vectors.map(nearness)) });
    }
    ranked.sort((a, b) => b.score - a.score);
    return [...ranked, ...rest];
  }

  /** Vectors as one value of a database. */
  pack(vectors: readonly Vector[]): Uint8Array | null {
    if (vectors.length === 0) return null;
    const { dims } = this.#config;
    const numbers = new Float32Array(1 + vectors.length * dims);
    numbers[0] = dims;
    vectors.forEach((vector, i) => numbers.set(vector, 1 + i * dims));
    return new Uint8Array(numbers.buffer);
  }

  /** @throws {SuperstepError} EMBEDDING_FAILED for vectors of another number of dimensions. */
  unpack(packed: Uint8Array | null, item: string): Vector[] {
    if (packed === null) return [];
    // A copy, since numbers must begin at a multiple of their size.
    const all = new Float32Array(packed.slice().buffer);
    const [dims = 0] = all;
    const numbers = all.subarray(1);
    if (dims !== this.#config.dims) {
      throw failed(
        `item ${show(item)}`,
        `it was embedded with ${dims} numbers, and \`index.dims\` is ${this.#config.dims}; put it again`,
      );
    }
    return Array.from({ length: numbers.length / dims }, (_, i) =>
      numbers.subarray(i * dims, (i + 1) * dims),
    );
  }

  async #embed(
    texts: string[],
    what: string,
    ask: (texts: string[]) => Promise<unknown>,
  ): Promise<Vector[]> {
    if (texts.length === 0) return [];
    const given = await ask(texts).catch((cause: unknown) => {
      throw failed(what, 'the embedding function has failed', { cause });
    });
    if (!Array.isArray(given) || given.length !== texts.length) {
      const came = Array.isArray(given) ? `a list of ${given.length}` : show(given);
      throw failed(what, `it takes a list of ${texts.length} vectors, and what came is ${came}`);
    }
    return given.map((numbers: unknown) => this.#toVector(numbers, what));
  }

  #toVector(numbers: unknown, what: string): Vector {
    const { dims } = this.#config;
    const isList = Array.isArray(numbers) || ArrayBuffer.isView(numbers);
    const vector = Float32Array.from(isList ? (numbers as number[]) : []);
    if (vector.length === dims && vector.every(Number.isFinite)) return vector;
    const came = isList ? `one of ${vector.length}: ${show(numbers)}` : show(numbers);
    throw failed(what, `a vector has ${dims} numbers (\`index.dims\`), and what came is ${came}`);
  }
}

/** What a search of a store tells of it. */
export function toSearchItem({ found, score }: Ranked<StoreItem>): SearchItem {
  return score === undefined ? found : { ...found, score };
}

function cosineTo(wanted: Vector): (vector: Vector) => number {
  const length = Math.sqrt(wanted.reduce((sum, number) => sum + number * number, 0));
  return (vector) => {
    let product = 0;
    let square = 0;
    for (let i = 0; i < wanted.length; i++) {
      const number = vector[i] ?? 0;
      product += number * wanted[i]!;
      square += number * number;
    }
    return length && square ? product / (length * Math.sqrt(square)) : 0;
  };
}

function failed(
  what: string,
  reason: string,
  options?: { readonly cause: unknown },
): SuperstepError {
  return new SuperstepError('EMBEDDING_FAILED', `Cannot embed ${what}: ${reason}`, {}, options);
}
