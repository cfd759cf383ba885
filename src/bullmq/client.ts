import type { Queue, QueueEvents } from 'bullmq';
import { AbortError } from '../engine/model/errors.ts';
import type { RunEvent } from '../engine/model/events.ts';
import type { RunConfig } from '../engine/model/runConfig.ts';
import { drive, readAdvanced, type AnyGraph } from '../remote/index.ts';
import type { QueueAddress } from './address.ts';
import { connect, type Connection } from './connection.ts';
import { KeptThread } from './keptThread.ts';
import { QueuedTasks } from './queuedTasks.ts';

/** How a thread is called. */
export interface QueueCallOptions extends Omit<RunConfig, 'signal' | 'onEvent'> {
  /** The thread: calls of one take turns. */
  readonly threadId: string;
  /** Stops the call: it rejects with an `AbortError`. Tasks that wait are taken out of the queue; those that run end. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the supersteps. What tasks do is heard where they run (`onEvent` of the worker). */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/**
 * Calls graphs whose tasks run on the workers of a queue. Supersteps are made in this process: reducers and routers
 * run here, nodes there. The thread is kept on the server after each of them, so that another process can go on
 * where this one was ended, with `null` as input; what has ended by then is not run again.
 *
 * @example
 * ```ts
 * import { BullmqClient } from 'superstep/bullmq';
 * await BullmqClient.connect({ url: 'redis://127.0.0.1:1' }).catch((error) => console.log(error.code)); // QUEUE_FAILED
 * ```
 */
export class BullmqClient {
  readonly #connection: Connection;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #tasks: QueuedTasks;

  private constructor(connection: Connection, queue: Queue, events: QueueEvents) {
    this.#connection = connection;
    this.#queue = queue;
    this.#events = events;
    this.#tasks = new QueuedTasks(queue, events);
  }

  /** @throws {SuperstepError} QUEUE_FAILED if BullMQ is not installed, or the Redis server cannot be reached */
  static async connect(address: QueueAddress = {}): Promise<BullmqClient> {
    const connection = await connect(address);
    const { bullmq, redis, queue } = connection;
    const [seconds] = await redis.time();
    const tasks = new bullmq.Queue(queue, { connection: redis });
    const events = new bullmq.QueueEvents(queue, {
      connection: redis.duplicate(),
      // From now on, and not only from when it has begun to listen.
      lastEventId: `${Number(seconds) * 1000}-0`,
    });
    // A server that is away comes back.
    tasks.on('error', () => {});
    events.on('error', () => {});
    await events.waitUntilReady();
    return new BullmqClient(connection, tasks, events);
  }

  /**
   * Runs a graph in a thread to its end, or until it asks: as `invoke` of the graph, with `threadId` for
   * `configurable.thread_id`.
   *
   * @param graph As the workers have it: its name, and the same code.
   * @param input An update, `new Command({ resume: answer })`, or `null` to go on.
   * @returns What `invoke` returns; questions that wait are under `__interrupt__`.
   * @throws What the run has failed with.
   * @throws {SuperstepError} QUEUE_FAILED, OTHER_CODE of a worker, NOT_REMOTE, THREAD_BUSY
   * @throws {AbortError} ABORTED
   */
  async invoke(
    graph: AnyGraph,
    input: unknown,
    { threadId, signal, onEvent, ...config }: QueueCallOptions,
  ): Promise<unknown> {
    const { redis, queue } = this.#connection;
    const thread = new KeptThread(redis, `${queue}:thread:${graph.name}:${threadId}`);
    try {
      const stored = await thread.take(signal).catch(toAborted(signal));
      const goesOn = input === null && stored?.call !== undefined;
      const configurable = { ...config.configurable, thread_id: threadId };
      const end = await drive(graph, {
        ...{ stored, signal, onEvent },
        ...(!goesOn && { input, config: { ...config, configurable } }),
        run: (task, stop) => this.#tasks.run(task, stop),
        keep: (at) => thread.keep(at),
      });
      return readAdvanced(end);
    } finally {
      await thread.release();
    }
  }

  /** Ends the connection; calls under way are to have ended. */
  async close(): Promise<void> {
    this.#tasks.close();
    await Promise.all([this.#events.close(), this.#queue.close()]);
    this.#connection.redis.disconnect();
  }
}

function toAborted(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    if (!signal?.aborted) throw error;
    throw new AbortError('ABORTED', 'The run was aborted', {}, { cause: signal.reason });
  };
}
