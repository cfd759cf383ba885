import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InMemoryStore as PeerStore } from '@langchain/langgraph';
import fc from 'fast-check';
import { InMemoryStore, type IndexConfig, type Store } from '../../../src/engine/index.ts';
import { SqliteStore } from '../../../src/engine/sqlite.ts';
import { temporaryFile } from '../checkpoint/support.ts';

/** How often each letter is in a text, in place of what a model would make of it. */
const letters = (text: string) => [...'abc'].map((letter) => text.split(letter).length - 1);
const embeddings = {
  embedDocuments: async (texts: string[]) => texts.map(letters),
  embedQuery: async (text: string) => letters(text),
};
const index: IndexConfig = { dims: 3, embeddings, fields: ['text'] };

const kinds: Record<string, (index?: IndexConfig) => Store & Partial<Disposable>> = {
  InMemoryStore: (index) => new InMemoryStore(index && { index }),
  SqliteStore: (index) => new SqliteStore(':memory:', index && { index }),
};

for (const [kind, open] of Object.entries(kinds)) {
  describe(`a search by meaning in ${kind}`, () => {
    const keys = async (store: Store, query: string, options = {}) =>
      (await store.search(['a'], { query, ...options })).map(({ key }) => key);

    it('gives the nearest first, with its score, and at the end what has no vector', async () => {
      const store = open(index);
      await store.put(['a'], 'plain', { text: 'aaa' }, false);
      await store.put(['a'], 'far', { text: 'bbb' });
      await store.put(['a'], 'near', { text: 'aab' });
      const found = await store.search(['a'], { query: 'a' });
      assert.deepEqual(
        found.map(({ key, score }) => [key, score?.toFixed(3)]),
        [
          ['near', '0.894'],
          ['far', '0.000'],
          ['plain', undefined],
        ],
      );
      assert.deepEqual(await keys(store, 'a', { limit: 1, offset: 1 }), ['far']);
      assert.deepEqual(await keys(store, 'a', { filter: { text: 'bbb' } }), ['far']);
      assert.deepEqual((await store.search(['a'])).at(0)?.score, undefined);
    });

    it('takes a plain function for the model', async () => {
      const store = open({ ...index, embeddings: async (texts) => texts.map(letters) });
      await store.put(['a'], '1', { text: 'a' });
      await store.put(['a'], '2', { text: 'b' });
      assert.deepEqual(await keys(store, 'a'), ['1', '2']);
    });

    it('is by the nearest of several texts of an item, and an item is found once', async () => {
      const store = open({ ...index, fields: ['parts[*].text'] });
      await store.put(['a'], 'both', { parts: [{ text: 'b' }, { text: 'a' }] });
      await store.put(['a'], 'mixed', { parts: [{ text: 'ab' }] });
      assert.deepEqual(await keys(store, 'a'), ['both', 'mixed']);
      assert.deepEqual(await keys(store, 'b'), ['both', 'mixed']);
    });

    it('knows the fields that a put names in place of those of the index', async () => {
      const store = open(index);
      await store.put(['a'], '1', { text: 'a', title: 'b' }, ['title']);
      await store.put(['a'], '2', { text: 'ab' });
      assert.deepEqual(await keys(store, 'b'), ['1', '2']);
    });

    it('forgets what was replaced or deleted', async () => {
      const store = open(index);
      await store.put(['a'], '1', { text: 'a' });
      await store.put(['a'], '2', { text: 'ab' });
      await store.put(['a'], '1', { text: 'b' });
      assert.deepEqual(await keys(store, 'a'), ['2', '1']);
      await store.delete(['a'], '2');
      assert.deepEqual(await keys(store, 'a'), ['1']);
    });

    it('has no effect without an index', async () => {
      const store = open();
      await store.put(['a'], '1', { text: 'a' });
      await store.put(['a'], '2', { text: 'b' });
      assert.deepEqual(await keys(store, 'a'), ['2', '1']);
    });

    it('keeps the order of puts whose vectors come in another', async () => {
      const asked: PromiseWithResolvers<void>[] = [];
      const store = open({
        ...index,
        embeddings: async (texts) => {
          const turn = Promise.withResolvers<void>();
          asked.push(turn);
          await turn.promise;
          return texts.map(letters);
        },
      });
      const puts = ['a', 'b'].map((text) => store.put(['a'], 'k', { text }));
      const gone = store.delete(['a'], 'other');
      const last = store.put(['a'], 'k', { text: 'c' }, false);
      asked[1]!.resolve();
      asked[0]!.resolve();
      await Promise.all([...puts, gone, last]);
      assert.deepEqual((await store.get(['a'], 'k'))?.value, { text: 'c' });
    });

    it('lets what was stored stay where the new value cannot be embedded', async () => {
      let answer: () => unknown = () => [[1, 0, 0]];
      const store = open({ ...index, embeddings: async () => answer() as number[][] });
      await store.put(['a'], 'k', { text: 'first' });
      for (const [wrong, says] of [
        [() => [[1, 2]], /a vector has 3 numbers.*what came is one of 2/],
        [() => [[1, NaN, 2]], /a vector has 3 numbers/],
        [() => [], /a list of 1 vectors, and what came is a list of 0/],
        [() => undefined, /what came is undefined/],
        [() => ['abc'], /what came is "abc"/],
      ] as const) {
        answer = wrong;
        await assert.rejects(store.put(['a'], 'k', { text: 'second' }), (error: any) => {
          assert.equal(error.code, 'EMBEDDING_FAILED');
          assert.match(error.message, /"a\.k"/);
          assert.match(error.message, says);
          return true;
        });
      }
      const cause = new Error('no model');
      answer = () => {
        throw cause;
      };
      await assert.rejects(store.search(['a'], { query: 'q' }), {
        code: 'EMBEDDING_FAILED',
        cause,
      });
      assert.deepEqual((await store.get(['a'], 'k'))?.value, { text: 'first' });
    });

    it('ranks and picks texts as LangGraph.js does, by any path', async () => {
      const text = fc.stringMatching(/^[abc]{1,4}$/);
      const value = fc.record(
        { a: text, b: fc.record({ c: text }), list: fc.array(fc.record({ t: text })) },
        { requiredKeys: [] },
      );
      const path = fc.constantFrom(
        ...[
          '$',
          'a',
          'b.c',
          'b',
          'list[*].t',
          'list[0].t',
          'list[-1].t',
          'list[5]',
          '{a,b.c}',
          '*',
        ],
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(value, { maxLength: 6 }),
          path,
          text,
          async (values, at, query) => {
            const fields = [at];
            const ours = open({ ...index, fields });
            const theirs = new PeerStore({
              index: { dims: 3, embeddings: embeddings as never, fields },
            });
            for (const [i, each] of values.entries()) {
              await ours.put(['a'], `${i}`, each);
              await theirs.put(['a'], `${i}`, each);
            }
            const scores = async (store: { search: Store['search'] }) =>
              Object.fromEntries(
                (await store.search(['a'], { query, limit: 100 })).map(({ key, score }) => [
                  key,
                  score?.toFixed(5),
                ]),
              );
            assert.deepEqual(await scores(ours), await scores(theirs as never));
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

describe('vectors in a file', () => {
  it('are still known when it is opened again, and refused where the model has other dimensions', async () => {
    using file = temporaryFile();
    {
      using store = new SqliteStore(file.path, { index });
      await store.put(['a'], '1', { text: 'a' });
      await store.put(['a'], '2', { text: 'b' });
    }
    {
      using store = new SqliteStore(file.path, { index });
      const [first] = await store.search([], { query: 'a' });
      assert.deepEqual([first?.key, first?.score], ['1', 1]);
    }
    using store = new SqliteStore(file.path, {
      index: { dims: 2, embeddings: async (texts) => texts.map(() => [1, 0]) },
    });
    await assert.rejects(store.search([], { query: 'a' }), {
      code: 'EMBEDDING_FAILED',
      message: /"a\.2": it was embedded with 3 numbers, and `index.dims` is 2; put it again/,
    });
  });
});
