// Apart from the messages, whose types are public: programs need not have Node's.
import type { MessagePort } from 'node:worker_threads';

/** What a worker thread is started with. */
export interface WorkerStart {
  /** What it is to load; its script knows how. */
  readonly source: unknown;
  /** Brings the answers for which it stands still. */
  readonly answers: MessagePort;
  /** Counts the answers. */
  readonly bell: SharedArrayBuffer;
}
