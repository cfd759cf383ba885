import type { RunEvent } from '../engine/model/events.ts';
import type { Bundle } from '../loader/bundle/bundle.ts';
import type { FromThread, ThreadListener, WorkerThread } from './workerThread.ts';

/** How many threads wait at most; each has the user's modules in memory. */
const MAX_WAITING = 2;

/** Milliseconds after which what a module found when it was loaded, such as the time, counts as old. */
const WAITING_MS = 60_000;

/** Milliseconds for a module that has left something going, such as a timer or a server. */
const BUSY_MS = 5_000;

/** More of what the module says while it is loaded is not kept for a run. */
const MAX_EVENTS = 1000;

/** What was loaded, and with what. */
export interface LoadedFrom {
  readonly bundle: Bundle;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A thread that has loaded a file in order to describe it, and hears of it until a run takes it: what
 * the file's top level tells belongs to that run as well.
 */
export class LoadedThread implements ThreadListener {
  readonly #thread: WorkerThread;
  readonly #from: LoadedFrom;
  readonly #secrets: FromThread[] = [];
  readonly #events: RunEvent[] = [];
  #isOutdated = false;

  constructor(thread: WorkerThread, from: LoadedFrom) {
    this.#thread = thread;
    this.#from = from;
  }

  get thread(): WorkerThread {
    return this.#thread;
  }

  get bundle(): Bundle {
    return this.#from.bundle;
  }

  /** Whether a run of these files would load exactly what is loaded here, and can have it. */
  fits({ bundle, env }: LoadedFrom): boolean {
    const { bundle: own, env: ownEnv } = this.#from;
    return (
      this.#thread.isAlive &&
      !this.#isOutdated &&
      this.#events.length <= MAX_EVENTS &&
      own.code === bundle.code &&
      JSON.stringify([own.imports, ownEnv]) === JSON.stringify([bundle.imports, env])
    );
  }

  /** A file (absolute path) has changed, which may have been read unless it is part of the bundle. */
  fileChanged(path: string): void {
    if (!this.bundle.inputs.includes(path)) this.#isOutdated = true;
  }

  get isOutdated(): boolean {
    return this.#isOutdated;
  }

  onMessage(message: FromThread): void {
    if (message.type === 'secret') this.#secrets.push(message);
    // It can do nothing else by itself but come to harm.
    else if (message.type !== 'described' && message.type !== 'hints') this.#thread.terminate();
  }

  onEvents(events: readonly RunEvent[]): void {
    if (this.#events.length <= MAX_EVENTS) this.#events.push(...events);
  }

  onExit(): void {}

  /** Tells all that was heard so far. */
  tell(listener: ThreadListener): void {
    for (const secret of this.#secrets) listener.onMessage(secret);
    if (this.#events.length > 0) listener.onEvents(this.#events, this.#events.length);
  }
}

/**
 * Threads that have loaded a file, so that a run need not load it again. Each is for one run: what a
 * run has used is never seen by another. They are few, and are not kept for long.
 */
export class LoadedThreads {
  #isDisposed = false;
  /** Those that load their file just now. */
  readonly #loading = new Set<LoadedThread>();
  /** By file, the oldest first. */
  readonly #waiting = new Map<string, { readonly loaded: LoadedThread; timer: NodeJS.Timeout }>();

  /** Whether there is one of this file (absolute path). */
  has(file: string): boolean {
    return this.#waiting.has(file);
  }

  /** Takes note of a thread that begins to load a file, in place of any that has loaded it. */
  begin(thread: WorkerThread, from: LoadedFrom): LoadedThread {
    // What it holds, such as a port, may be wanted again.
    this.release(from.bundle.file);
    const loaded = new LoadedThread(thread, from);
    this.#loading.add(loaded);
    return loaded;
  }

  /** Ends a thread that cannot wait, or has failed to load its file. */
  giveUp(loaded: LoadedThread): void {
    this.#loading.delete(loaded);
    loaded.thread.terminate();
  }

  /**
   * Lets a thread wait that has loaded its file.
   * @param options.isBusy The module has left something going.
   */
  keep(loaded: LoadedThread, { isBusy }: { readonly isBusy: boolean }): void {
    const { file } = loaded.bundle;
    if (loaded.isOutdated || this.#isDisposed) return this.giveUp(loaded);
    this.#loading.delete(loaded);
    this.release(file);
    const timer = setTimeout(() => this.release(file), isBusy ? BUSY_MS : WAITING_MS).unref();
    this.#waiting.set(file, { loaded, timer });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WAITING) this.release(oldest!);
  }

  /** Gives away the thread of this file if nothing has changed since; ends it if something has. */
  take(from: LoadedFrom): LoadedThread | undefined {
    const { file } = from.bundle;
    const { loaded, timer } = this.#waiting.get(file) ?? {};
    if (!loaded?.fits(from)) return void this.release(file);
    clearTimeout(timer);
    this.#waiting.delete(file);
    return loaded;
  }

  /** Ends the thread of this file. */
  release(file: string): void {
    const { loaded, timer } = this.#waiting.get(file) ?? {};
    clearTimeout(timer);
    this.#waiting.delete(file);
    loaded?.thread.terminate();
  }

  /**
   * A file (absolute path) has changed: what is no part of a bundle may have been read while it was
   * loaded, as texts and data are.
   */
  fileChanged(path: string): void {
    for (const loaded of this.#loading) loaded.fileChanged(path);
    for (const [file, { loaded }] of this.#waiting) {
      loaded.fileChanged(path);
      if (loaded.isOutdated) this.release(file);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const file of this.#waiting.keys()) this.release(file);
  }
}
