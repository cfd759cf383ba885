import { randomUUID } from 'node:crypto';
import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import type { ThreadStore } from '../../protocol/threads.ts';
import type { Redactor } from '../redact.ts';
import type { RunResult } from '../runner.ts';
import type { ShippedUrls } from '../workerThread.ts';
import { hosted, type CallConfig, type RunnableGraph } from './graphFile.ts';
import { LateSaver } from './lateSaver.ts';
import { openStore, type OpenStore } from './threadStore.ts';

/** Code that can pause names one of `interrupt`, `interruptBefore` and `interruptAfter`. */
const MAY_PAUSE = /\binterrupt/;

/** How a run finds the thread that it is to have. */
export interface ThreadOptions {
  readonly bundle: Bundle;
  readonly threadId: string | undefined;
  readonly store: ThreadStore | undefined;
  readonly shipped: ShippedUrls;
  readonly redactor: Redactor;
  /** It may pause, whatever its code says. */
  readonly isToPause: boolean;
}

/** The thread of one run, and what keeps it. */
export interface KeptThread {
  readonly threadId: string | undefined;
  readonly keptBy: RunResult['keptBy'];
  /** The graph, whose calls are kept there. */
  readonly graph: RunnableGraph;
  /** For these calls. */
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
  { bundle, threadId, store, shipped, redactor, isToPause }: ThreadOptions,
): Promise<KeptThread> {
  const { handle } = graph;
  const own = handle.ownCheckpointer?.();
  const takesNone = handle.takesCheckpointer?.() ?? false;
  // One that never asks has no need of it, and may have values in its state that cannot be kept.
  const mayPause = isToPause || MAY_PAUSE.test(bundle.code);
  let obstacles: readonly Problem[] = [];
  const isTaken = takesNone || own?.isDurable === false;
  const { classes } = (own ?? {}) as { classes?: [] };
  const openIt = () => openStore(store!.path, { shipped, ...(classes && { classes }) });
  if (store?.freshThread !== undefined && isTaken && !mayPause && threadId === undefined) {
    const late = { open: openIt, threadId: store.freshThread };
    return lateInStore(graph, { ...late, store, bundle, redactor });
  }
  if (store && isTaken && (mayPause || threadId !== undefined)) {
    const open = await openIt().catch((error: unknown) => {
      if (!store.isTemporary || !(error instanceof LoadError)) throw error;
      obstacles = error.problems.map((problem) => ({ ...problem, severity: 'warning' }));
      return undefined;
    });
    const id = threadId ?? store.freshThread ?? randomUUID();
    if (open) return inStore(graph, { open, store, bundle, redactor, threadId: id });
  }
  if (takesNone && mayPause) {
    const id = threadId ?? randomUUID();
    return keptThread(hosted(graph, { checkpointer: await inMemory(shipped) }), id, { obstacles });
  }
  const id = threadId ?? (handle.needsThread?.() ? randomUUID() : undefined);
  return keptThread(graph, id, own?.isDurable ? { keptBy: 'graph' } : { obstacles });
}

interface InStore<Open> {
  readonly open: Open;
  readonly store: ThreadStore;
  readonly bundle: Bundle;
  readonly redactor: Redactor;
  readonly threadId: string;
}

function inStore(
  graph: RunnableGraph,
  { open, store, bundle, redactor, threadId }: InStore<OpenStore>,
): KeptThread {
  const saver = open.checkpointerFor({
    file: store.beganAs ?? bundle.file,
    exportName: graph.exportName,
  });
  /** What waits has to be kept as it is; what is over need not. */
  const mayStay = async () => {
    if (store.freshThread === undefined) return false;
    const saved = await saver.get({ threadId, namespace: '' });
    return !holdsKey(saved?.checkpoint.values, redactor);
  };
  let isKept = true;
  return {
    ...keptThread(hosted(graph, { checkpointer: saver }), threadId, {}),
    get keptBy() {
      return isKept ? ('store' as const) : undefined;
    },
    async close({ isOver }) {
      try {
        if (!store.isTemporary || !isOver || (await mayStay())) return;
        await saver.deleteThread(threadId);
        isKept = false;
      } finally {
        open.close();
      }
    },
  };
}

/** For a graph that never asks: it neither waits for the store, nor fails for what that refuses. */
function lateInStore(
  graph: RunnableGraph,
  { open, store, bundle, redactor, threadId }: InStore<() => Promise<OpenStore>>,
): KeptThread {
  let opened: OpenStore | undefined;
  const saver = new LateSaver({
    open: async () => {
      opened = await open();
      return opened.checkpointerFor({
        file: store.beganAs ?? bundle.file,
        exportName: graph.exportName,
      });
    },
    holdsKey: (value) => holdsKey(value, redactor),
  });
  return {
    ...keptThread(hosted(graph, { checkpointer: saver }), threadId, {}),
    get keptBy() {
      return saver.hasKept ? ('store' as const) : undefined;
    },
    async close() {
      opened?.close();
    },
  };
}

/** Also true where that cannot be told. */
function holdsKey(value: unknown, redactor: Redactor): boolean {
  try {
    const text = JSON.stringify(value) ?? '';
    return redactor.redact(text) !== text;
  } catch {
    return true;
  }
}

function keptThread(
  graph: RunnableGraph,
  threadId: string | undefined,
  {
    keptBy,
    obstacles = [],
  }: {
    readonly keptBy?: RunResult['keptBy'];
    readonly obstacles?: readonly Problem[];
  },
): KeptThread {
  return {
    graph,
    threadId,
    keptBy,
    obstacles,
    config: threadId === undefined ? {} : { configurable: { thread_id: threadId } },
    async close() {},
  };
}

async function inMemory(shipped: ShippedUrls): Promise<Checkpointer> {
  const { MemorySaver } = (await import(shipped.superstep)) as {
    MemorySaver: new () => Checkpointer;
  };
  return new MemorySaver();
}
