import { Serializer } from '../checkpoint/serialize.ts';
import type { Store, StoreItem } from '../model/store.ts';

/** One promise that a {@link Store} makes, and a check whether it keeps it. */
export interface StoreRule {
  /** A sentence, fit to be the name of a test. */
  readonly name: string;
  /**
   * @param store A store that is empty.
   * @throws {Error} When the rule is broken.
   */
  readonly check: (store: Store) => Promise<void>;
}

/** The contract of a {@link Store} as rules to be checked, for implementations of your own. */
export const storeRules: readonly StoreRule[] = [
  rule('what was put is got back, with its types', async (store) => {
    const value = { since: new Date(5), tags: new Set(['a']), big: 10n, list: [1, { a: 'b' }] };
    await store.put(['users', 'ada'], 'profile', value);
    const item = await store.get(['users', 'ada'], 'profile');
    equal(item?.value, value);
    equal(item?.namespace, ['users', 'ada']);
    equal(item?.key, 'profile');
    equal(await store.get(['users', 'ada'], 'other'), null);
    equal(await store.get(['users'], 'profile'), null);
  }),
  rule('a second put replaces the value, and keeps the time of the first', async (store) => {
    await store.put(['a'], 'k', { n: 1 });
    const first = (await store.get(['a'], 'k'))!;
    await store.put(['a'], 'k', { n: 2 });
    const second = (await store.get(['a'], 'k'))!;
    equal(second.value, { n: 2 });
    equal(second.createdAt, first.createdAt);
    equal(second.updatedAt >= first.updatedAt, true);
    equal((await store.search(['a'])).length, 1);
  }),
  rule('what a caller does to a value does not change what is stored', async (store) => {
    const value = { list: [1] };
    await store.put(['a'], 'k', value);
    value.list.push(2);
    (await store.get(['a'], 'k'))!.value['list'].push(3);
    equal((await store.get(['a'], 'k'))!.value, { list: [1] });
  }),
  rule('delete removes one item', async (store) => {
    await store.put(['a'], 'k', { n: 1 });
    await store.put(['a'], 'l', { n: 2 });
    await store.delete(['a'], 'k');
    await store.delete(['a'], 'never');
    equal(await store.get(['a'], 'k'), null);
    equal(await store.listNamespaces(), [['a']]);
    await store.delete(['a'], 'l');
    equal(await store.listNamespaces(), []);
  }),
  rule('null as a value removes the item', async (store) => {
    await store.put(['a'], 'k', { n: 1 });
    await store.put(['a'], 'k', null);
    await store.put(['a'], 'never', null);
    equal(await store.get(['a'], 'k'), null);
    equal(await store.search(['a']), []);
    equal(await store.listNamespaces(), []);
  }),
  rule('a limit or an offset that is no count is refused', async (store) => {
    await store.put(['a'], 'k', { n: 1 });
    for (const wrong of [-1, 1.5, NaN, '1' as never, null as never]) {
      for (const page of [{ limit: wrong }, { offset: wrong }]) {
        await refuses(() => store.search(['a'], page));
        await refuses(() => store.listNamespaces(page));
      }
      await refuses(() => store.listNamespaces({ maxDepth: wrong }));
    }
    equal(keys(await store.search(['a'], { limit: Infinity })), ['k']);
  }),
  rule('search finds a namespace and those inside it, last updated first', async (store) => {
    await store.put(['users'], 'all', { n: 0 });
    await store.put(['users', 'ada'], 'x', { n: 1 });
    await store.put(['users', 'bob'], 'y', { n: 2 });
    await store.put(['users2'], 'z', { n: 3 });
    await store.put(['users', 'ada'], 'x', { n: 4 });
    equal(keys(await store.search(['users'])), ['x', 'y', 'all']);
    equal(keys(await store.search(['users', 'ada'])), ['x']);
    equal(keys(await store.search([])), ['x', 'z', 'y', 'all']);
    equal(keys(await store.search(['nobody'])), []);
  }),
  rule('search takes limit, 10 by default, and offset', async (store) => {
    for (let n = 0; n < 15; n++) await store.put(['a'], `k${n}`, { n });
    equal((await store.search(['a'])).length, 10);
    equal(keys(await store.search(['a'], { limit: 2, offset: 3 })), ['k11', 'k10']);
    equal((await store.search(['a'], { limit: 100, offset: 12 })).length, 3);
    equal(await store.search(['a'], { limit: 0 }), []);
  }),
  rule('search filters by equality and by bounds', async (store) => {
    const put = (key: string, value: Record<string, unknown>) => store.put(['a'], key, value);
    await put('1', { city: 'Rome', age: 17, tags: ['x'], at: new Date(1) });
    await put('2', { city: 'Rome', age: 18, tags: ['y'], at: new Date(2) });
    await put('3', { city: 'Oslo', age: 99, at: new Date(3) });
    const found = async (filter: Record<string, unknown>) =>
      keys(await store.search(['a'], { filter })).sort();
    equal(await found({ city: 'Rome' }), ['1', '2']);
    equal(await found({ city: 'Rome', age: { $gte: 18 } }), ['2']);
    equal(await found({ age: { $gt: 17, $lt: 99 } }), ['2']);
    equal(await found({ age: { $lte: 17 } }), ['1']);
    equal(await found({ city: { $ne: 'Rome' } }), ['3']);
    equal(await found({ tags: ['x'] }), ['1']);
    equal(await found({ at: { $gt: new Date(1) } }), ['2', '3']);
    equal(await found({ age: { $gt: 'text' } }), []);
    equal(await found({ missing: 1 }), []);
    equal(await found({ tags: { $ne: ['x'] } }), ['2', '3']);
    equal(await found({ missing: { $ne: 1 } }), ['1', '2', '3']);
    equal(await found({ missing: { $lt: 1 } }), []);
    equal(await found({ city: { $in: ['Oslo', 'Bern'] } }), ['3']);
    equal(await found({ tags: { $in: [['x'], ['y']] } }), ['1', '2']);
    equal(await found({ tags: { $nin: [['x']] } }), ['2', '3']);
    await refuses(() => store.search(['a'], { filter: { age: { $in: 17 } } }));
    await refuses(() => store.search(['a'], { filter: { age: { $near: 1 } } }));
  }),
  rule('listNamespaces takes prefix, suffix, maxDepth, limit and offset', async (store) => {
    for (const name of ['ada', 'bob']) {
      await store.put(['users', name, 'facts'], 'k', { n: 1 });
      await store.put(['users', name, 'likes'], 'k', { n: 1 });
    }
    await store.put(['docs'], 'k', { n: 1 });
    equal(await store.listNamespaces({ maxDepth: 2 }), [
      ['docs'],
      ['users', 'ada'],
      ['users', 'bob'],
    ]);
    equal(await store.listNamespaces({ prefix: ['users', '*'], suffix: ['likes'] }), [
      ['users', 'ada', 'likes'],
      ['users', 'bob', 'likes'],
    ]);
    equal(await store.listNamespaces({ limit: 1, offset: 1 }), [['users', 'ada', 'facts']]);
  }),
  rule('namespaces that could be confused are refused', async (store) => {
    for (const namespace of [[], [''], ['a.b'], ['a', ''], ['a', 1 as never]]) {
      await refuses(() => store.put(namespace, 'k', { n: 1 }));
    }
  }),
  rule(
    'a value of a class it does not know is refused by an error that names the key',
    async (store) => {
      class Unknown {}
      const error = await refuses(() => store.put(['a'], 'odd', { is: new Unknown() }));
      equal(/odd/.test(error.message) && /Unknown/.test(error.message), true);
    },
  ),
];

function rule(name: string, check: StoreRule['check']): StoreRule {
  return { name, check };
}

function keys(items: readonly StoreItem[]): string[] {
  return items.map(({ key }) => key);
}

async function refuses(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected an error, got none');
}

function equal(actual: unknown, expected: unknown): void {
  const text = new Serializer();
  const [is, should] = [text.serialize(actual), text.serialize(expected)];
  if (is !== should) throw new Error(`Expected ${should}, got ${is}`);
}
