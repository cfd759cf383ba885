import type * as esbuild from 'esbuild';
import type { BuildContext, BuildFailure, BuildResult } from 'esbuild';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { QUERY, type Bundle, type EngineName, type ExternalImport } from './bundle.ts';
import { toBundleProblems } from './bundleProblems.ts';
import { FILE_NAME_DEFINES, fileNames, type Insertion } from './fileNames.ts';
import { LoadError } from '../loadError.ts';
import { findAsyncRequires } from './asyncRequires.ts';
import { findLangGraph } from './findLangGraph.ts';
import { projectOf } from '../langGraphJson.ts';
import { findTsconfigs } from '../projectFiles.ts';
import type { Problem } from '../problem.ts';
import { readGraphFile } from '../source/readGraphFile.ts';
import { resolveImports } from './resolveImports.ts';
import { createUserPaths } from './symlinks.ts';
import { nearestTsconfig, tsconfigOf } from './tsconfig.ts';
import { tellLackingNames } from './wholeImports.ts';
import { isZodMethods, zodMethods } from './zodMethods.ts';

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
  readonly contents?: string | undefined;
  /** Default `superstep`. */
  readonly engine?: EngineName | undefined;
}

/** The builds of one file. */
export class FileBundler {
  /** As the user knows it. */
  readonly #file: string;
  readonly #engine: EngineName;
  readonly #options: GraphBundlerOptions;
  /** Without symbolic links: the path that esbuild knows. */
  #realFile: string;
  #toUserPath: (path: string) => string = (path) => path;
  /** Settles when all builds so far are done. */
  #idle: Promise<unknown> = Promise.resolve();
  #context: BuildContext | undefined;
  /** The config that esbuild is to take, where it would take another one by itself. */
  #tsconfig: string | undefined;
  #builds = 0;
  // What the plugins need to know, and find out, in the build that is running.
  #contents: string | undefined;
  #imports: Record<string, ExternalImport> = {};
  #insertions = new Map<string, Insertion>();
  /** Files that were read, and those that were looked for in vain. */
  readonly #seen = new Set<string>();

  constructor(file: string, engine: EngineName, options: GraphBundlerOptions) {
    this.#file = file;
    this.#engine = engine;
    this.#realFile = file;
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
    const version = this.#engine === 'langgraph' ? await findLangGraph(this.#file) : undefined;
    await this.#follow(await realpath(this.#file).catch(() => this.#file));
    this.#contents = contents;
    this.#imports = {};
    this.#insertions = new Map();
    this.#seen.clear();
    const built = this.#toBundle(await this.#rebuild(signal), text);
    const bundle =
      version === undefined
        ? built
        : { ...built, warnings: [...built.warnings, untold(this.#file, version)] };
    const project = await projectOf(this.#file);
    if (project === undefined) return bundle;
    const own = project.graphs.filter(({ file }) => file === this.#file);
    const names = Object.fromEntries(own.map(({ exportName, name }) => [exportName, name]));
    return { ...bundle, names, inputs: [...bundle.inputs, project.file] };
  }

  /** Notes where the file really is, and the config that rules it. */
  async #follow(realFile: string): Promise<void> {
    const ruling = tsconfigOf(realFile)?.path;
    const tsconfig = ruling === nearestTsconfig(realFile) ? undefined : ruling;
    if (realFile === this.#realFile && tsconfig === this.#tsconfig) return;
    await this.#context?.dispose().catch(() => {});
    this.#context = undefined;
    this.#realFile = realFile;
    this.#tsconfig = tsconfig;
    this.#toUserPath = createUserPaths(this.#file, realFile);
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
        const problem = { severity: 'error', code: 'BUNDLER_FAILED', message } as const;
        throw new LoadError([{ ...problem, file: this.#file }], { cause: error });
      }
      const problems = toBundleProblems(error.errors, this.#problemOptions('error'));
      const unplaced = { file: this.#file };
      throw new LoadError(
        problems.map((problem) => ({ ...unplaced, ...problem })),
        { inputs: this.#inputs() },
      );
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
      entryPoints: [this.#realFile],
      absWorkingDir: dirname(this.#realFile),
      // Never written; the sources in the map are relative to its folder.
      outfile: join(dirname(this.#realFile), 'bundle.js'),
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
      ...(this.#tsconfig !== undefined && { tsconfig: this.#tsconfig }),
      plugins: [
        ...(this.#engine === 'superstep' ? [zodMethods()] : []),
        resolveImports({
          engine: this.#engine,
          file: this.#file,
          shipped: this.#options.shipped,
          imports: () => this.#imports,
          onMissing: (path) => this.#seen.add(path),
        }),
        fileNames({
          contents: (path) => (path === this.#realFile ? this.#contents : undefined),
          insertions: () => this.#insertions,
          onRead: (path) => this.#seen.add(path),
        }),
      ],
    });
  }

  /** What a build that failed has come across. */
  #inputs(): string[] {
    const seen = [...this.#seen].map((path) => this.#toUserPath(path));
    // What is missing may be a source file, whatever its name ends with.
    const guessed = seen.map((path) => path.replace(/(?:\.[cm]?[jt]s)?$/, '.ts'));
    return [...new Set([this.#file, ...seen, ...guessed])];
  }

  #problemOptions(severity: 'error' | 'warning') {
    return {
      severity,
      folder: dirname(this.#realFile),
      insertions: this.#insertions,
      toUserPath: this.#toUserPath,
    };
  }

  #toBundle({ outputFiles = [], metafile, warnings }: BuildResult, text: string): Bundle {
    const { inputs, outputs } = metafile ?? { inputs: {}, outputs: {} };
    const [map = '', script = ''] = ['.map', '.js'].map(
      (extension) => outputFiles.find(({ path }) => path.endsWith(extension))?.text,
    );
    const toPath = (input: string) => this.#toUserPath(resolve(dirname(this.#realFile), input));
    const waiting = findAsyncRequires({ inputs }, { code: script, toPath });
    if (waiting.length > 0) throw new LoadError(waiting);

    const files = Object.keys(inputs).filter((input) => !isZodMethods(input));
    const sources = new Set([this.#file, ...files.map(toPath)]);
    const exports = Object.values(outputs).find(({ entryPoint }) => entryPoint)?.exports ?? [];
    const problems = toBundleProblems(warnings, this.#problemOptions('warning'));
    return {
      file: this.#file,
      url: `${pathToFileURL(this.#file).href}?${QUERY}=${++this.#builds}`,
      code: this.#withWholeImports(withRequire(script)) + this.#toComment(map),
      engine: this.#engine,
      inputs: [...sources, ...findTsconfigs([...sources])],
      imports: this.#imports,
      shipped: this.#options.shipped,
      exports: bySourceOrder(exports, text),
      names: {},
      // The package.json of a package is not the user's business.
      warnings: problems.filter(({ file }) => !file?.endsWith('package.json')),
    };
  }

  #withWholeImports(script: string): string {
    return this.#engine === 'superstep' ? tellLackingNames(script) : script;
  }

  /** The source map as a comment, with absolute sources and without what we put into them. */
  #toComment(text: string): string {
    const map = JSON.parse(text) as { sources: string[]; sourcesContent: (string | null)[] };
    const paths = map.sources.map((source) =>
      resolve(dirname(this.#realFile), decodeURIComponent(source)),
    );
    const sourcesContent = map.sourcesContent.map(
      (content, i) => this.#insertions.get(paths[i] ?? '')?.original ?? content,
    );
    const sources = paths.map((path) => pathToFileURL(this.#toUserPath(path)).href);
    const json = Buffer.from(JSON.stringify({ ...map, sources, sourcesContent }));
    return `//# sourceMappingURL=data:application/json;base64,${json.toString('base64')}\n`;
  }
}

/** What a run by LangGraph.js does not have that one of ours has. */
function untold(file: string, version: string): Problem {
  const message = `LangGraph.js ${version} runs this file. It does not tell of retries, of what routers choose and of tasks that wait for a free place; breakpoints are passed by.`;
  return { severity: 'information', message, file };
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
  const places = placesOfExports(text);
  const placeOf = (name: string) => places.get(name) ?? Infinity;
  return [...names].sort((a, b) =>
    placeOf(a) < placeOf(b) ? -1 : Number(placeOf(a) > placeOf(b)),
  );
}

/** Where each word stands first behind an `export`. One pass, since generated files export thousands. */
function placesOfExports(text: string): Map<string, number> {
  const places = new Map<string, number>();
  for (const head of text.matchAll(/\bexport\b(?:\s*\{[^}]*|[^=;({]*)/g)) {
    for (const word of head[0].matchAll(/(["'])(.*?)\1|[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) {
      const name = word[2] ?? word[0];
      if (!places.has(name)) places.set(name, head.index + word.index);
    }
  }
  return places;
}
