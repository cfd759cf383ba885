import type * as esbuild from 'esbuild';
import type { Bundle } from './bundle.ts';
import { FileBundler, type BuildOptions, type GraphBundlerOptions } from './fileBundler.ts';

/** Milliseconds for which a build ahead stands: a file may change where nobody looks. */
const AHEAD_MS = 10_000;

/** Files that were built last keep what makes the next build fast; it takes some memory. */
const MAX_KEPT = 6;

/**
 * Bundles graph files with their local imports, in memory: nothing is written. A second build of a
 * file does again only what has changed. It keeps the process alive until it is disposed.
 */
export class GraphBundler {
  readonly #options: GraphBundlerOptions;
  /** By path and engine, the longest unused first. */
  readonly #files = new Map<string, FileBundler>();
  #esbuild: Promise<typeof esbuild> | undefined;
  /** What was built ahead, and when. */
  #ahead:
    | {
        readonly file: string;
        readonly contents: string;
        readonly bundle: Bundle;
        readonly at: number;
      }
    | undefined;
  /** Counts the changes of any file. */
  #changes = 0;
  #isDisposed = false;

  constructor(options: GraphBundlerOptions) {
    this.#options = options;
  }

  /**
   * Bundles a file with the contents that it will most likely have in its next build, which is then there at
   * once. Never rejects: what is wrong is told by that build.
   * @param file Absolute path.
   */
  async buildAhead(file: string, contents: string): Promise<void> {
    const changes = this.#changes;
    const bundle = await this.build(file, { contents }).catch(() => undefined);
    if (!bundle || changes !== this.#changes || this.#isDisposed) return;
    this.#ahead = { file, contents, bundle, at: Date.now() };
  }

  /** Some file has changed, from which something may have been built ahead. */
  fileChanged(): void {
    this.#changes++;
    this.#ahead = undefined;
  }

  /** What was built ahead, if it is what is wanted; it is for one build. */
  #takeAhead(file: string, { contents, engine = 'superstep' }: BuildOptions): Bundle | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (!ahead || engine !== 'superstep') return undefined;
    const isWanted = ahead.file === file && ahead.contents === contents;
    return isWanted && Date.now() - ahead.at < AHEAD_MS ? ahead.bundle : undefined;
  }

  /**
   * Bundles one file. Builds of the same file run one after another, each with the files as they
   * are when it starts.
   * @param file Absolute path of a TypeScript or JavaScript file.
   * @throws {LoadError} with a problem for each thing that is wrong, at its place:
   * `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `IMPORT_NOT_FOUND`, `BUNDLE_ERROR`, `BUNDLER_FAILED`. With
   * `langgraph` also `IMPORT_NOT_FOUND` if none is installed that can be used.
   */
  async build(file: string, options: BuildOptions = {}): Promise<Bundle> {
    options.signal?.throwIfAborted();
    if (this.#isDisposed) throw new Error('The bundler is disposed');
    const ahead = this.#takeAhead(file, options);
    if (ahead) return ahead;
    const { engine = 'superstep' } = options;
    const key = `${engine} ${file}`;
    const known = this.#files.get(key);
    const builder =
      known ?? new FileBundler(file, engine, { ...this.#options, loadEsbuild: () => this.#load() });
    this.#files.delete(key);
    this.#files.set(key, builder);
    const [oldest] = this.#files;
    if (oldest && this.#files.size > MAX_KEPT) {
      this.#files.delete(oldest[0]);
      void oldest[1].dispose();
    }
    return builder.build(options);
  }

  /** Ends what is being built and frees what was kept. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const builders = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(builders.map((builder) => builder.dispose()));
  }

  #load(): Promise<typeof esbuild> {
    this.#esbuild ??= this.#options.loadEsbuild().catch((error: unknown) => {
      this.#esbuild = undefined;
      throw error;
    });
    return this.#esbuild;
  }
}
