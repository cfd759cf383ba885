import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as peer from '@langchain/langgraph';
import * as ours from '../../../src/engine/index.ts';

/** What both libraries export under the same names, as far as these graphs need it. */
type Library = Pick<
  typeof ours,
  'Annotation' | 'Command' | 'END' | 'START' | 'Send' | 'StateGraph' | 'entrypoint' | 'task'
>;

const modes = ['values', 'updates', 'custom', 'tasks'] as const;

/** A graph, or an entrypoint, built with either library. */
type Build = (library: Library) => { graph: any; input: unknown };

const stateOf = ({ Annotation }: Library) =>
  Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    n: Annotation<number>(),
  });

const cases: Record<string, Build> = {
  'a chain': (library) => ({
    graph: new library.StateGraph(stateOf(library))
      .addNode('a', () => ({ log: ['a'], n: 1 }))
      .addNode('b', () => ({ n: 2 }))
      .addNode('c', () => ({}))
      .addEdge(library.START, 'a')
      .addEdge('a', 'b')
      .addEdge('b', 'c')
      .compile(),
    input: { n: 0 },
  }),
  'a map with custom values': (library) => ({
    graph: new library.StateGraph(stateOf(library))
      .addNode('map', ((text: string, config: any) => {
        config.writer?.(`saw ${text}`);
        return { log: [text] };
      }) as any)
      .addNode('after', () => ({ n: 1 }))
      .addConditionalEdges(
        library.START,
        () => ['x', 'y', 'z'].map((text) => new library.Send('map', text)),
        ['map'],
      )
      .addEdge('map', 'after')
      .compile(),
    input: {},
  }),
  'a command': (library) => ({
    graph: new library.StateGraph(stateOf(library))
      .addNode('a', () => new library.Command({ update: { n: 1 }, goto: 'b' }), { ends: ['b'] })
      .addNode('b', () => ({ log: ['b'] }))
      .addEdge(library.START, 'a')
      .compile(),
    input: { log: ['in'] },
  }),
  'an entrypoint with tasks': (library) => {
    const double = library.task('double', async (n: number) => n * 2);
    const outer = library.task('outer', async (n: number) => (await double(n)) + 1);
    return {
      graph: library.entrypoint('workflow', async (n: number) => {
        const first = await outer(n);
        return double(first);
      }),
      input: 3,
    };
  },
};

/** Chunks without what may differ: ids, and metadata that the peer adds of its own. */
async function chunksOf(build: Build, library: Library, streamMode: string): Promise<unknown[]> {
  const { graph, input } = build(library);
  const chunks: unknown[] = [];
  for await (const chunk of await graph.stream(input, { streamMode })) {
    const { id: _id, metadata: _metadata, ...rest } = Object(chunk) as Record<string, unknown>;
    chunks.push(streamMode === 'tasks' ? rest : chunk);
  }
  return JSON.parse(JSON.stringify(chunks)) as unknown[];
}

/** Results of functional tasks, which the peer leaves out or names by a channel of its own. */
function withoutResults(chunks: unknown[]): unknown[] {
  return chunks.map((chunk) => {
    const { result: _result, ...rest } = chunk as Record<string, unknown>;
    return rest;
  });
}

for (const [name, build] of Object.entries(cases)) {
  describe(`streams of ${name} are those of the peer`, () => {
    for (const mode of modes) {
      it(`in mode ${mode}`, async () => {
        const mine = await chunksOf(build, ours, mode);
        const theirs = await chunksOf(build, peer as unknown as Library, mode);
        const isFunctional = name.startsWith('an entrypoint') && mode === 'tasks';
        const toCompare = isFunctional ? withoutResults : (chunks: unknown[]) => chunks;
        assert.deepEqual(inOrderOfStart(toCompare(mine)), inOrderOfStart(toCompare(theirs)));
      });
    }
  });
}

/** A graph with all kinds of tasks, which note what their config says of them. */
function everyKind(library: any, isStored: boolean) {
  const noted: unknown[] = [];
  const note = ({ metadata: { langgraph_node, langgraph_step, ...metadata } }: any) => {
    const { langgraph_path, langgraph_triggers, langgraph_checkpoint_ns } = metadata;
    noted.push([langgraph_node, langgraph_step, langgraph_path, langgraph_triggers]);
    noted.push(langgraph_checkpoint_ns);
    return {};
  };
  const State = library.Annotation.Root({ n: library.Annotation() });
  const inner = (options: object = {}) =>
    new library.StateGraph(State)
      .addNode('deep', (_: unknown, config: any) => note(config))
      .addEdge(library.START, 'deep')
      .compile(options);
  const [called, child, kept] = [inner(), inner(), inner(isStored ? { checkpointer: true } : {})];
  const work = library.task('work', async () => note(library.getConfig()));
  const graph = new library.StateGraph(State)
    .addNode('child', child)
    .addNode('kept', kept)
    .addNode('calls', async (_: unknown, config: any) => {
      for (let i = 0; i < 2; i++) await called.invoke({});
      return note(config);
    })
    .addNode('sent', (_: unknown, config: any) => note(config))
    .addNode('tasks', async () => {
      for (let i = 0; i < 2; i++) await work();
      return {};
    })
    .addEdge(library.START, 'child')
    .addEdge('child', 'kept')
    .addEdge('kept', 'calls')
    .addConditionalEdges('calls', () => [1, 2].map((n) => new library.Send('sent', { n })), [
      'sent',
    ])
    .addEdge('sent', 'tasks')
    .compile(isStored ? { checkpointer: new library.MemorySaver() } : {});
  return { graph, noted };
}

/** Ids, numbered in the order in which they are first seen. */
function numbered(value: unknown): unknown {
  const ids: string[] = [];
  const text = JSON.stringify(value).replace(
    /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}/g,
    (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `#${ids.indexOf(id)}`;
    },
  );
  return JSON.parse(text) as unknown;
}

describe('ids, namespaces and paths of tasks are one and the same', () => {
  for (const isStored of [false, true]) {
    it(`as with the peer, in chunks, config${isStored ? ', checkpoints and history' : ''}`, async () => {
      const told = async (library: unknown) => {
        const { graph, noted } = everyKind(library, isStored);
        const config = { configurable: { thread_id: '1' } };
        const streamMode = isStored ? ['tasks', 'checkpoints'] : ['tasks'];
        const all: unknown[] = [];
        const tasksOf = ({ tasks }: any) =>
          tasks.map(({ id, name, path }: any) => [id, name, path]);
        for await (const [namespace, mode, chunk] of await graph.stream(
          {},
          { ...config, streamMode, subgraphs: true },
        )) {
          const { checkpoint_ns, checkpoint_id } = chunk.config?.configurable ?? {};
          if (mode === 'checkpoints') all.push([checkpoint_ns, checkpoint_id, ...tasksOf(chunk)]);
          // The peer starts all tasks of a superstep before the first one ends.
          else if ('triggers' in chunk) all.push([namespace, chunk.id, chunk.name, chunk.triggers]);
        }
        if (!isStored) return numbered([...all, ...noted]);
        for await (const state of graph.getStateHistory(config)) all.push(tasksOf(state));
        return numbered([...all, ...noted]);
      };
      assert.deepEqual(await told(ours), await told(peer));
    });
  }

  it('in messages too', async () => {
    let noted: object | undefined;
    const graph = new ours.StateGraph(ours.MessagesAnnotation)
      .addNode('speak', (_, { metadata }) => {
        noted = { ...metadata };
        return { messages: [new ours.AIMessage('hello')] };
      })
      .addEdge(ours.START, 'speak')
      .compile();
    const config = { streamMode: 'messages', metadata: { user: 'Ann' } } as const;
    for await (const [, metadata] of await graph.stream({}, config)) {
      assert.deepEqual(metadata, { ...noted, tags: [] });
    }
    assert.ok(noted);
  });
});

/**
 * Of tasks that run at once, the peer tells all starts before the first end; here a synchronous task
 * has ended before the next starts. Both tell the same, so they are compared sorted.
 */
function inOrderOfStart(chunks: unknown[]): unknown[] {
  return chunks.some((chunk) => Object(chunk).triggers !== undefined)
    ? chunks.map((chunk) => JSON.stringify(chunk)).sort()
    : chunks;
}
