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
}

/** The thread of one run, and what keeps it. */
export interface KeptThread {
  readonly threadId: string | undefined;
  readonly keptBy: RunResult['keptBy'];
  /** For the calls of the graph. */
  readonly config: CallConfig;
  /** Why a store that nobody asked for is not used: of no interest unless the run waits. */
  readonly obstacles: readonly Problem[];
  /** Ends the use of the store. */
  close(options: { readonly isOver: boolean }): Promise<void>;
}

/**
 * Finds out what keeps the thread of a run: the graph's own checkpointer if that is durable, else the
 * host's store. Without a store a graph that has no checkpointer at all, and may ask, keeps it as long
 * as the run.
 * @throws {LoadError} if the store cannot be used.
 */
export async function openThread(
  graph: RunnableGraph,
  { bundle, threadId, store, shipped }: ThreadOptions,
): Promise<KeptThread> {
  const { handle } = graph;
  const own = handle.ownCheckpointer?.();
  const takesNone = handle.takesCheckpointer?.() ?? false;
  // One that never asks has no need of it, and may have values in its state that cannot be kept.
  const mayPause = MAY_PAUSE.test(bundle.code);
  let obstacles: readonly Problem[] = [];
  const isTaken = takesNone || own?.isDurable === false;
  if (store && isTaken && (mayPause || threadId !== undefined)) {
    const { classes } = (own ?? {}) as { classes?: [] };
    const open = await openStore(store.path, { shipped, ...(classes && { classes }) }).catch(
      (error: unknown) => {
        if (!store.isTemporary || !(error instanceof LoadError)) throw error;
        obstacles = error.problems.map((problem) => ({ ...problem, severity: 'warning' }));
        return undefined;
      },
    );
    if (open) return inStore(graph, { open, store, bundle, threadId: threadId ?? randomUUID() });
  }
  if (takesNone && mayPause) {
    const id = threadId ?? randomUUID();
    return keptThread(id, { saver: await inMemory(shipped), obstacles });
  }
  const id = threadId ?? (handle.needsThread?.() ? randomUUID() : undefined);
  return keptThread(id, own?.isDurable ? { keptBy: 'graph' } : { obstacles });
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
  const saver = open.checkpointerFor({ file: store.beganAs ?? bundle.file, exportName });
  return {
    ...keptThread(threadId, { saver, keptBy: 'store' }),
    async close({ isOver }) {
      if (store.isTemporary && isOver) await saver.deleteThread(threadId);
      open.close();
    },
  };
}

function keptThread(
  threadId: string | undefined,
  {
    saver,
    keptBy,
    obstacles = [],
  }: {
    readonly saver?: Checkpointer;
    readonly keptBy?: RunResult['keptBy'];
    readonly obstacles?: readonly Problem[];
  },
): KeptThread {
  return {
    threadId,
    keptBy,
    obstacles,
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
