import { EventEmitter, type Disposable, type Event } from 'vscode';
import { basename } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import type { Problem } from '../loader/problem.ts';
import type { FileDescription, Runner } from '../runner/runner.ts';
import { preparing, type Activities } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';
import type { Problems } from './problems.ts';
import { readEnvironment } from './readEnvironment.ts';

/** What the latest loading of a file has brought. */
export type Loaded =
  | { readonly file: string; readonly description: FileDescription }
  | {
      readonly file: string;
      readonly problems: readonly Problem[];
      /** Files whose change may mend it, as far as they are known. */
      readonly inputs?: readonly string[];
    };

/** Loads graph files, which runs their top level, and tells everybody what came out. */
export class GraphLoader implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #loaded = this.#owned.add(new EventEmitter<Loaded>());
  readonly #runner: Runner;
  readonly #problems: Problems;
  readonly #activities: Activities;
  /** Number of the loading that is the latest to be known, by file. */
  readonly #known = new Map<string, number>();
  #lastNumber = 0;

  /** A file was loaded or has turned out to be broken; never for one that was overtaken. */
  readonly onDidLoad: Event<Loaded> = this.#loaded.event;

  constructor(parts: { runner: Runner; problems: Problems; activities: Activities }) {
    this.#runner = parts.runner;
    this.#problems = parts.problems;
    this.#activities = parts.activities;
  }

  /**
   * Loads a file and publishes the result.
   * @param options.signal Ends the loading, as a click on the status bar does.
   * @param options.isTold Whoever asks for it tells the user by an activity of his own.
   * @param options.contents Text to take in place of what is on disk.
   * @returns `undefined` if it was stopped.
   * @throws {LoadError} with what stands in the Problems view by then.
   */
  async load(
    file: string,
    {
      signal,
      isTold = false,
      contents,
    }: { signal?: AbortSignal; isTold?: boolean; contents?: string | undefined } = {},
  ): Promise<FileDescription | undefined> {
    const number = ++this.#lastNumber;
    const abort = new AbortController();
    const either = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const activity = isTold
      ? undefined
      : this.#activities.begin(preparing(abort, { title: basename(file), file, state: 'loading' }));
    let files: readonly string[] = [];
    try {
      const environment = await readEnvironment(file);
      const { env } = environment;
      files = environment.files;
      const loaded = await this.#runner.describe(file, { signal: either, env, contents });
      const description = { ...loaded, inputs: [...loaded.inputs, ...files] };
      if (this.#isNews(file, number)) {
        this.#problems.loaded(file, loaded.hints ?? []);
        this.#loaded.fire({ file, description });
      }
      return description;
    } catch (error) {
      if (either.aborted) return undefined;
      if (error instanceof LoadError && this.#isNews(file, number)) {
        this.#problems.loaded(file, error.problems);
        const { problems, inputs } = error;
        this.#loaded.fire({ file, problems, ...(inputs && { inputs: [...inputs, ...files] }) });
      }
      throw error;
    } finally {
      activity?.dispose();
    }
  }

  #isNews(file: string, number: number): boolean {
    if (number < (this.#known.get(file) ?? 0)) return false;
    this.#known.set(file, number);
    return true;
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
