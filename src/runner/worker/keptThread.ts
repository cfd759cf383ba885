import { randomUUID } from 'node:crypto';
import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import { HOST_CHECKPOINTER } from '../../engine/model/graphHandle.ts';
import type { Bundle } from '../../loader/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import type { ThreadStore } from '../../protocol/threads.ts';
import type { RunResult } from '../runner.ts';
import type { ShippedUrls } from '../workerThread.ts';
import type { CallConfig, RunnableGraph } from './graphFile.ts';
import { openStore, type OpenStore } from './threadStore.ts';

/** Code that can pause names one of `interrupt`, `interruptBefore` and `interruptAfter`. */
const MAY_PAUSE = /\binterrupt/;

/** How a run finds the thread that it is to have. */
export interface ThreadOptions {
  readonly bundle: Bundle;
  readonly threadId: string | undefined;
  readonly store: ThreadStore | undefined;
  readonly shipped: ShippedUrls;
  /** Told why the store is not used, if it cannot be. */
  readonly onHint: (hint: Problem) => void;
}

/** The thread of one run, and what keeps it. */
export interface KeptThread {
  readonly threadId: string | undefined;
  readonly keptBy: RunResult['keptBy'];
  /** For the calls of the graph. */
  readonly config: CallConfig;
  /** Ends the use of the store. */
  close(options: { readonly isWaiting: boolean }): Promise<void>;
}

/**
 * Finds out what keeps the thread of a run: the graph's own checkpointer if that is durable, else the
 * host's store. Without a store a graph that has no checkpointer at all, and may ask, keeps it as long
 * as the run.
 * @throws {LoadError} if the store cannot be used.
 */
export async function openThread(
  graph: RunnableGraph,
  { bundle, threadId, store, shipped, onHint }: ThreadOptions,
): Promise<KeptThread> {
  const { handle } = graph;
  const own = handle.ownCheckpointer?.();
  const takesNone = handle.takesCheckpointer?.() ?? false;
  // One that never asks has no need of it, and may have values in its state that cannot be kept.
  const mayPause = MAY_PAUSE.test(bundle.code);
  const isTaken = takesNone || own?.isDurable === false;
  if (store && isTaken && (mayPause || threadId !== undefined)) {
    const { classes } = (own ?? {}) as { classes?: [] };
    const open = await openStore(store.path, { shipped, ...(classes && { classes }) }).catch(
      (error: unknown) => {
        if (!store.isTemporary || !(error instanceof LoadError)) throw error;
        for (const problem of error.problems) onHint({ ...problem, severity: 'warning' });
        return undefined;
      },
    );
    if (open) return inStore(graph, { open, store, bundle, threadId: threadId ?? randomUUID() });
  }
  if (takesNone && mayPause) {
    const id = threadId ?? randomUUID();
    return keptThread(id, { saver: await inMemory(shipped) });
  }
  const id = threadId ?? (handle.needsThread?.() ? randomUUID() : undefined);
  return keptThread(id, own?.isDurable ? { keptBy: 'graph' } : {});
}

function inStore(
  { exportName }: RunnableGraph,
  {
    open,
    store,
    bundle,
    threadId,
  }: { open: OpenStore; store: ThreadStore; bundle: Bundle; threadId: string },
): KeptThread {
  const saver = open.checkpointerFor({ file: bundle.file, exportName });
  return {
    ...keptThread(threadId, { saver, keptBy: 'store' }),
    async close({ isWaiting }) {
      if (store.isTemporary && !isWaiting) await saver.deleteThread(threadId);
      open.close();
    },
  };
}

function keptThread(
  threadId: string | undefined,
  { saver, keptBy }: { readonly saver?: Checkpointer; readonly keptBy?: RunResult['keptBy'] },
): KeptThread {
  return {
    threadId,
    keptBy,
    config: {
      ...(threadId !== undefined && { configurable: { thread_id: threadId } }),
      ...(saver && { [HOST_CHECKPOINTER]: saver }),
    },
    async close() {},
  };
}

async function inMemory(shipped: ShippedUrls): Promise<Checkpointer> {
  const { MemorySaver } = (await import(shipped.superstep)) as {
    MemorySaver: new () => Checkpointer;
  };
  return new MemorySaver();
}
