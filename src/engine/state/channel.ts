import { InvalidUpdateError, SuperstepError, show } from '../model/errors.ts';
import { toError } from '../model/errorInfo.ts';
import { deepFreeze, isolate } from './isolate.ts';
import { thawed } from './thaw.ts';
import { isRefusal, mutationHint } from './readOnly.ts';
import { bulkOf, fold, keepsParts, type BulkReducer, type Reducer } from './reducers.ts';
import { describeWriter, nodesAmong, type Writer } from './writer.ts';
import { toOverwrite, Overwrite, isOverwrite } from '../model/overwrite.ts';

/** Marks the place of a key that was never written. Never leaves the engine. */
export const EMPTY: unique symbol = Symbol('empty');

/**
 * Checks one value: returns it, possibly transformed, or the reasons why it does not fit, and where in
 * it the first of them is.
 */
export type Check = (
  value: unknown,
) => { value: unknown } | { issues: readonly string[]; path?: readonly string[] };

/** How one key is declared. */
export interface ChannelSpec {
  readonly key: string;
  /** Absent: the last value wins, and only one task a superstep may write it. */
  readonly reducer?: Reducer<any, any>;
  /** Makes the value a run starts with; called for each run. */
  readonly initial?: () => unknown;
  /** Checks values: what is stored of a key without reducer, and overwrites of one with reducer. */
  readonly checkValue?: Check;
  /** Checks single updates of a key with reducer. */
  readonly checkUpdate?: Check;
  /** Name of the type for people, such as `string[]`. */
  readonly type: string;
  /** JSON Schema of its values, where their schema offers one. */
  readonly jsonSchema?: unknown;
  /** Values are passed on by reference: neither copied nor frozen. */
  readonly isShared?: boolean;
  /** Values are not stored. */
  readonly isUntracked?: boolean;
  /** An input without this key is incomplete. Not enforced; for forms and prompts. */
  readonly required: boolean;
}

/** The writes of one superstep to one channel, in task order: `updates[i]` came from `writers[i]`. */
export interface Writes {
  readonly updates: unknown[];
  readonly writers: Writer[];
}

/**
 * One key of the state and the law by which its value changes. Holds no value itself: the values
 * of a run are in its snapshot.
 */
export class Channel {
  readonly spec: ChannelSpec;
  readonly key: string;
  readonly #bulk: BulkReducer | undefined;
  readonly #keepsParts: boolean;
  #changesOperands = false;

  constructor(spec: ChannelSpec) {
    this.spec = spec;
    this.key = spec.key;
    this.#bulk = spec.reducer && bulkOf(spec.reducer);
    this.#keepsParts = keepsParts(this.#bulk);
  }

  /** The value a run starts with, or `EMPTY`. */
  initial(): unknown {
    if (this.spec.initial === undefined) return EMPTY;
    try {
      return isolate(this.spec.initial());
    } catch (thrown) {
      throw toError(thrown, `The default of key "${this.key}"`);
    }
  }

  /**
   * Checks an update where it is made, so that the error names the node that made it.
   * @throws {SuperstepError} VALIDATION_FAILED
   */
  check(update: unknown, writer: Writer): unknown {
    const overwrite = toOverwrite(update);
    const check = overwrite || !this.spec.reducer ? this.spec.checkValue : this.spec.checkUpdate;
    const given = overwrite ? overwrite.value : update;
    if (!check) return this.spec.reducer ? (overwrite ?? update) : given;
    // Programs clear a key by `undefined`; a default is not an update that anybody made.
    if (update === undefined && this.spec.reducer) return undefined;
    const result = check(given);
    if ('issues' in result) {
      if (update === undefined) return undefined;
      throw new SuperstepError(
        'VALIDATION_FAILED',
        `Invalid value for key "${this.key}" from ${describeWriter(writer)}: ${result.issues.join('; ')} ` +
          `(got ${show(given)}); give it what its schema takes`,
        { nodes: nodesAmong([writer]), key: this.key, value: given },
      );
    }
    if (!overwrite) return result.value;
    return this.spec.reducer ? new Overwrite(result.value) : result.value;
  }

  /**
   * The value after one superstep's writes (at least one) to this channel; `current` is not changed.
   * @throws {InvalidUpdateError} INVALID_CONCURRENT_GRAPH_UPDATE
   * @throws {SuperstepError} REDUCER_FAILED
   */
  apply(current: unknown, writes: Writes): unknown {
    const { reducer } = this.spec;
    const { updates } = writes;
    if (!reducer) {
      if (updates.length > 1) throw this.#concurrent(writes, 'the key has no reducer');
      const update = updates[0];
      const value = isOverwrite(update) ? update.value : update;
      return this.spec.isShared ? value : isolate(value);
    }
    let overwrite: Overwrite<unknown> | undefined;
    for (let i = 0; i < updates.length; i++) {
      const update = updates[i];
      if (!isOverwrite(update)) updates[i] = isolate(update);
      else if (overwrite === undefined) overwrite = update;
      else {
        const why = 'only one may overwrite it, and a subgraph does whose nodes do';
        throw this.#concurrent(writes, why);
      }
    }
    if (overwrite !== undefined) return isolate(overwrite.value);
    const base = current === EMPTY ? undefined : current;
    try {
      const value = this.#reduce(reducer, base, updates);
      if (value instanceof Promise) {
        value.catch(() => {});
        throw new TypeError('it returned a promise, and a superstep cannot wait for its reducers');
      }
      return this.#keepsParts ? Object.freeze(value) : deepFreeze(value);
    } catch (error) {
      const writers = [...new Set(writes.writers)];
      throw new SuperstepError(
        'REDUCER_FAILED',
        `The reducer of key "${this.key}" failed on the updates of ${writers.map(describeWriter).join(', ')}: ` +
          `${error instanceof Error ? error.message : show(error)}${mutationHint(error) || '; it must take all that nodes and input write to the key'}`,
        { nodes: nodesAmong(writers), key: this.key },
        { cause: error },
      );
    }
  }

  /**
   * Reducers that change what they are given are common. They are given copies, once they have been
   * found out by the refusal of what is read-only: nobody else pays for these.
   */
  #reduce(reducer: Reducer<any, any>, base: unknown, updates: readonly unknown[]): unknown {
    if (this.#bulk) return this.#bulk(base, updates);
    if (!this.#changesOperands) {
      try {
        return fold(reducer, base, updates);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#changesOperands = true;
      }
    }
    return fold(reducer, thawed(base), updates.map(thawed));
  }

  #concurrent(writes: Writes, why: string): InvalidUpdateError {
    const names = nodesAmong(writes.writers);
    const [only] = new Set(writes.writers);
    const who =
      names.length > 1
        ? `nodes ${names.map((name) => `"${name}"`).join(' and ')}`
        : names.length === 1
          ? `${writes.writers.length} tasks of node "${names[0]}"`
          : describeWriter(only!);
    return new InvalidUpdateError(
      'INVALID_CONCURRENT_GRAPH_UPDATE',
      `Cannot apply ${writes.updates.length} writes to key "${this.key}" in one superstep, from ${who}: ` +
        `${why}. Give the key a reducer (for a list: Annotation({ reducer: append })), let one node ` +
        `write it, or give a subgraph an output schema without it`,
      { nodes: names, key: this.key, value: writes.updates[0] },
    );
  }
}
