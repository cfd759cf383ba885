import { watch } from 'node:fs';
import * as files from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromHistory, HistoryCall, HistoryStart } from './history/historyMessages.ts';
import type { KeptThreadName } from './history/keptRun.ts';
import { RunFolder } from './history/runFolder.ts';

/** Milliseconds in which changes of the list are told once. */
const CHANGES_MS = 50;

const host = parentPort!;
const { path, limits, threads } = workerData as HistoryStart;
const post = (message: FromHistory) => host.postMessage(message);
const folder = new RunFolder({
  ...{ path, limits, files },
  onSetAside: (what) => post({ type: 'setAside', what }),
  deleteThreads,
});
/** What writes is done one after the other, in the order in which it was asked for. */
let writing: Promise<unknown> = Promise.resolve();
let telling: NodeJS.Timeout | undefined;

host.on('message', (call: HistoryCall) => {
  const isReading = ['list', 'content', 'events'].includes(call.name);
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
    const work = folder[name].bind(folder) as (...args: unknown[]) => Promise<unknown>;
    const result = await work(...args);
    post({ type: 'done', number, result });
    if (['begin', 'end', 'delete', 'clear', 'limit'].includes(name)) tellChange();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    post({ type: 'failed', number, message, ...(code !== undefined && { code }) });
  }
}

function tellChange(): void {
  telling ??= setTimeout(() => {
    telling = undefined;
    post({ type: 'changed' });
  }, CHANGES_MS);
}

/** What cannot be deleted now, with a store that is busy or of a newer version, stays. */
async function deleteThreads(names: readonly KeptThreadName[]): Promise<void> {
  if (!threads) return;
  const { openExistingStore } = await import('./worker/threadStore.ts');
  const shipped = { superstep: '', 'superstep/sqlite': threads.sqliteUrl };
  const store = await openExistingStore(threads.path, { shipped }).catch(() => undefined);
  try {
    for (const { threadId, ...owner } of names) {
      await store?.checkpointerFor(owner).deleteThread(threadId);
    }
  } catch {
    // The same.
  } finally {
    store?.close();
  }
}
