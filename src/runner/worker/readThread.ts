import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import { HOST_CHECKPOINTER } from '../../engine/model/graphHandle.ts';
import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { Bundle } from '../../loader/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import type {
  ThreadCheckpoint,
  ThreadState,
  ThreadStatus,
  ThreadStore,
} from '../../protocol/threads.ts';
import { describeError } from '../describeError.ts';
import type { ShippedUrls } from '../workerThread.ts';
import { checkpointIdOf, findCheckpoint } from './findCheckpoint.ts';
import type { CallConfig, RunnableGraph } from './graphFile.ts';
import { openQuestions } from './openQuestions.ts';
import { openExistingStore } from './threadStore.ts';

/** Names a thread that is looked into. */
export interface ThreadLook {
  readonly bundle: Bundle;
  readonly threadId: string;
  readonly store: ThreadStore | undefined;
  readonly shipped: ShippedUrls;
}

/**
 * Where a thread of a graph stands, or stood at a checkpoint; `undefined` if there is none of that name.
 * @throws {LoadError} if the store cannot be used, or the graph keeps no threads; {SuperstepError}
 * UNKNOWN_CHECKPOINT.
 */
export async function readThread(
  graph: RunnableGraph,
  { at, ...look }: ThreadLook & { readonly at: string | undefined },
): Promise<ThreadState | undefined> {
  return inKeptThread(graph, look, async ({ saver, config }) => {
    const { threadId } = look;
    const known = { threadId, graph: graph.exportName };
    try {
      const newest = await graph.graph.getState(config, { subgraphs: true });
      if (!newest.metadata) return undefined;
      if (at === undefined) return { ...known, ...factsOf(newest) };
      const id = await findCheckpoint(graph, config, at);
      const past = { ...config, configurable: { ...config.configurable!, checkpoint_id: id } };
      return { ...known, ...factsOf(await graph.graph.getState(past, { subgraphs: true })) };
    } catch (error) {
      const { code, message } = describeError(error);
      const facts = code === 'UNKNOWN_NODE' ? await rawFacts(saver, threadId) : undefined;
      if (!facts) throw error;
      return { ...known, ...facts, obstacle: message };
    }
  });
}

/**
 * The checkpoints of a thread, of all its branches, the newest first.
 * @throws {LoadError} if the store cannot be used, or the graph keeps no threads.
 */
export async function readHistory(
  graph: RunnableGraph,
  { limit, ...look }: ThreadLook & { readonly limit: number },
): Promise<ThreadCheckpoint[]> {
  const read = await inKeptThread(graph, look, async ({ config }) => {
    const checkpoints: ThreadCheckpoint[] = [];
    for await (const snapshot of graph.graph.getStateHistory(config, { limit })) {
      checkpoints.push(checkpointOf(snapshot));
    }
    return checkpoints;
  });
  return read ?? [];
}

/** `undefined` if nothing keeps the thread. */
async function inKeptThread<T>(
  { handle, exportName }: RunnableGraph,
  { bundle: { file }, threadId, store, shipped }: ThreadLook,
  read: (thread: { readonly saver: Checkpointer; readonly config: CallConfig }) => Promise<T>,
): Promise<T | undefined> {
  const own = handle.ownCheckpointer?.();
  if (!own && !handle.takesCheckpointer?.()) throw keepsNone(file, exportName);
  const { classes } = (own ?? {}) as { classes?: [] };
  const options = { shipped, ...(classes && { classes }) };
  const open = own?.isDurable || !store ? undefined : await openExistingStore(store.path, options);
  const saver = open?.checkpointerFor({ file: store?.beganAs ?? file, exportName }) ?? own;
  if (!saver) return undefined;
  try {
    const config = { configurable: { thread_id: threadId }, [HOST_CHECKPOINTER]: saver };
    return await read({ saver, config });
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
    checkpointId: checkpointIdOf(snapshot),
  };
}

function checkpointOf(snapshot: StateSnapshot): ThreadCheckpoint {
  const { createdAt, metadata, next, parentConfig, tasks } = snapshot;
  const parentId = parentConfig?.configurable.checkpoint_id;
  return {
    checkpointId: checkpointIdOf(snapshot),
    ...(parentId !== undefined && { parentId }),
    source: metadata!.source,
    step: metadata!.step,
    createdAt: Date.parse(createdAt!),
    next: [...new Set(next)],
    questions: tasks.reduce((sum, { interrupts }) => sum + interrupts.length, 0),
  };
}

/** What is stored, for a graph that has lost the nodes that are to run next. */
async function rawFacts(saver: Checkpointer, threadId: string): Promise<Facts | undefined> {
  const saved = await saver.get({ threadId, namespace: '' });
  if (!saved) return undefined;
  const { id, createdAt, step, next, values } = saved.checkpoint;
  const nodes = [...next.nodes, ...next.sends.map(({ node }) => node), ...next.deferred];
  return {
    ...{ status: 'unfinished', questions: [], failures: [], next: [...new Set(nodes)] },
    ...{ updatedAt: createdAt, step, state: values, checkpointId: id },
  };
}

function keepsNone(file: string, exportName: string): LoadError {
  const message = `The graph "${exportName}" keeps no threads: it is compiled with checkpointer: false`;
  return new LoadError([{ severity: 'error', code: 'MISSING_CHECKPOINTER', message, file }]);
}
