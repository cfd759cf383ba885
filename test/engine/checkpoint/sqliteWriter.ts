// Writes a thread into a database that others write to as well; run as a worker.
import { parentPort, workerData } from 'node:worker_threads';
import type { Checkpoint } from '../../../src/engine/index.ts';
import { newCheckpointId } from '../../../src/engine/model/checkpointIds.ts';
import { SqliteSaver } from '../../../src/engine/sqlite.ts';

const { path, thread, count } = workerData as { path: string; thread: string; count: number };
using saver = new SqliteSaver(path);
let last: Checkpoint | undefined;
let list: readonly string[] = [];
for (let i = 0; i < count; i++) {
  list = Object.freeze([...list, `theirs ${i}`]);
  const next: Checkpoint = {
    id: newCheckpointId(Date.now(), last?.id),
    parentId: last?.id,
    createdAt: 0,
    source: 'loop',
    step: i,
    parents: {},
    values: { list },
    written: ['list'],
    ran: [],
    next: { nodes: [], sends: [], deferred: [], joins: [] },
  };
  await saver.put({ threadId: thread, namespace: '' }, next, last);
  last = next;
}
parentPort!.postMessage('done');
