/** Where a queue is. */
export interface QueueAddress {
  /** Address of the Redis server, with its password if it has one. Default `redis://127.0.0.1:6379`. */
  readonly url?: string;
  /** Name of the queue; threads are kept under it too. Default `superstep`. */
  readonly queue?: string;
}
