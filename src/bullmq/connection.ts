import type * as bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { SuperstepError } from '../engine/model/errors.ts';
import type { SentError } from '../engine/model/sentError.ts';
import type { RemoteTask, TaskReply } from '../engine/model/remote.ts';
import type { QueueAddress } from './address.ts';

/** What comes of a task: how it has ended, or why the worker does not run it. */
export type Outcome = { readonly reply: TaskReply } | { readonly refused: SentError };

/** A task in the queue, whose id is that of the task. */
export type TaskJob = bullmq.Job<RemoteTask, Outcome>;

/** A connection to the server, and the library that uses it. */
export interface Connection {
  readonly bullmq: typeof bullmq;
  readonly redis: Redis;
  readonly queue: string;
}

/** How long the server has to answer at first, milliseconds; later it may come back at any time. */
const ANSWER_MS = 10_000;

/** @throws {SuperstepError} QUEUE_FAILED if the libraries are not installed, or the server cannot be reached */
export async function connect({
  url = 'redis://127.0.0.1:6379',
  queue = 'superstep',
}: QueueAddress): Promise<Connection> {
  const libraries = await load();
  const redis = new libraries.ioredis.Redis(url, {
    lazyConnect: true,
    // As BullMQ wants it: what is asked while the server is away is asked again when it is back.
    maxRetriesPerRequest: null,
    connectTimeout: ANSWER_MS,
    // Only for the first time.
    retryStrategy: () => null,
  });
  let problem: Error | undefined;
  // What comes later is told by what was asked for.
  redis.on('error', (error: Error) => (problem = error));
  try {
    await redis.connect();
  } catch (cause) {
    redis.disconnect();
    const { message } = problem ?? (cause as Error);
    throw new SuperstepError(
      'QUEUE_FAILED',
      `Cannot reach the Redis server at ${withoutPassword(url)}: ${message}. Start it, or give its address (url)`,
      {},
      { cause: problem ?? cause },
    );
  }
  redis.options.retryStrategy = (times) => Math.min(times * 50, 1000);
  return { bullmq: libraries.bullmq, redis, queue };
}

async function load() {
  try {
    return { bullmq: await import('bullmq'), ioredis: await import('ioredis') };
  } catch (cause) {
    throw new SuperstepError(
      'QUEUE_FAILED',
      'Cannot use a queue of BullMQ: its libraries are not installed; npm install bullmq ioredis',
      {},
      { cause },
    );
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
