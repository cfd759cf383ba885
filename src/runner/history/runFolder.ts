import { join } from 'node:path';
import { uptime } from 'node:os';
import type { RunEvent } from '../../engine/model/events.ts';
import { DamagedFileError } from './blocks.ts';
import {
  isRunId,
  keptThreadOf,
  type HistoryLimits,
  type KeptRun,
  type KeptThreadName,
  type RunContent,
  type RunEnd,
  type RunHead,
} from './keptRun.ts';
import { cutOffEnd, readContent, readEvents, type EventsPart } from './readRun.ts';
import { indexText, keptRun, parseIndex, type IndexEntry } from './runIndex.ts';
import { eventsPath, isMissing, type RunFiles } from './runFiles.ts';
import { RunWriter } from './runWriter.ts';

/** What could not be read, and where it is now. */
export interface SetAside {
  readonly path: string;
  /** `it is damaged`. */
  readonly why: string;
}

/** Where the threads of runs are kept, which take disk as well. */
export interface KeptThreads {
  /** How many bytes each takes, in their order; 0 for one that is not there. */
  readonly bytesOf: (threads: readonly KeptThreadName[]) => Promise<readonly number[]>;
  readonly delete: (threads: readonly KeptThreadName[]) => Promise<void>;
}

const NO_THREADS: KeptThreads = { bytesOf: async () => [], delete: async () => {} };

/**
 * A folder of runs: for each one file that is appended to while it goes on, and a small one beside it that
 * tells of its start and its end. Every run is written by one process, so that several windows need no
 * lock. Of runs that have ended the oldest go when there are more than there may be.
 */
export class RunFolder {
  readonly #path: string;
  #limits: HistoryLimits;
  readonly #files: RunFiles;
  readonly #onSetAside: (what: SetAside) => void;
  readonly #threads: KeptThreads;
  /** The runs that this process writes. */
  readonly #open = new Map<string, { readonly writer: RunWriter; readonly entry: IndexEntry }>();

  /** @param options.path Of a folder that nothing else writes to but others of this class. */
  constructor(options: {
    readonly path: string;
    readonly limits: HistoryLimits;
    readonly files: RunFiles;
    readonly onSetAside: (what: SetAside) => void;
    /** Default: no threads are kept. */
    readonly threads?: KeptThreads;
  }) {
    this.#path = options.path;
    this.#limits = options.limits;
    this.#files = options.files;
    this.#onSetAside = options.onSetAside;
    this.#threads = options.threads ?? NO_THREADS;
  }

  /** @throws what the file system says. */
  async begin(head: RunHead, content: RunContent): Promise<void> {
    const { maxBytes } = this.#limits;
    await this.#files.mkdir(this.#path, { recursive: true });
    const path = eventsPath(this.#path, head.id);
    const writer = new RunWriter(this.#files, { path, maxBytes });
    const entry = { head, pid: process.pid };
    this.#open.set(head.id, { writer, entry });
    try {
      await this.#writeIndex(entry);
      await writer.begin(content);
    } catch (error) {
      this.#open.delete(head.id);
      throw error;
    }
    await this.#prune();
  }

  /** As of {@link RunWriter}; a run that does not go on is left alone. */
  async append(id: string, events: readonly RunEvent[]): Promise<boolean> {
    return (await this.#open.get(id)?.writer.append(events)) ?? true;
  }

  /** @throws what the file system says. */
  async end(id: string, end: RunEnd): Promise<void> {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (!open || !(await this.#exists(this.#indexPath(id)))) return;
    const { use } = open.writer;
    await this.#writeIndex({ ...open.entry, end: { ...end, ...(use && { use }) } });
    await this.#prune();
  }

  /** Runs whose writers are gone are told to be cut off, from now on. */
  async list(): Promise<KeptRun[]> {
    const runs: KeptRun[] = [];
    for (const id of (await this.#ids()).sort().reverse()) {
      const entry = await this.#entry(id);
      if (entry) runs.push(keptRun(entry));
    }
    return runs;
  }

  /** @throws {Error} if it is gone, or damaged; then it was set aside. */
  async content(id: string): Promise<RunContent> {
    return this.#guarded(id, () => readContent(this.#files, eventsPath(this.#path, id)));
  }

  /**
   * A part of the events as lines of JSON.
   * @param from 0, or `next` of the part before.
   * @throws as `content`.
   */
  async events(id: string, from: number): Promise<EventsPart> {
    return this.#guarded(id, () => readEvents(this.#files, eventsPath(this.#path, id), from));
  }

  /** Deletes runs, and their threads. One that goes on goes on, and is not kept any more. */
  async delete(ids: readonly string[]): Promise<void> {
    await this.#delete(ids, () => true);
  }

  /** @param isOver Whether the thread of a run may go with it. */
  async #delete(ids: readonly string[], isOver: (run: KeptRun) => boolean): Promise<void> {
    if (ids.length === 0) return;
    const runs = await this.list();
    for (const id of ids.filter(isRunId)) {
      await this.#files.rm(this.#indexPath(id), { force: true });
      await this.#files.rm(eventsPath(this.#path, id), { force: true });
    }
    const gone = new Set(ids);
    const [deleted, left] = [true, false].map((is) => runs.filter(({ id }) => gone.has(id) === is));
    const used = new Set(left!.flatMap(({ threadId, end }) => end?.threadId ?? threadId ?? []));
    const threads = deleted!.filter(isOver).flatMap((run) => keptThreadOf(run) ?? []);
    const unused = threads.filter(({ threadId }) => !used.has(threadId));
    if (unused.length > 0) await this.#threads.delete(unused);
  }

  /** Deletes all that have ended; what was set aside stays. */
  async clear(): Promise<void> {
    const runs = await this.list();
    await this.delete(runs.filter(({ end }) => end).map(({ id }) => id));
  }

  /** Other limits count from now on. */
  async limit(limits: HistoryLimits): Promise<void> {
    this.#limits = limits;
    await this.#prune();
  }

  /** The oldest go, until as many are left as there may be, and they take no more than they may. */
  async #prune(): Promise<void> {
    const { maxRuns, maxBytes } = this.#limits;
    // Then none is added, and those that are there stay until they are deleted.
    if (maxRuns < 1) return;
    const surplus: string[] = [];
    let bytes = 0;
    let count = 0;
    const runs = await this.list();
    const threadBytes = await this.#threadBytes(runs);
    for (const { id, end } of runs) {
      bytes += (await this.#size(id)) + (threadBytes.get(id) ?? 0);
      count++;
      if (end && count > 1 && (count > maxRuns || bytes > maxBytes)) surplus.push(id);
    }
    // A question outlives its run, unless somebody deletes that: it can still be answered.
    await this.#delete(surplus, ({ end }) => end?.status !== 'waiting');
  }

  /** What the threads of runs take, each counted once: for the newest of its runs. */
  async #threadBytes(runs: readonly KeptRun[]): Promise<Map<string, number>> {
    const newest = new Map<string, { readonly id: string; readonly thread: KeptThreadName }>();
    for (const run of runs) {
      const thread = keptThreadOf(run);
      const key = JSON.stringify(thread);
      if (thread && !newest.has(key)) newest.set(key, { id: run.id, thread });
    }
    const counted = [...newest.values()];
    const bytes = await this.#threads.bytesOf(counted.map(({ thread }) => thread));
    return new Map(counted.map(({ id }, i) => [id, bytes[i] ?? 0]));
  }

  async #entry(id: string): Promise<IndexEntry | undefined> {
    try {
      const entry = parseIndex(await this.#files.readFile(this.#indexPath(id), 'utf8'));
      return entry.end || this.#isWritten(entry) ? entry : await this.#cutOff(entry);
    } catch (error) {
      // Another window may have deleted it.
      if (!isMissing(error)) await this.#setAside(id, error);
      return undefined;
    }
  }

  async #cutOff(entry: IndexEntry): Promise<IndexEntry> {
    const end = await cutOffEnd(this.#files, eventsPath(this.#path, entry.head.id));
    await this.#writeIndex({ ...entry, end }).catch(() => {}); // Told again next time.
    return { ...entry, end };
  }

  /** Whether somebody is still writing: this process, or one that has lived since before the run. */
  #isWritten({ head, pid }: IndexEntry): boolean {
    if (pid === process.pid) return this.#open.has(head.id);
    if (head.startedAt < Date.now() - uptime() * 1000) return false;
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  }

  async #guarded<T>(id: string, read: () => Promise<T>): Promise<T> {
    if (!isRunId(id)) throw new Error(`There is no run ${JSON.stringify(id)}`);
    try {
      return await read();
    } catch (error) {
      if (isMissing(error)) throw new Error('The run is gone: it was deleted.', { cause: error });
      if (error instanceof DamagedFileError) await this.#setAside(id, error);
      throw error;
    }
  }

  /** Never deleted: somebody may still want to know what is in it. */
  async #setAside(id: string, error: unknown): Promise<void> {
    const folder = join(this.#path, 'set-aside');
    await this.#files.mkdir(folder, { recursive: true });
    for (const path of [this.#indexPath(id), eventsPath(this.#path, id)]) {
      await this.#files
        .rename(path, join(folder, path.slice(this.#path.length + 1)))
        .catch(() => {});
    }
    const isNewer = error instanceof Error && /newer version/.test(error.message);
    this.#onSetAside({
      path: join(folder, `${id}.json`),
      why: isNewer ? error.message : 'it is damaged',
    });
  }

  /** In one step, so that whoever reads it meanwhile finds the old or the new one. */
  async #writeIndex(entry: IndexEntry): Promise<void> {
    const path = this.#indexPath(entry.head.id);
    const written = `${path}.${process.pid}`;
    await this.#files.writeFile(written, indexText(entry));
    await this.#files.rename(written, path);
  }

  #indexPath(id: string): string {
    return join(this.#path, `${id}.json`);
  }

  async #ids(): Promise<string[]> {
    const names = await this.#files.readdir(this.#path).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter(isRunId);
  }

  async #size(id: string): Promise<number> {
    const stats = await this.#files.stat(eventsPath(this.#path, id)).catch(() => undefined);
    return stats?.size ?? 0;
  }

  async #exists(path: string): Promise<boolean> {
    return this.#files.stat(path).then(
      () => true,
      () => false,
    );
  }
}
