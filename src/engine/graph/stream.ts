import type { Pace, RunInternals } from '../run/internals.ts';
import type { RunEvent } from '../model/events.ts';
import { ChunkStream } from './chunkStream.ts';
import { ChunkMaker, type ChunkOptions } from './streamChunks.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** With more chunks than this unread, the run waits before its next superstep. */
const MOST_UNREAD = 10_000;

/** Runs `start` with an observer, and yields what its events amount to in the wanted modes. */
export function streamChunks(start: Start, options: StreamOptions): ChunkStream<unknown> {
  const left = new AbortController();
  return new ChunkStream(chunksOf(start, options, left), () => left.abort());
}

type Start = (config: RunConfig, internals: RunInternals) => Promise<unknown>;
type StreamOptions = ChunkOptions & Pick<RunConfig, 'signal' | 'onEvent'>;

async function* chunksOf(
  start: Start,
  options: StreamOptions,
  left: AbortController,
): AsyncGenerator<unknown, void, undefined> {
  const queue = new ChunkQueue();
  const chunks = new ChunkMaker(options, (chunk) => queue.push(chunk));
  const onEvent = (event: RunEvent): void => {
    const told = options.onEvent?.(event);
    chunks.add(event);
    queue.flush();
    return told;
  };
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  start({ onEvent, signal }, { pace: queue.pace, tellsPlaces: true }).then(
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
  #wakeRun = () => {};

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

  /** Holds up a run that is far ahead of its reader. */
  readonly pace: Pace = () => {
    if (this.#chunks.length - this.#next <= MOST_UNREAD) return undefined;
    return new Promise<void>((resolve) => (this.#wakeRun = resolve));
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      while (this.#next < this.#chunks.length) yield this.#chunks[this.#next++];
      this.#chunks = [];
      this.#next = 0;
      this.#wakeRun();
      if (this.#ended) break;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if ('error' in this.#ended) throw this.#ended.error;
  }
}
