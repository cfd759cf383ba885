import { requireFrame } from './taskContext.ts';
import type { Store } from '../model/store.ts';

/**
 * The store of the running graph; `undefined` if neither its graph nor its call have one.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 * @example
 * ```ts
 * import { InMemoryStore, entrypoint, getStore } from 'superstep';
 * const store = new InMemoryStore();
 * const visit = entrypoint({ name: 'visit', store }, async (user: string) => {
 *   const visits = (await getStore()?.get(['visits'], user))?.value.count ?? 0;
 *   await getStore()?.put(['visits'], user, { count: visits + 1 });
 *   return visits + 1;
 * });
 * await visit.invoke('ada');
 * console.log(await visit.invoke('ada')); // 2
 * ```
 */
export function getStore(): Store | undefined {
  return requireFrame('getStore').config.store;
}
