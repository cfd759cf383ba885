import type { MaybePromise } from '../node.ts';
import { checkOptions, type OptionTable } from '../checkOptions.ts';
import { checkNumber } from './checkNumber.ts';

/**
 * Keeps the results of a node or task, so that the same input is not worked on twice.
 *
 * Without a `keyFunc` a result belongs to one task function, or to one node of one builder, in this
 * process: the text of a function does not tell what it works with, so another graph, closure or bound
 * method never gets it, nor does a graph that is built again or a process that is started again.
 * With a `keyFunc` it belongs to the graph's name, the node's name (or the task's) and the text of the
 * function, so a graph that is built again finds it, also in a cache that outlives the process.
 */
export interface CachePolicy {
  /**
   * Makes the key of an input: the list of a task's arguments, or a list of one, a node's input. What
   * the function works with beside its input must be in the key, too. Default: a text of all the data
   * in the input.
   */
  keyFunc?: (args: any) => string;
  /** Seconds for which a result is good. Default: for ever. */
  ttl?: number;
}

const OPTIONS: OptionTable<CachePolicy> = { names: { keyFunc: true, ttl: true } };

/** Names a cached result: whose it is, and of which input. */
export type CacheKey = readonly [namespace: readonly string[], key: string];

/** Where results are kept; passed to `compile({ cache })`, to an entrypoint, or to one call. */
export interface Cache {
  /** Those of the keys that are there, in any order. */
  get(keys: readonly CacheKey[]): MaybePromise<readonly { key: CacheKey; value: unknown }[]>;
  /** `ttl` in seconds. */
  set(
    entries: readonly { key: CacheKey; value: unknown; ttl?: number | undefined }[],
  ): MaybePromise<void>;
  /** Forgets some namespaces; all of them by default. */
  clear(namespaces?: readonly (readonly string[])[]): MaybePromise<void>;
}

/** @throws {SuperstepError} INVALID_POLICY, UNKNOWN_OPTION */
export function toCachePolicy(policy: CachePolicy | true, node: string): CachePolicy {
  if (policy === true) return {};
  checkOptions(OPTIONS, policy, `The cache policy of "${node}"`);
  if (policy.ttl !== undefined) checkNumber('ttl', policy.ttl, { node, min: 0 });
  return policy;
}
