import type { Pace, RunInternals, Tap } from '../run/internals.ts';
import { ChunkStream } from './chunkStream.ts';
import { ChunkMaker, type ChunkOptions } from './streamChunks.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** With more chunks than this unread, the run waits before its next superstep. */
const MOST_UNREAD = 10_000;

/** Runs `start` with a tap, and yields what its events amount to in the wanted modes. */
export function streamChunks(start: Start, options: StreamOptions): ChunkStream<unknown> {
  const left = new AbortController();
  return new ChunkStream(chunksOf(start, options, left), () => left.abort());
}

type Start = (config: RunConfig, internals: RunInternals) => Promise<unknown>;
type StreamOptions = ChunkOptions & Pick<RunConfig, 'signal'>;

async function* chunksOf(
  start: Start,
  options: StreamOptions,
  left: AbortController,
): AsyncGenerator<unknown, void, undefined> {
  const queue = new ChunkQueue();
  const chunks = new ChunkMaker(options, (chunk) => queue.push(chunk));
  const tap: Tap = (event) => {
    chunks.add(event);
    queue.flush();
  };
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  start({ signal }, { pace: queue.pace, reportsPlaces: true, tap }).then(
    () => queue.end(),
    (error: unknown) => queue.end({ error }),
  );
  try {
    yield* queue;
  } finally {
    left.abort();
  }
}

/** Chunks on their way from a run to its reader. */
class ChunkQueue {
  #chunks: unknown[] = [];
  #next = 0;
  #ended: { readonly error?: unknown } | undefined;
  #wakeReader = () => {};
  /** Until the reader has caught up. */
  #hold: PromiseWithResolvers<void> | undefined;

  push(chunk: unknown): void {
    this.#chunks.push(chunk);
  }

  /** Lets the reader know that there may be more. */
  flush(): void {
    if (this.#chunks.length > this.#next) this.#wakeReader();
  }

  /** @param failed What the run was rejected with, if it was. */
  end(failed: { readonly error: unknown } | object = {}): void {
    this.#ended = failed;
    this.#wakeReader();
  }

  /** Holds up a run that is far ahead of its reader, and all runs inside it. */
  readonly pace: Pace = () => {
    if (this.#chunks.length - this.#next <= MOST_UNREAD) return undefined;
    return (this.#hold ??= Promise.withResolvers<void>()).promise;
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      while (this.#next < this.#chunks.length) yield this.#chunks[this.#next++];
      this.#chunks = [];
      this.#next = 0;
      this.#hold?.resolve();
      this.#hold = undefined;
      if (this.#ended) break;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if ('error' in this.#ended) throw this.#ended.error;
  }
}
