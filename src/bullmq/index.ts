/**
 * Runs tasks of graphs on workers of a BullMQ queue, with the Redis that many have already: at least once each.
 *
 * @module superstep/bullmq
 */
export { BullmqClient } from './client.ts';
export type { QueueCallOptions } from './client.ts';
export { serveBullmq } from './serve.ts';
export type { BullmqWorker, ServeQueueOptions } from './serve.ts';
export type { QueueAddress } from './address.ts';
