// A store outlives threads: run it several times, and the visits are counted in a file.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotation, END, START, StateGraph, type NodeConfig } from 'superstep';
import { SqliteStore } from 'superstep/sqlite';

const State = Annotation.Root({ user: Annotation<string>(), greeting: Annotation<string>() });

export const graph = new StateGraph(State)
  .addNode('greet', async ({ user }, { store }: NodeConfig) => {
    const known = await store?.get(['users', user], 'visits');
    const count = (known?.value['count'] ?? 0) + 1;
    await store?.put(['users', user], 'visits', { count });
    return { greeting: `Hello ${user}, visit ${count}` };
  })
  .addEdge(START, 'greet')
  .addEdge('greet', END)
  .compile({ name: 'stores', store: new SqliteStore(join(tmpdir(), 'superstep-visits.sqlite')) });

export const input = { user: 'Ada' };
