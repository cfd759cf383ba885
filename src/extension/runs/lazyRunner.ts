import type { Disposable } from 'vscode';
import type {
  DescribeOptions,
  FileDescription,
  ReadHistoryOptions,
  ReadThreadOptions,
  Runner,
  RunOptions,
  RunResult,
  ThreadReader,
} from '../../runner/runner.ts';
import type { GraphTester, TestedFile, TestFileOptions } from '../../runner/tests/testFile.ts';
import type { ThreadCheckpoint, ThreadState } from '../../protocol/threads.ts';

/** What the real runner can do that is used here. */
export type EditorRunner = Runner & Pick<ThreadReader, 'readThread' | 'readHistory'> & GraphTester;

interface Started {
  readonly runner: Promise<EditorRunner>;
  /** Calls that have not settled. */
  uses: number;
}

/** Makes the real runner at the first use, and a new one after `renew`. */
export class LazyRunner implements EditorRunner, Disposable {
  readonly #start: () => Promise<EditorRunner>;
  readonly #ending = new Set<Promise<void>>();
  #current: Started | undefined;
  /** Replaced ones that still have work to finish. */
  readonly #retired = new Set<Started>();

  constructor(start: () => Promise<EditorRunner>) {
    this.#start = start;
  }

  describe(file: string, options?: DescribeOptions): Promise<FileDescription> {
    return this.#use((runner) => runner.describe(file, options));
  }

  run(options: RunOptions): Promise<RunResult> {
    return this.#use((runner) => runner.run(options));
  }

  test(options: TestFileOptions): Promise<TestedFile> {
    return this.#use((runner) => runner.test(options));
  }

  readThread(options: ReadThreadOptions): Promise<ThreadState | undefined> {
    return this.#use((runner) => runner.readThread(options));
  }

  readHistory(options: ReadHistoryOptions): Promise<readonly ThreadCheckpoint[]> {
    return this.#use((runner) => runner.readHistory(options));
  }

  prepare(file: string, contents: string): Promise<void> {
    return this.#use((runner) => runner.prepare(file, contents));
  }

  fileChanged(path: string): void {
    // One that never starts tells whoever has asked for it.
    this.#current?.runner.then(
      (runner) => runner.fileChanged(path),
      () => undefined,
    );
  }

  /** Lets what goes on finish with the present runner; whatever comes next meets a new one. */
  renew(): void {
    if (!this.#current) return;
    const old = this.#current;
    this.#current = undefined;
    if (old.uses === 0) this.#end(old);
    else this.#retired.add(old);
  }

  async dispose(): Promise<void> {
    for (const started of [this.#current, ...this.#retired]) if (started) this.#end(started);
    this.#current = undefined;
    await Promise.all(this.#ending);
  }

  async #use<T>(work: (runner: EditorRunner) => Promise<T>): Promise<T> {
    const started = (this.#current ??= { runner: this.#start(), uses: 0 });
    started.uses++;
    try {
      return await work(await started.runner);
    } finally {
      started.uses--;
      if (started.uses === 0 && this.#retired.has(started)) this.#end(started);
    }
  }

  #end(started: Started): void {
    this.#retired.delete(started);
    const ending = started.runner.then(
      (runner) => runner.dispose(),
      () => undefined, // It never started: whoever waited for it knows.
    );
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}
