import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  ListOptions,
  SavedCheckpoint,
  TaskRecord,
  ThreadAddress,
} from '../../engine/model/checkpointer.ts';

/**
 * Keeps a thread that nobody has asked for: its store is opened with the first checkpoint, so that no node
 * waits for it, and what cannot be kept is given up, so that no run fails for it.
 */
export class LateSaver implements Checkpointer {
  /** What a superstep has so far is put when the run is cut off; nobody needs it before. */
  readonly isDurable = false;
  readonly #open: () => Promise<Checkpointer>;
  readonly #holdsKey: (value: unknown) => boolean;
  #opening: Promise<Checkpointer> | undefined;
  #saver: Checkpointer | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param options.open Called once at most. Of a store that has nothing of the thread yet.
   * @param options.holdsKey Whether a value must not be kept, since there is a key in it.
   */
  constructor(options: {
    readonly open: () => Promise<Checkpointer>;
    readonly holdsKey: (value: unknown) => boolean;
  }) {
    this.#open = options.open;
    this.#holdsKey = options.holdsKey;
  }

  /** All that was put is kept, and that is something. */
  get hasKept(): boolean {
    return this.#opening !== undefined && !this.#failure;
  }

  async get(address: CheckpointAddress): Promise<SavedCheckpoint | undefined> {
    if (!this.hasKept) return undefined;
    return (await this.#opening!).get(address);
  }

  async *list(thread: ThreadAddress, options?: ListOptions): AsyncGenerator<SavedCheckpoint> {
    if (this.hasKept) yield* (await this.#opening!).list(thread, options);
  }

  put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint): void | Promise<void> {
    const { written, values, next } = checkpoint;
    const added = [written.map((key) => values[key]), next];
    return this.#write(thread, added, (saver) => saver.put(thread, checkpoint, parent));
  }

  putTasks(
    address: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ): void | Promise<void> {
    return this.#write(address, records, (saver) => saver.putTasks(address, records));
  }

  async deleteThread(threadId: string): Promise<void> {
    if (this.hasKept) await (await this.#opening!).deleteThread(threadId);
  }

  #write(
    thread: ThreadAddress,
    added: unknown,
    write: (saver: Checkpointer) => void | Promise<void>,
  ): void | Promise<void> {
    if (this.#failure) return;
    if (this.#holdsKey(added)) return this.#giveUp(thread, new Error('There is a key in it'));
    if (!this.#saver) return this.#writeLate(thread, write);
    try {
      const writing = write(this.#saver);
      return writing && writing.catch((error: unknown) => this.#giveUp(thread, error));
    } catch (error) {
      return this.#giveUp(thread, error);
    }
  }

  async #writeLate(
    thread: ThreadAddress,
    write: (saver: Checkpointer) => void | Promise<void>,
  ): Promise<void> {
    try {
      this.#saver = await (this.#opening ??= this.#openLater());
      await write(this.#saver);
    } catch (error) {
      await this.#giveUp(thread, error);
    }
  }

  /** Opening holds this thread for some milliseconds: the first nodes start, and are told of, before. */
  async #openLater(): Promise<Checkpointer> {
    await nextTurn();
    await nextTurn();
    return this.#open();
  }

  /** Half a thread would be no thread to go on with. */
  async #giveUp({ threadId }: ThreadAddress, error: unknown): Promise<void> {
    this.#failure ??= { error };
    try {
      await this.#saver?.deleteThread(threadId);
    } catch {
      // Then it stays, and nobody is told of it.
    }
  }
}
