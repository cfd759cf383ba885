import type { Pace, RunInternals, Tap } from '../run/internals.ts';
import { AsyncQueue } from '../model/asyncQueue.ts';
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
  const queue = new AsyncQueue<unknown>();
  const chunks = new ChunkMaker(options, (chunk) => queue.push(chunk));
  const tap: Tap = (event) => chunks.add(event);
  // Holds up a run that is far ahead of its reader, and all runs inside it.
  const pace: Pace = () => (queue.unread > MOST_UNREAD ? queue.whenRead() : undefined);
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  start({ signal }, { pace, reportsPlaces: true, tap }).then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* queue;
  } finally {
    left.abort();
  }
}
