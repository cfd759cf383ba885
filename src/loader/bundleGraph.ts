import type * as esbuild from 'esbuild';
import type { BuildContext, BuildFailure, BuildResult } from 'esbuild';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { QUERY, type Bundle, type ExternalImport } from './bundle.ts';
import { toBundleProblems } from './bundleProblems.ts';
import { FILE_NAME_DEFINES, fileNames, type Insertion } from './fileNames.ts';
import { LoadError } from './loadError.ts';
import { findAsyncRequires } from './asyncRequires.ts';
import { findTsconfigs } from './projectFiles.ts';
import { resolveImports } from './resolveImports.ts';

type Esbuild = typeof esbuild;

export interface GraphBundlerOptions {
  /** Imports `esbuild`, or `esbuild-wasm`; called when the first file is built. */
  readonly loadEsbuild: () => Promise<Esbuild>;
  /**
   * URLs of the copies that graph files get where their own workspace has none, by specifier:
   * `superstep`, `zod`, `openai`, and subpaths of these.
   */
  readonly shipped: Readonly<Record<string, string>>;
}

export interface BuildOptions {
  /** Ends the build; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Text to take in place of the graph file's content on disk. */
  readonly contents?: string;
}

/** Files that were built last keep what makes the next build fast; it takes some memory. */
const MAX_KEPT = 6;

/** More is no source text that anybody wrote. */
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * Bundles graph files with their local imports, in memory: nothing is written. A second build of a
 * file does again only what has changed. It keeps the process alive until it is disposed.
 */
export class GraphBundler {
  readonly #options: GraphBundlerOptions;
  /** By path, the longest unused first. */
  readonly #files = new Map<string, FileBundler>();
  #esbuild: Promise<Esbuild> | undefined;
  #isDisposed = false;

  constructor(options: GraphBundlerOptions) {
    this.#options = options;
  }

  /**
   * Bundles one file. Builds of the same file run one after another, each with the files as they
   * are when it starts.
   * @param file Absolute path of a TypeScript or JavaScript file.
   * @throws {LoadError} with a problem for each thing that is wrong, at its place:
   * `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `IMPORT_NOT_FOUND`, `BUNDLE_ERROR`, `BUNDLER_FAILED`.
   */
  async build(file: string, options: BuildOptions = {}): Promise<Bundle> {
    options.signal?.throwIfAborted();
    if (this.#isDisposed) throw new Error('The bundler is disposed');
    const known = this.#files.get(file);
    const builder =
      known ?? new FileBundler(file, { ...this.#options, loadEsbuild: () => this.#load() });
    this.#files.delete(file);
    this.#files.set(file, builder);
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

  #load(): Promise<Esbuild> {
    this.#esbuild ??= this.#options.loadEsbuild().catch((error: unknown) => {
      this.#esbuild = undefined;
      throw error;
    });
    return this.#esbuild;
  }
}

/** The builds of one file. */
class FileBundler {
  readonly #file: string;
  readonly #options: GraphBundlerOptions;
  /** Settles when all builds so far are done. */
  #idle: Promise<unknown> = Promise.resolve();
  #context: BuildContext | undefined;
  #builds = 0;
  // What the plugins need to know, and find out, in the build that is running.
  #contents: string | undefined;
  #imports: Record<string, ExternalImport> = {};
  #insertions = new Map<string, Insertion>();

  constructor(file: string, options: GraphBundlerOptions) {
    this.#file = file;
    this.#options = options;
  }

  build(options: BuildOptions): Promise<Bundle> {
    const build = this.#idle.then(() => this.#build(options));
    this.#idle = build.catch(() => {});
    return build;
  }

  async dispose(): Promise<void> {
    await this.#cancel();
    await this.#idle;
    await this.#context?.dispose().catch(() => {});
    this.#context = undefined;
  }

  async #build({ signal, contents }: BuildOptions): Promise<Bundle> {
    signal?.throwIfAborted();
    const text = contents ?? (await readGraphFile(this.#file));
    this.#contents = contents;
    this.#imports = {};
    this.#insertions = new Map();
    const result = await this.#rebuild(signal);
    const bundle = this.#toBundle(result, text);
    const problems = findAsyncRequires(result.metafile, bundle);
    if (problems.length > 0) throw new LoadError(problems);
    return bundle;
  }

  async #rebuild(signal: AbortSignal | undefined): Promise<BuildResult> {
    const cancel = () => void this.#cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const kept = this.#context;
      // esbuild is a process of its own, and may have died since: then it starts anew.
      return await this.#buildOnce(signal).catch((error: unknown) => {
        if (!kept || isBuildFailure(error)) throw error;
        this.#context = undefined;
        return this.#buildOnce(signal);
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isBuildFailure(error)) {
        this.#context = undefined;
        const message = `Cannot bundle ${basename(this.#file)}: ${(error as Error).message}`;
        throw loadError(this.#file, { code: 'BUNDLER_FAILED', message, cause: error });
      }
      const problems = toBundleProblems(error.errors, this.#problemOptions('error'));
      const unplaced = { file: this.#file };
      throw new LoadError(problems.map((problem) => ({ ...unplaced, ...problem })));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async #buildOnce(signal: AbortSignal | undefined): Promise<BuildResult> {
    signal?.throwIfAborted();
    this.#context ??= await this.#createContext();
    signal?.throwIfAborted();
    return this.#context.rebuild();
  }

  async #cancel(): Promise<void> {
    // Fails only if there is no process any more that could go on.
    await this.#context?.cancel().catch(() => {});
  }

  async #createContext(): Promise<BuildContext> {
    const { context } = await this.#options.loadEsbuild();
    return context({
      entryPoints: [this.#file],
      absWorkingDir: dirname(this.#file),
      // Never written; the sources in the map are relative to its folder.
      outfile: join(dirname(this.#file), 'bundle.js'),
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      charset: 'utf8',
      sourcemap: 'external',
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
      define: FILE_NAME_DEFINES,
      plugins: [
        resolveImports({ shipped: this.#options.shipped, imports: () => this.#imports }),
        fileNames({
          contents: (path) => (path === this.#file ? this.#contents : undefined),
          insertions: () => this.#insertions,
        }),
      ],
    });
  }

  #problemOptions(severity: 'error' | 'warning') {
    return { severity, folder: dirname(this.#file), insertions: this.#insertions };
  }

  #toBundle({ outputFiles = [], metafile, warnings }: BuildResult, text: string): Bundle {
    const folder = dirname(this.#file);
    const [map, script] = ['.map', '.js'].map(
      (extension) => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '',
    );
    const sources = Object.keys(metafile?.inputs ?? {})
      .map((path) => resolve(folder, path))
      .filter((path) => path !== this.#file);
    const outputs = Object.values(metafile?.outputs ?? {});
    const inputs = [this.#file, ...sources];
    const problems = toBundleProblems(warnings, this.#problemOptions('warning'));
    return {
      file: this.#file,
      url: `${pathToFileURL(this.#file).href}?${QUERY}=${++this.#builds}`,
      code: withRequire(script ?? '') + this.#toComment(map ?? ''),
      inputs: [...inputs, ...findTsconfigs(inputs)],
      imports: this.#imports,
      shipped: this.#options.shipped,
      exports: bySourceOrder(outputs.find(({ entryPoint }) => entryPoint)?.exports ?? [], text),
      // The package.json of a package is not the user's business.
      warnings: problems.filter(({ file }) => !file?.endsWith('package.json')),
    };
  }

  /** The source map as a comment, with absolute sources and without what we put into them. */
  #toComment(text: string): string {
    const map = JSON.parse(text) as { sources: string[]; sourcesContent: (string | null)[] };
    const paths = map.sources.map((source) =>
      resolve(dirname(this.#file), decodeURIComponent(source)),
    );
    const sourcesContent = map.sourcesContent.map(
      (content, i) => this.#insertions.get(paths[i] ?? '')?.original ?? content,
    );
    const sources = paths.map((path) => pathToFileURL(path).href);
    const json = Buffer.from(JSON.stringify({ ...map, sources, sourcesContent }));
    return `//# sourceMappingURL=data:application/json;base64,${json.toString('base64')}\n`;
  }
}

/** Reads a graph file, or says why that cannot be one. */
async function readGraphFile(file: string): Promise<string> {
  const name = basename(file);
  if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file)) {
    const message = `"${name}" is not a graph file: it must be TypeScript or JavaScript.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message });
  }
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
      const message = `"${name}" has ${megabytes(size)}; a graph file may have ${megabytes(MAX_BYTES)}. Move data into a file that it imports or reads.`;
      throw loadError(file, { code: 'FILE_UNREADABLE', message });
    }
    const text = await readFile(file, 'utf8');
    if (!text.includes('\0')) return text;
    const message = `"${name}" holds binary data, not a program.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message });
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const { code, message: reason } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const message = `"${file}" does not exist. It may have been moved or deleted.`;
      throw loadError(file, { code: 'FILE_NOT_FOUND', message, cause: error });
    }
    const what = code === 'EISDIR' ? 'it is a folder' : reason;
    const message = `Cannot read "${name}": ${what}.`;
    throw loadError(file, { code: 'FILE_UNREADABLE', message, cause: error });
  }
}

function loadError(
  file: string,
  { code, message, cause }: { code: string; message: string; cause?: unknown },
): LoadError {
  return new LoadError([{ severity: 'error', code, message, file }], { cause });
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** CommonJS code reaches packages by `require`, which modules lack. */
function withRequire(script: string): string {
  // A `#!` line may stand nowhere but first.
  const rest = script.replace(/^#!.*/, '');
  if (!/^var __require = /m.test(rest)) return rest;
  // On the first line, which holds nothing but esbuild's own code: the map stays true.
  return `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); ${rest}`;
}

function bySourceOrder(names: readonly string[], text: string): string[] {
  const places = new Map(names.map((name) => [name, placeOfExport(name, text)]));
  return [...names].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

function placeOfExport(name: string, text: string): number {
  const word = `(?<![\\w$])${name.replace(/[^\w]/g, '\\$&')}(?![\\w$])`;
  const match = new RegExp(`\\bexport\\b(?:\\s*\\{[^}]*?|[^=;({]*?)${word}`).exec(text);
  return match ? match.index + match[0].length : Infinity;
}
