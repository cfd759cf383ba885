import {
  EventEmitter,
  Uri,
  workspace,
  type Disposable,
  type Event,
  type LogOutputChannel,
} from 'vscode';
import { basename } from 'node:path';
import { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import type { EnvFiles } from '../../runner/envFiles.ts';
import type { FileDescription, Runner } from '../../runner/runner.ts';
import { preparing, type Activities } from '../runs/activities.ts';
import { DisposableStore } from '../disposableStore.ts';
import { FollowedFiles } from './followedFiles.ts';
import type { GraphSources } from './graphSources.ts';
import type { Problems } from './problems.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { PathOwner, Rename } from './rename.ts';

/** A file (absolute path) that was loaded, and with what. */
export interface LoadedFile {
  readonly state: 'loaded';
  readonly file: string;
  readonly description: FileDescription;
  readonly environment: EnvFiles;
}

/** What is known of a graph file (absolute path). */
export type GraphFile =
  | LoadedFile
  | { readonly state: 'broken'; readonly file: string; readonly problems: readonly Problem[] }
  /** Nothing is run in restricted mode: this is what its text tells. */
  | { readonly state: 'read'; readonly file: string; readonly graphs: readonly StaticGraph[] }
  | { readonly state: 'deleted'; readonly file: string };

interface LoadOptions {
  /** Ends the loading, as a click on the status bar does. */
  readonly signal?: AbortSignal;
  /** Whoever asks for it tells the user by an activity of his own. Default false. */
  readonly isTold?: boolean;
  /** Text to take in place of what is on disk. */
  readonly contents?: string | undefined;
}

/**
 * The graph files of the window: loads them, which runs their top level, loads those that are followed
 * anew whenever they change, and tells everybody what came out.
 */
export class GraphFiles implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<GraphFile>());
  readonly #followed: FollowedFiles;
  readonly #runner: Runner;
  readonly #problems: Problems;
  readonly #activities: Activities;
  readonly #sources: GraphSources;
  readonly #log: LogOutputChannel;
  /** By path, with the number of the loading that has found it. */
  readonly #latest = new Map<string, { readonly number: number; readonly found: GraphFile }>();
  #lastNumber = 0;

  /** A file was loaded, or something is wrong with it; never for a loading that was overtaken. */
  readonly onDidChange: Event<GraphFile> = this.#changed.event;

  constructor(parts: {
    runner: Runner;
    problems: Problems;
    activities: Activities;
    sources: GraphSources;
    log: LogOutputChannel;
  }) {
    this.#runner = parts.runner;
    this.#problems = parts.problems;
    this.#activities = parts.activities;
    this.#sources = parts.sources;
    this.#log = parts.log;
    this.#followed = this.#owned.add(
      new FollowedFiles((file, options) => this.#reload(file, options)),
    );
    this.#owned.add(
      this.#followed.onDidDelete((file) =>
        this.#publish(++this.#lastNumber, { state: 'deleted', file }),
      ),
    );
    this.#owned.add(workspace.onDidGrantWorkspaceTrust(() => this.#followed.refreshAll()));
  }

  /** What the latest loading of a file has found; `undefined` if there was none. */
  latest(file: string): GraphFile | undefined {
    return this.#latest.get(file)?.found;
  }

  /** Loads a file anew from now on whenever it, or what it is made of, changes. */
  follow(file: string): void {
    this.#followed.add(file);
  }

  /** Follows a file no more, and ends its loading. */
  unfollow(file: string): void {
    this.#followed.delete(file);
  }

  /**
   * Loads a file that is followed, in place of any loading before; in restricted mode its text is read
   * instead. What is wrong with it is told by `onDidChange`.
   */
  refresh(file: string): Promise<void> {
    return this.#followed.refresh(file);
  }

  /** Renamed files are followed, and loaded, where they are now. */
  move(rename: Rename): void {
    for (const file of [...this.#latest.keys()]) {
      if (rename(file) !== file) this.#latest.delete(file);
    }
    this.#followed.move(rename);
  }

  /**
   * Loads a file and publishes the result.
   * @returns `undefined` if it was stopped.
   * @throws {LoadError} with what stands in the Problems view by then.
   */
  async load(file: string, options: LoadOptions = {}): Promise<LoadedFile | undefined> {
    const { signal, isTold = false, contents } = options;
    const number = ++this.#lastNumber;
    const abort = new AbortController();
    const either = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const activity = isTold
      ? undefined
      : this.#activities.begin(preparing(abort, { title: basename(file), file, state: 'loading' }));
    let environment: EnvFiles | undefined;
    try {
      environment = await readEnvironment(file);
      const { env, files } = environment;
      const description = await this.#runner.describe(file, { signal: either, env, contents });
      const loaded: LoadedFile = { state: 'loaded', file, description, environment };
      this.#publish(number, loaded, [...description.inputs, ...files]);
      return loaded;
    } catch (error) {
      if (either.aborted) return undefined;
      if (error instanceof LoadError) {
        const { problems, inputs } = error;
        const madeOf = inputs && [...inputs, ...(environment?.files ?? [])];
        this.#publish(number, { state: 'broken', file, problems }, madeOf);
      }
      throw error;
    } finally {
      activity?.dispose();
    }
  }

  async #reload(file: string, options: LoadOptions): Promise<void> {
    try {
      if (workspace.isTrusted) await this.load(file, options);
      else await this.#read(file);
    } catch (error) {
      if (!(error instanceof LoadError)) this.#log.error(error as Error);
    }
  }

  /** What the text of a file tells, at once and without running anything. */
  async readText(file: string): Promise<readonly StaticGraph[]> {
    return this.#sources.read(await workspace.openTextDocument(Uri.file(file)));
  }

  /** Has the text of a file, which is about to be saved, bundled ahead of its loading. Nothing of it is run. */
  async prepare(file: string): Promise<void> {
    if (!workspace.isTrusted) return;
    const document = await workspace.openTextDocument(Uri.file(file));
    await this.#runner.prepare(file, document.getText());
  }

  async #read(file: string): Promise<void> {
    const number = ++this.#lastNumber;
    this.#publish(number, { state: 'read', file, graphs: await this.readText(file) });
  }

  /** @param inputs Files whose change may change the result, as far as they are known. */
  #publish(number: number, found: GraphFile, inputs?: readonly string[]): void {
    const { file } = found;
    if (number < (this.#latest.get(file)?.number ?? 0)) return;
    this.#latest.set(file, { number, found });
    if (inputs) this.#followed.madeOf(file, inputs);
    if (found.state === 'loaded') this.#problems.loaded(file, found.description.hints ?? []);
    if (found.state === 'broken') this.#problems.loaded(file, found.problems);
    this.#changed.fire(found);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
