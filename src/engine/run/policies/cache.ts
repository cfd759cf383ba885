import { systemClock, type Clock } from '../../model/clock.ts';
import { cachedCopy } from '../../state/cachedCopy.ts';
import { randomId } from '../../model/ids.ts';
import { keyOf } from '../../plan/cacheKey.ts';
import type { Cache, CacheKey, CachePolicy } from '../../model/policies/cachePolicy.ts';

interface Entry {
  readonly value: unknown;
  readonly expiresAt: number;
}

/**
 * Keeps results in memory, for as long as it lives itself or their `ttl` says.
 *
 * @example
 * ```ts
 * import { Annotation, InMemoryCache, START, StateGraph } from 'superstep';
 * let runs = 0;
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('slow', (state) => (runs++, { n: state.n * 2 }), { cachePolicy: { ttl: 60 } })
 *   .addEdge(START, 'slow')
 *   .compile({ cache: new InMemoryCache() });
 * await graph.invoke({ n: 2 });
 * console.log(await graph.invoke({ n: 2 }), runs); // { n: 4 } 1
 * ```
 */
export class InMemoryCache implements Cache {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #namespaces = new Map<string, Map<string, Entry>>();

  constructor(options: { clock?: Pick<Clock, 'now'> } = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  get(keys: readonly CacheKey[]): { key: CacheKey; value: unknown }[] {
    const found: { key: CacheKey; value: unknown }[] = [];
    for (const key of keys) {
      const entries = this.#namespaces.get(nameOf(key[0]));
      const entry = entries?.get(key[1]);
      if (entry === undefined) continue;
      if (entry.expiresAt > this.#clock.now()) found.push({ key, value: entry.value });
      else entries!.delete(key[1]);
    }
    return found;
  }

  set(entries: readonly { key: CacheKey; value: unknown; ttl?: number | undefined }[]): void {
    for (const { key, value, ttl } of entries) {
      const name = nameOf(key[0]);
      let space = this.#namespaces.get(name);
      if (space === undefined) this.#namespaces.set(name, (space = new Map<string, Entry>()));
      const expiresAt = ttl === undefined ? Infinity : this.#clock.now() + ttl * 1000;
      space.set(key[1], { value, expiresAt });
    }
  }

  clear(namespaces?: readonly (readonly string[])[]): void {
    if (namespaces === undefined) this.#namespaces.clear();
    else for (const namespace of namespaces) this.#namespaces.delete(nameOf(namespace));
  }
}

function nameOf(namespace: readonly string[]): string {
  return JSON.stringify(namespace);
}

/** Runs something whose results are kept. */
export interface CachedCall {
  readonly cache: Cache;
  readonly policy: CachePolicy;
  /** Whose results these are: a graph's and a node's name, or a task's. */
  readonly owner: readonly string[];
  /** What alone gets them if the policy makes no key of its own: the node that was added, or the task. */
  readonly identity: object;
  /** The code that makes the results: when it changes, old results do not count. */
  readonly code: unknown;
  readonly args: readonly unknown[];
}

/**
 * The kept result, or a new one that is kept then. What is kept is a copy, and what is handed out is
 * another, so that nobody changes what is in the cache.
 */
export async function withCache(
  call: CachedCall,
  produce: () => Promise<unknown>,
): Promise<{ value: unknown; isCached: boolean }> {
  const { cache, policy, owner } = call;
  const namespace = [...owner, ...makerOf(call)];
  const key = policy.keyFunc ? policy.keyFunc(call.args) : keyOf(call.args, owner.at(-1)!);
  const [found] = await cache.get([[namespace, key]]);
  if (found !== undefined) return { value: cachedCopy(found.value), isCached: true };
  const value = await produce();
  await cache.set([{ key: [namespace, key], value: cachedCopy(value), ttl: policy.ttl }]);
  return { value, isCached: false };
}

function makerOf({ policy, identity, code }: CachedCall): string[] {
  if (policy.keyFunc === undefined) return [nameOfIdentity(identity)];
  return typeof code === 'function' ? [hashOf(code)] : [];
}

const identities = new WeakMap<object, string>();

/** A text for this object alone. Random, since a cache may be shared with other processes. */
function nameOfIdentity(identity: object): string {
  let name = identities.get(identity);
  if (name === undefined) identities.set(identity, (name = randomId()));
  return name;
}

const hashes = new WeakMap<object, string>();

/** A short name for a function's text (cyrb53, 53 bits). */
function hashOf(code: object): string {
  let hash = hashes.get(code);
  if (hash !== undefined) return hash;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  const text = Function.prototype.toString.call(code);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  hash = (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
  hashes.set(code, hash);
  return hash;
}
