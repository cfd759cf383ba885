import type {
  ListNamespacesOptions,
  SearchItem,
  SearchOptions,
  Store,
  StoreItem,
} from '../../model/store.ts';
import type { StoreAnswer, StoreCall } from './messages.ts';
import { pack, unpack, unpackError } from '../sending.ts';
import type { RunLink } from './threadServer.ts';

/** The store of a run, for a task on a worker thread: each call is made where the run is. */
export class StoreLink implements Store {
  readonly #link: RunLink;
  readonly #open = new Map<number, { resolve(value: any): void; reject(error: Error): void }>();
  #calls = 0;

  constructor(link: RunLink) {
    this.#link = link;
  }

  onAnswer(answer: StoreAnswer): void {
    const open = this.#open.get(answer.call);
    this.#open.delete(answer.call);
    if ('value' in answer) open?.resolve(unpack(answer.value));
    else open?.reject(unpackError(answer));
  }

  get(namespace: readonly string[], key: string): Promise<StoreItem | null> {
    return this.#call('get', [namespace, key]);
  }

  put(
    namespace: readonly string[],
    key: string,
    value: Record<string, any> | null,
    index?: false | readonly string[],
  ): Promise<void> {
    return this.#call('put', [namespace, key, value, index]);
  }

  delete(namespace: readonly string[], key: string): Promise<void> {
    return this.#call('delete', [namespace, key]);
  }

  search(prefix: readonly string[], options?: SearchOptions): Promise<SearchItem[]> {
    return this.#call('search', [prefix, options]);
  }

  listNamespaces(options?: ListNamespacesOptions): Promise<string[][]> {
    return this.#call('listNamespaces', [options]);
  }

  async #call<T>(method: StoreCall['method'], args: readonly unknown[]): Promise<T> {
    const call = ++this.#calls;
    const text = pack(args, `what is passed to store.${method}()`);
    const answer = Promise.withResolvers<T>();
    this.#open.set(call, answer);
    this.#link.post({ type: 'store', call, method, args: text });
    return answer.promise;
  }
}
