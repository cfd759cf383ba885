import { SuperstepError } from '../engine/model/errors.ts';
import { GRAPH, type GraphHandle, type RemoteGraph } from '../engine/model/graphHandle.ts';
import type { Advanced, RemoteTask, TaskReply } from '../engine/model/remote.ts';
import type { Step } from '../engine/graph/advance.ts';
import type { WorkerOptions } from '../engine/run/remote/runRemoteTask.ts';

/** What `compile()` or `entrypoint()` returns. */
export interface AnyGraph {
  readonly name: string;
}

/**
 * Goes on with a run as far as it comes: says which tasks are to run next, elsewhere, or that the run is
 * done, has paused, or has failed. Routers, reducers, checks and checkpoints are run here, nodes are not. What is
 * given and what comes back is plain data, so that any process may take the next step; keep `stored`, run each
 * of `tasks` with {@link runTask} wherever you like, and come back with some or all of the replies.
 *
 * A reply may come twice, late or never: what is not of a task under way is ignored, and a task without a reply
 * is told again, with the same id. A subgraph goes on by itself, if its node has no policy and no cap of its
 * own; else it is one task as a whole. Calls of functional tasks are a part of the task that makes them.
 *
 * @param graph What `compile()` or `entrypoint()` has returned. A checkpointer that it has is not used: `stored` is the
 * thread.
 * @returns Never rejects for what the graph does: that is `failed`.
 * @throws {SuperstepError} INVALID_REMOTE_DATA, NOT_REMOTE for what cannot be carried, EMPTY_INPUT where nothing is
 * under way, INVALID_OPTION for what is no graph
 * @throws {AbortError} ABORTED by `signal`
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { advance, readAdvanced, runTask } from 'superstep/remote';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile();
 * let at = await advance(graph, { input: { n: 21 } });
 * while (at.status === 'tasks') {
 *   // Each of these may run in another process.
 *   const replies = await Promise.all(at.tasks.map((task) => runTask(graph, task)));
 *   at = await advance(graph, { stored: at.stored, replies });
 * }
 * console.log(readAdvanced(at)); // { n: 42 }
 * ```
 */
export function advance(graph: AnyGraph, step: Step): Promise<Advanced> {
  return remoteOf(graph).advance(step);
}

/**
 * Runs one task of {@link advance}, with its retries, timeout, cache and error handler, in a process that has loaded the
 * same code. Whether it has failed or asked something is in the reply.
 *
 * @param options `signal` stops it; `onEvent` hears what it does; `store` and `cache` are used where the graph has none.
 * @throws {SuperstepError} INVALID_REMOTE_DATA; OTHER_CODE if the graph is not the one the task is of; UNKNOWN_NODE
 * @throws {AbortError} ABORTED by `signal`
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { advance, runTask } from 'superstep/remote';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('halve', ({ n }) => ({ n: n / 2 }))
 *   .addEdge(START, 'halve')
 *   .compile();
 * const at = await advance(graph, { input: { n: 84 } });
 * if (at.status === 'tasks') {
 *   const sent = JSON.stringify(at.tasks[0]); // to wherever it is to run
 *   const reply = await runTask(graph, JSON.parse(sent));
 *   console.log(reply.status); // done
 * }
 * ```
 */
export function runTask(
  graph: AnyGraph,
  task: RemoteTask,
  options: WorkerOptions = {},
): Promise<TaskReply> {
  return remoteOf(graph).runTask(task, options);
}

/**
 * The fingerprint of a graph's code: of its nodes and edges, and the text of its functions, those of graphs inside it
 * too. Tasks carry it as `code`; whoever runs them must have the same.
 *
 * @throws {SuperstepError} INVALID_OPTION for what is no graph
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { codeOf } from 'superstep/remote';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('halve', ({ n }) => ({ n: n / 2 }))
 *   .addEdge(START, 'halve')
 *   .compile();
 * console.log(codeOf(graph).length); // 32
 * ```
 */
export function codeOf(graph: AnyGraph): string {
  return remoteOf(graph).code();
}

function remoteOf(graph: AnyGraph): RemoteGraph {
  const handle = (graph as { readonly [GRAPH]?: GraphHandle } | undefined)?.[GRAPH];
  if (handle?.remote !== undefined) return handle.remote;
  const message =
    'Cannot run what is no compiled graph: pass what compile() or entrypoint() returns, and not a builder';
  throw new SuperstepError('INVALID_OPTION', message, { value: graph });
}
