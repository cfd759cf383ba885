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

/**
 * Of tasks that run at once, the peer tells all starts before the first end; here a synchronous task
 * has ended before the next starts. Both tell the same, so they are compared sorted.
 */
function inOrderOfStart(chunks: unknown[]): unknown[] {
  return chunks.some((chunk) => Object(chunk).triggers !== undefined)
    ? chunks.map((chunk) => JSON.stringify(chunk)).sort()
    : chunks;
}
