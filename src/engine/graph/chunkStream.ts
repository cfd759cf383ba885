// Programs for an older language than the methods with these symbols need can use the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

type PipeOptions = Parameters<ReadableStream['pipeTo']>[1];

/**
 * What `stream` gives: the chunks of a run, to iterate over, or to take as a web stream (which is only
 * made when one of its methods is called). Either of both; leaving it early stops the run.
 */
export class ChunkStream<Chunk> implements AsyncGenerator<Chunk, void, undefined> {
  readonly #chunks: AsyncGenerator<Chunk, void, undefined>;
  readonly #stop: () => void;
  #web: ReadableStream<Chunk> | undefined;

  /** @param stop Stops the run, also while a chunk is waited for. */
  constructor(chunks: AsyncGenerator<Chunk, void, undefined>, stop: () => void) {
    this.#chunks = chunks;
    this.#stop = stop;
  }

  next(): Promise<IteratorResult<Chunk, void>> {
    return this.#chunks.next();
  }

  /** Stops the run, also while a chunk is waited for. */
  return(value?: void | PromiseLike<void>): Promise<IteratorResult<Chunk, void>> {
    this.#stop();
    return this.#chunks.return(value);
  }

  /** Stops the run, also while a chunk is waited for. */
  throw(error: unknown): Promise<IteratorResult<Chunk, void>> {
    this.#stop();
    return this.#chunks.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** As of `ReadableStream`, and so the others. */
  get locked(): boolean {
    return this.#web?.locked ?? false;
  }

  getReader(): ReadableStreamDefaultReader<Chunk> {
    return this.#readable.getReader();
  }

  pipeThrough<Out>(
    transform: { readable: ReadableStream<Out>; writable: WritableStream<Chunk> },
    options?: PipeOptions,
  ): ReadableStream<Out> {
    return this.#readable.pipeThrough(transform, options);
  }

  pipeTo(destination: WritableStream<Chunk>, options?: PipeOptions): Promise<void> {
    return this.#readable.pipeTo(destination, options);
  }

  tee(): [ReadableStream<Chunk>, ReadableStream<Chunk>] {
    return this.#readable.tee();
  }

  /** Stops the run. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.#web) return this.#web.cancel(reason);
    this.#leave();
  }

  get #readable(): ReadableStream<Chunk> {
    return (this.#web ??= new ReadableStream<Chunk>(
      {
        pull: async (controller) => {
          const { done, value } = await this.#chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    ));
  }

  #leave(): void {
    this.#stop();
    // What the run is stopped with is no news to whoever stops it.
    this.#chunks.return().catch(() => {});
  }
}
