import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  Checkpoint,
  CheckpointAddress,
  Checkpointer,
  ListOptions,
  TaskRecord,
  ThreadAddress,
} from '../../engine/model/checkpointer.ts';
import type { SqliteSaver, SqliteSaverOptions } from '../../engine/sqlite.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { ThreadInfo } from '../../protocol/threads.ts';
import { describeError } from '../describeError.ts';
import type { ShippedUrls } from '../workerThread.ts';

/** A graph, as threads of a store belong to it. */
export interface ThreadOwner {
  /** Absolute path of its file. */
  readonly file: string;
  readonly exportName: string;
}

/** A host's file of threads, open in this thread. */
export class OpenStore {
  readonly #saver: SqliteSaver;

  constructor(saver: SqliteSaver) {
    this.#saver = saver;
  }

  /** What keeps the threads of one graph, apart from those of others with the same ids. */
  checkpointerFor(owner: ThreadOwner): Checkpointer {
    return new OwnThreads(this.#saver, (id) => nameIn(owner, id));
  }

  /** How many bytes of the file a thread of a graph takes. */
  bytesOf(owner: ThreadOwner, threadId: string): number {
    return this.#saver.threadBytes(nameIn(owner, threadId));
  }

  /** The threads of a file's graphs, or of one of them. */
  threads(file: string, exportName: string | undefined): ThreadInfo[] {
    const owner = exportName === undefined ? [file] : [file, exportName];
    const prefix = `${JSON.stringify(owner).slice(0, -1)},`;
    return this.#saver.listThreads({ prefix }).map((thread) => {
      const { status, updatedAt, step, next, interrupts } = thread;
      const [, graph = '', threadId = ''] = JSON.parse(thread.threadId) as string[];
      return { threadId, graph, status, updatedAt, step, next, questions: interrupts.length };
    });
  }

  close(): void {
    this.#saver.close();
  }
}

function nameIn({ file, exportName }: ThreadOwner, threadId: string): string {
  return JSON.stringify([file, exportName, threadId]);
}

/** Threads under names of their own in a checkpointer that others use too. */
class OwnThreads implements Checkpointer {
  readonly #saver: Checkpointer;
  readonly #nameOf: (threadId: string) => string;

  constructor(saver: Checkpointer, nameOf: (threadId: string) => string) {
    this.#saver = saver;
    this.#nameOf = nameOf;
  }

  get isDurable(): boolean {
    return this.#saver.isDurable;
  }

  get(address: CheckpointAddress) {
    return this.#saver.get(this.#own(address));
  }

  list(thread: ThreadAddress, options?: ListOptions) {
    return this.#saver.list(this.#own(thread), options);
  }

  put(thread: ThreadAddress, checkpoint: Checkpoint, parent?: Checkpoint) {
    return this.#saver.put(this.#own(thread), checkpoint, parent);
  }

  putTasks(
    address: ThreadAddress & { readonly checkpointId: string },
    records: readonly TaskRecord[],
  ) {
    return this.#saver.putTasks(this.#own(address), records);
  }

  deleteThread(threadId: string) {
    return this.#saver.deleteThread(this.#nameOf(threadId));
  }

  #own<T extends ThreadAddress>(address: T): T {
    return { ...address, threadId: this.#nameOf(address.threadId) };
  }
}

/**
 * Opens a host's file of threads.
 * @param options.classes As of `SqliteSaver`.
 * @throws {LoadError} STORAGE_FAILED, STORAGE_VERSION, STORAGE_BUSY; the file is left as it is.
 */
export async function openStore(
  path: string,
  { shipped, ...options }: SqliteSaverOptions & { readonly shipped: ShippedUrls },
): Promise<OpenStore> {
  const folder = dirname(path);
  try {
    // It may hold what is nobody else's business.
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { message } = describeError(error);
    throw storeError(
      'STORAGE_FAILED',
      `Cannot make the folder "${folder}" for threads: ${message}`,
    );
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw storeError(
      'STORAGE_FAILED',
      `Cannot keep threads in "${path}": it is a folder; name a file`,
    );
  }
  try {
    const library = (await import(shipped['superstep/sqlite']!)) as {
      SqliteSaver: typeof SqliteSaver;
    };
    return new OpenStore(new library.SqliteSaver(path, options));
  } catch (error) {
    const { code, message } = describeError(error);
    throw storeError(code ?? 'STORAGE_FAILED', message);
  }
}

/** The same for a file that is only looked into; `undefined` if it is not there. */
export async function openExistingStore(
  path: string,
  options: SqliteSaverOptions & { readonly shipped: ShippedUrls },
): Promise<OpenStore | undefined> {
  const isThere = await stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
  );
  return isThere ? openStore(path, options) : undefined;
}

function storeError(code: string, message: string): LoadError {
  return new LoadError([{ severity: 'error', code, message }]);
}
