/**
 * Runs threads of graphs on a Restate server: durable, their tasks on any number of workers.
 *
 * @module superstep/restate
 */
export { RestateClient } from './client.ts';
export type { CallOptions, RestateAddresses } from './client.ts';
export { serveRestate } from './serve.ts';
export type { RestateWorker, ServeOptions } from './serve.ts';
export type { ServedGraph } from './services.ts';
export type { Telling } from './eventPublisher.ts';
export type { ThreadQuestion } from './questions.ts';
export type { ThreadStatus } from './threadService.ts';
