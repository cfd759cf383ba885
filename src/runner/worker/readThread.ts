import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import { HOST_CHECKPOINTER } from '../../engine/model/graphHandle.ts';
import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { Bundle } from '../../loader/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { ThreadState, ThreadStatus, ThreadStore } from '../../protocol/threads.ts';
import { describeError } from '../describeError.ts';
import type { ShippedUrls } from '../workerThread.ts';
import type { RunnableGraph } from './graphFile.ts';
import { openQuestions } from './openQuestions.ts';
import { openExistingStore } from './threadStore.ts';

/**
 * Where a thread of a graph stands; `undefined` if there is none of that name.
 * @throws {LoadError} if the store cannot be used, or the graph keeps no threads.
 */
export async function readThread(
  { graph, handle, exportName }: RunnableGraph,
  {
    bundle: { file },
    threadId,
    store,
    shipped,
  }: {
    readonly bundle: Bundle;
    readonly threadId: string;
    readonly store: ThreadStore | undefined;
    readonly shipped: ShippedUrls;
  },
): Promise<ThreadState | undefined> {
  const own = handle.ownCheckpointer?.();
  if (!own && !handle.takesCheckpointer?.()) throw keepsNone(file, exportName);
  const { classes } = (own ?? {}) as { classes?: [] };
  const options = { shipped, ...(classes && { classes }) };
  const open = own?.isDurable || !store ? undefined : await openExistingStore(store.path, options);
  const saver = open?.checkpointerFor({ file: store?.beganAs ?? file, exportName }) ?? own;
  if (!saver) return undefined;
  try {
    const config = { configurable: { thread_id: threadId }, [HOST_CHECKPOINTER]: saver };
    const known = { threadId, graph: exportName };
    try {
      const snapshot = await graph.getState(config, { subgraphs: true });
      return snapshot.metadata && { ...known, ...factsOf(snapshot) };
    } catch (error) {
      const { code, message } = describeError(error);
      const facts = code === 'UNKNOWN_NODE' ? await rawFacts(saver, threadId) : undefined;
      if (!facts) throw error;
      return { ...known, ...facts, obstacle: message };
    }
  } finally {
    open?.close();
  }
}

type Facts = Omit<ThreadState, 'threadId' | 'graph'>;

function factsOf(snapshot: StateSnapshot): Facts {
  const { createdAt, metadata, next, tasks, values } = snapshot;
  const questions = openQuestions(snapshot);
  const failures = tasks.flatMap(({ name, error }) => (error ? [{ node: name, ...error }] : []));
  const status: ThreadStatus =
    failures.length > 0
      ? 'failed'
      : questions.length > 0
        ? 'waiting'
        : tasks.length > 0
          ? 'unfinished'
          : 'done';
  return {
    ...{ status, questions, failures, next: [...new Set(next)], state: values as unknown },
    updatedAt: Date.parse(createdAt!),
    step: metadata!.step,
  };
}

/** What is stored, for a graph that has lost the nodes that are to run next. */
async function rawFacts(saver: Checkpointer, threadId: string): Promise<Facts | undefined> {
  const saved = await saver.get({ threadId, namespace: '' });
  if (!saved) return undefined;
  const { createdAt, step, next, values } = saved.checkpoint;
  const nodes = [...next.nodes, ...next.sends.map(({ node }) => node), ...next.deferred];
  return {
    ...{ status: 'unfinished', questions: [], failures: [], next: [...new Set(nodes)] },
    ...{ updatedAt: createdAt, step, state: values },
  };
}

function keepsNone(file: string, exportName: string): LoadError {
  const message = `The graph "${exportName}" keeps no threads: it is compiled with checkpointer: false`;
  return new LoadError([{ severity: 'error', code: 'MISSING_CHECKPOINTER', message, file }]);
}
