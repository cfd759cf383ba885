import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import type {
  ThreadCheckpoint,
  ThreadState,
  ThreadStatus,
  ThreadStore,
} from '../../protocol/threads.ts';
import type { ShippedUrls } from '../workerThread.ts';
import { checkpointIdOf, findCheckpoint } from './findCheckpoint.ts';
import { hosted, type CallConfig, type RunnableGraph } from './graphFile.ts';
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
  return inKeptThread(graph, look, async (kept, config) => {
    const newest = await kept.graph.getState(config, { subgraphs: true });
    if (!newest.metadata) return undefined;
    const known = { threadId: look.threadId, graph: graph.exportName };
    if (at === undefined) return { ...known, ...factsOf(newest) };
    const id = await findCheckpoint(kept, config, at);
    const past = { ...config, configurable: { ...config.configurable!, checkpoint_id: id } };
    return { ...known, ...factsOf(await kept.graph.getState(past, { subgraphs: true })) };
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
  const read = await inKeptThread(graph, look, async (kept, config) => {
    const checkpoints: ThreadCheckpoint[] = [];
    for await (const snapshot of kept.graph.getStateHistory(config, { limit })) {
      checkpoints.push(checkpointOf(snapshot));
    }
    return checkpoints;
  });
  return read ?? [];
}

/** `undefined` if nothing keeps the thread. */
async function inKeptThread<T>(
  graph: RunnableGraph,
  { bundle: { file }, threadId, store, shipped }: ThreadLook,
  read: (kept: RunnableGraph, config: CallConfig) => Promise<T>,
): Promise<T | undefined> {
  const { handle, exportName } = graph;
  const own = handle.ownCheckpointer?.();
  if (!own && !handle.takesCheckpointer?.()) throw keepsNone(file, exportName);
  const { classes } = (own ?? {}) as { classes?: [] };
  const options = { shipped, ...(classes && { classes }) };
  const open = own?.isDurable || !store ? undefined : await openExistingStore(store.path, options);
  const saver = open?.checkpointerFor({ file: store?.beganAs ?? file, exportName }) ?? own;
  if (!saver) return undefined;
  try {
    return await read(hosted(graph, { checkpointer: saver }), {
      configurable: { thread_id: threadId },
    });
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
  const gone = [...new Set(goneIn(snapshot))];
  return {
    ...{ status, questions, failures, next: [...new Set(next)], state: values as unknown },
    updatedAt: Date.parse(createdAt!),
    step: metadata!.step,
    checkpointId: checkpointIdOf(snapshot),
    ...(gone.length > 0 && { obstacle: tellGone(gone) }),
  };
}

function checkpointOf(snapshot: StateSnapshot): ThreadCheckpoint {
  const { createdAt, metadata, next, parentConfig, tasks } = snapshot;
  const parentId = parentConfig?.configurable.checkpoint_id;
  const gone = [...new Set(goneIn(snapshot))];
  return {
    checkpointId: checkpointIdOf(snapshot),
    ...(parentId !== undefined && { parentId }),
    source: metadata!.source,
    step: metadata!.step,
    createdAt: Date.parse(createdAt!),
    next: [...new Set(next)],
    questions: tasks.reduce((sum, { interrupts }) => sum + interrupts.length, 0),
    ...(gone.length > 0 && { gone }),
  };
}

/** Names of the nodes that are to run next, here or in a subgraph, and that are not there any more. */
function goneIn({ tasks }: StateSnapshot): string[] {
  return tasks.flatMap(({ name, isGone, state }) => {
    if (isGone) return [name];
    return state && 'tasks' in state ? goneIn(state) : [];
  });
}

function tellGone(names: readonly string[]): string {
  const nodes = names.map((name) => `"${name}"`).join(' and ');
  return names.length === 1
    ? `Node ${nodes} is to run next, and the graph does not have it any more`
    : `Nodes ${nodes} are to run next, and the graph does not have them any more`;
}

function keepsNone(file: string, exportName: string): LoadError {
  const message = `The graph "${exportName}" keeps no threads: it is compiled with checkpointer: false`;
  return new LoadError([{ severity: 'error', code: 'MISSING_CHECKPOINTER', message, file }]);
}
