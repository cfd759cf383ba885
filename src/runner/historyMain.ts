import { watch } from 'node:fs';
import * as files from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { NodeCodes } from '../loader/bundle/nodeCodes.ts';
import type {
  FromHistory,
  HistoryCall,
  HistoryCalls,
  HistoryStart,
} from './history/historyMessages.ts';
import type { KeptThreadName } from './history/keptRun.ts';
import { RunFolder } from './history/runFolder.ts';
import type { OpenStore } from './worker/threadStore.ts';

/** Milliseconds in which changes of the list are told once. */
const CHANGES_MS = 50;

const host = parentPort!;
const { path, limits, threads } = workerData as HistoryStart;
const post = (message: FromHistory) => host.postMessage(message);
const folder = new RunFolder({
  ...{ path, limits, files },
  onSetAside: (what) => post({ type: 'setAside', what }),
  threads: { delete: deleteThreads, bytesOf: bytesOfThreads },
});
/** What writes is done one after the other, in the order in which it was asked for. */
let writing: Promise<unknown> = Promise.resolve();
let telling: NodeJS.Timeout | undefined;

host.on('message', (call: HistoryCall) => {
  const isReading = ['list', 'content', 'events', 'codes'].includes(call.name);
  if (isReading) return void answer(call);
  writing = writing.then(() => answer(call));
});

// Other windows write here as well.
await files.mkdir(path, { recursive: true }).catch(() => {});
try {
  watch(path, { persistent: false }, (_, name) => {
    if (name === null || name.endsWith('.json')) tellChange();
  }).on('error', () => {}); // Then a list is as old as what was done last in this window.
} catch {
  // The same.
}

async function answer({ number, name, args }: HistoryCall): Promise<void> {
  try {
    const work = (name === 'codes' ? codes : folder[name].bind(folder)) as (
      ...args: unknown[]
    ) => Promise<unknown>;
    const result = await work(...args);
    post({ type: 'done', number, result });
    if (['begin', 'end', 'delete', 'clear', 'limit'].includes(name)) tellChange();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    post({ type: 'failed', number, message, ...(code !== undefined && { code }) });
  }
}

/** Here, since to read a file's code may take longer than the host is to be held. */
async function codes(...args: Parameters<HistoryCalls['codes']>): Promise<NodeCodes> {
  const { nodeCodes } = await import('../loader/bundle/nodeCodes.ts');
  return nodeCodes(...args);
}

function tellChange(): void {
  telling ??= setTimeout(() => {
    telling = undefined;
    post({ type: 'changed' });
  }, CHANGES_MS);
}

/** What cannot be deleted now, with a store that is busy or of a newer version, stays. */
async function deleteThreads(names: readonly KeptThreadName[]): Promise<void> {
  await withStore(async (store) => {
    for (const { threadId, ...owner } of names) {
      await store.checkpointerFor(owner).deleteThread(threadId);
    }
  });
}

/** What cannot be told now is told the next time. */
async function bytesOfThreads(names: readonly KeptThreadName[]): Promise<number[]> {
  const bytes: number[] = [];
  if (names.length === 0) return bytes;
  await withStore((store) => {
    for (const { threadId, ...owner } of names) bytes.push(store.bytesOf(owner, threadId));
  });
  return bytes;
}

/** Does something with the file of threads, if there is one that can be opened. */
async function withStore(use: (store: OpenStore) => void | Promise<void>): Promise<void> {
  if (!threads) return;
  const { openExistingStore } = await import('./worker/threadStore.ts');
  const shipped = { superstep: '', 'superstep/sqlite': threads.sqliteUrl };
  const store = await openExistingStore(threads.path, { shipped }).catch(() => undefined);
  try {
    if (store) await use(store);
  } catch {
    // It is busy: the same.
  } finally {
    store?.close();
  }
}
