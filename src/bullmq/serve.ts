import { SuperstepError } from '../engine/model/errors.ts';
import type { RemoteTask } from '../engine/model/remote.ts';
import { packError } from '../engine/run/sending.ts';
import { runTask, type AnyGraph, type WorkerOptions } from '../remote/index.ts';
import type { QueueAddress } from './address.ts';
import { connect, type Outcome } from './connection.ts';

/** How a worker serves a queue. */
export interface ServeQueueOptions
  extends QueueAddress, Pick<WorkerOptions, 'store' | 'cache' | 'onEvent'> {
  /** How many tasks it runs at once. Default 10. */
  readonly concurrency?: number;
}

/** A worker that takes tasks. */
export interface BullmqWorker {
  /** Takes no more tasks; resolves when those that it runs have ended. */
  close(): Promise<void>;
}

/** For so long a task belongs to its worker without a sign of life, milliseconds; then another runs it. */
const LOCK_MS = 10_000;
/** How often workers look for tasks whose worker is gone, milliseconds. */
const LOOK_MS = 5_000;
/** More workers than these are not lost to one task: it ends them. */
const MOST_LOSSES = 5;

/**
 * Makes this process a worker of a queue: it runs tasks of these graphs until it is closed. A task whose worker is
 * gone is run again, by another or by this one when it is back: at least once, and twice if a node holds
 * its thread for longer than ten seconds (`{ thread: true }` for those).
 *
 * @param graphs Known by their names.
 * @throws {SuperstepError} QUEUE_FAILED if BullMQ is not installed, or the Redis server cannot be reached; INVALID_OPTION
 * for two graphs of one name
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { serveBullmq } from 'superstep/bullmq';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile({ name: 'doubling' });
 * await serveBullmq([graph], { url: 'redis://127.0.0.1:1' }).catch((error) => console.log(error.code)); // QUEUE_FAILED
 * ```
 */
export async function serveBullmq(
  graphs: readonly AnyGraph[],
  { concurrency = 10, store, cache, onEvent, ...address }: ServeQueueOptions = {},
): Promise<BullmqWorker> {
  const byName = namesOf(graphs);
  const { bullmq, redis, queue } = await connect(address);
  const perform = async ({ data }: { readonly data: RemoteTask }): Promise<Outcome> => {
    try {
      return { reply: await runTask(graphOf(byName, data), data, { store, cache, onEvent }) };
    } catch (error) {
      return { refused: packError(error) };
    }
  };
  const worker = new bullmq.Worker<RemoteTask, Outcome>(queue, perform, {
    connection: redis,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_MS,
    maxStalledCount: MOST_LOSSES,
  });
  // A server that is away comes back, and the tasks are still there.
  worker.on('error', () => {});
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      redis.disconnect();
    },
  };
}

function namesOf(graphs: readonly AnyGraph[]): ReadonlyMap<string, AnyGraph> {
  const byName = new Map(graphs.map((graph) => [graph.name, graph]));
  const double = graphs.find((graph) => byName.get(graph.name) !== graph);
  if (double === undefined) return byName;
  throw new SuperstepError(
    'INVALID_OPTION',
    `Cannot serve two graphs called "${double.name}": give each a name of its own, compile({ name })`,
    { value: double.name },
  );
}

function graphOf(byName: ReadonlyMap<string, AnyGraph>, task: RemoteTask): AnyGraph {
  // Anybody who can write to the server can put anything into the queue.
  const name: unknown = (task as RemoteTask | null | undefined)?.graph;
  const graph = byName.get(String(name));
  if (graph !== undefined) return graph;
  throw new SuperstepError(
    'QUEUE_FAILED',
    `A worker of the queue has no graph "${String(name)}", but ${[...byName.keys()].join(', ')}: start it with that ` +
      `graph too (serveBullmq), or use a queue of its own`,
    { value: name },
  );
}
