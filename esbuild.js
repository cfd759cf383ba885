// Builds everything under dist/:  node esbuild.js [--production] [--watch]
import { build, context } from 'esbuild';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkLibraryTypes, pluginBuild, pluginFiles } from './src/typescriptPlugin/esbuild.js';
import { webviewBuild } from './src/webview/esbuild.js';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: production,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  write: false,
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/**
 * The library. Apart from the programs, so that it is few files and quick to import; programs and
 * graph files recognise each other's objects by their marks, whichever copy made them.
 */
const libraryEntries = {
  index: 'src/engine/index.ts',
  sqlite: 'src/engine/sqlite.ts',
  conformance: 'src/engine/conformance.ts',
  taskThread: 'src/engine/taskThread.ts',
  openai: 'src/openai/index.ts',
  prebuilt: 'src/prebuilt/index.ts',
  testing: 'src/testing/index.ts',
  remote: 'src/remote/index.ts',
  restate: 'src/restate/index.ts',
  bullmq: 'src/bullmq/index.ts',
  // What stands for LangGraph.js and its subpaths.
  ...Object.fromEntries(
    ['index', 'prebuilt', 'pregel', 'channels', 'stream', 'zod', 'zodSchema', 'checkpoint'].map(
      (name) => [`langgraph/${name}`, `src/langgraph/${name}.ts`],
    ),
  ),
};

/** What is imported with `import()` here becomes a chunk that costs nothing until it is needed. */
const programEntries = {
  cli: 'src/cli/main.ts',
  worker: 'src/runner/workerMain.ts',
  task: 'src/runner/taskMain.ts',
  debug: 'src/runner/debug/debugMain.ts',
  history: 'src/runner/historyMain.ts',
  extension: 'src/extension/extension.ts',
};

/** The copies of zod and openai that graph files get where their workspace has none. */
const vendorEntries = {
  'vendor/zod': resolvePackage('zod'),
  'vendor/openai': resolvePackage('openai'),
};

const forNode = {
  ...common,
  platform: 'node',
  format: 'esm',
  target: 'node22.15',
  keepNames: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
};

/**
 * Our client takes the copy of openai that graph files get, instead of one of its own. Only
 * dist/openai.js imports it, so that the path is right.
 */
const sharedCopies = {
  name: 'shared-copies',
  setup({ onResolve }) {
    onResolve({ filter: /^openai$/ }, ({ path }) => ({
      path: `./vendor/${path}.js`,
      external: true,
    }));
  },
};

/**
 * Where one of these is made of another, it imports that one as it is built: code that is shared lies in
 * chunks, and the paths of the copies hold for dist/openai.js.
 */
const builtEntries = {
  name: 'built-entries',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/(openai|prebuilt|remote)\/index\.ts$/ }, ({ path, importer }) => {
      const [, from] = /src[\\/](\w+)[\\/]/.exec(relative(root, importer)) ?? [];
      const [, name] = path.split('/');
      return { path: `${from === 'langgraph' ? '../' : './'}${name}.js`, external: true };
    });
  },
};

/**
 * Every entry of the library imports all of the engine, which whoever imports one of them has anyhow:
 * so it is one chunk, and not one for each set of entries that have a file in common. To look for a file
 * and open it takes Node longer than to read what is in it.
 */
const oneChunk = {
  name: 'one-chunk',
  setup({ onLoad, onResolve }) {
    const engine = 'superstep:engine';
    const path = join(root, libraryEntries.index);
    const entries = Object.values(libraryEntries).map((entry) => join(root, entry));
    onResolve({ filter: /^superstep:engine$/ }, () => ({ path }));
    onLoad({ filter: /\.ts$/ }, async (file) =>
      file.path !== path && entries.includes(file.path)
        ? { contents: `${await readFile(file.path, 'utf8')}import '${engine}';\n`, loader: 'ts' }
        : undefined,
    );
  },
};

/**
 * Gives classes back their names: esbuild writes one that mentions itself as `var A = class _A`. Its own
 * `keepNames` would do it too, but for functions as well, each time that one is made: twice the cost of a
 * run.
 */
const classNames = {
  name: 'class-names',
  setup({ onEnd }) {
    const renamed = /^var (\w+) = class _\1\b.*\{$/gm;
    onEnd(({ outputFiles = [] }) => {
      for (const file of outputFiles.filter(({ path }) => path.endsWith('.js'))) {
        // At the end of a line, so that the source map holds.
        const text = file.text.replace(
          renamed,
          '$& static { Object.defineProperty(this, "name", { value: "$1", configurable: true }); }',
        );
        file.contents = Buffer.from(text);
      }
    });
  },
};

/**
 * secretlint tells a log of its own what it does, with a library that modules cannot bundle, and marks when it
 * does it: the marks are kept, and all of them looked through at each new one.
 */
const withoutOwnLogs = {
  name: 'without-own-logs',
  setup({ onLoad, onResolve }) {
    const stubs = {
      debug: 'export default () => () => {};',
      '@secretlint/profiler': 'export const secretLintProfiler = { mark() {} };',
    };
    onResolve({ filter: /^(debug|@secretlint\/profiler)$/ }, ({ path }) => ({
      path,
      namespace: 'no-log',
    }));
    onLoad({ filter: /.*/, namespace: 'no-log' }, ({ path }) => ({ contents: stubs[path] }));
  },
};

const builds = [
  // Never minified: of an error that nobody catches, Node prints the line that throws.
  {
    ...forNode,
    keepNames: false,
    entryPoints: existing(libraryEntries),
    external: ['@restatedev/restate-sdk', 'bullmq', 'ioredis'],
    // Of zod, too, it takes the copy that graph files get, if it needs one at all; seen from dist/openai.js.
    define: {
      ...common.define,
      ZOD_COPY: '"./vendor/zod.js"',
      TASK_THREAD_SCRIPT: '"../taskThread.js"',
    },
    plugins: [sharedCopies, builtEntries, oneChunk, classNames],
    // That import names nothing, on purpose.
    logOverride: { 'ignored-bare-import': 'silent' },
    minify: false,
  },
  {
    ...forNode,
    entryPoints: existing(programEntries),
    plugins: [withoutOwnLogs],
    external: ['vscode', 'esbuild', 'esbuild-wasm', '@restatedev/restate-sdk'],
  },
  { ...forNode, entryPoints: vendorEntries, splitting: false, sourcemap: false, minify: true },
  {
    ...common,
    ...webviewBuild,
    entryPoints: existing(webviewBuild.entryPoints),
    define: { ...common.define, ...webviewBuild.define },
  },
  { ...common, ...pluginBuild },
].filter(({ entryPoints }) => Object.keys(entryPoints).length > 0);

/** Leaves out, with a note, the entries whose source does not exist. */
function existing(entries) {
  return Object.fromEntries(
    Object.entries(entries).filter(([name, source]) => {
      const found = existsSync(join(root, source));
      if (!found) console.log(`skipped ${name}: there is no ${source}`);
      return found;
    }),
  );
}

function resolvePackage(name) {
  return fileURLToPath(import.meta.resolve(name));
}

/**
 * Writes only what changed, each file in one step, so that a window or a test that reads dist/
 * meanwhile never meets half a file.
 */
async function writeOutput({ path, contents }) {
  const old = await readFile(path).catch(() => undefined);
  if (old && Buffer.compare(old, contents) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  if (path === join(dist, 'cli.js')) await chmod(temporary, 0o755);
  await rename(temporary, path);
}

async function removeStale(written) {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isOurs = relative(dist, path).split(sep)[0] !== 'types';
    if (entry.isFile() && isOurs && !written.has(path)) await rm(path, { force: true });
  }
}

/** Prints errors in the form that the problem matcher of .vscode/tasks.json reads. */
function report({ errors, warnings }) {
  for (const [kind, messages] of Object.entries({ error: errors, warning: warnings })) {
    for (const { text, location } of messages) {
      const at = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
      console.error(`${at}${kind}: ${text}`);
    }
  }
}

/**
 * The licences of all that is bundled, as they ask to be passed on.
 * @param metafiles What esbuild says went into each of the builds.
 */
async function notices(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const packages = new Set(
    inputs.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean),
  );
  const texts = [...packages].sort().map(async (path) => {
    const { name, version } = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    const files = await readdir(join(root, path));
    const licence = files.find((file) => /^licen[cs]e/i.test(file));
    if (!licence) throw new Error(`There is no licence file in ${path}`);
    return `${name} ${version}\n\n${await readFile(join(root, path, licence), 'utf8')}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function buildAll() {
  const results = await Promise.allSettled(builds.map((options) => build(options)));
  for (const { reason } of results) if (reason) report(reason);
  if (results.some(({ status }) => status === 'rejected')) process.exit(1);
  const values = results.map(({ value }) => value);
  values.forEach(report);
  const files = values.flatMap(({ outputFiles }) => outputFiles);
  files.push(...(await pluginFiles()));
  if (production) {
    const text = await notices(values.map(({ metafile }) => metafile));
    files.push({ path: join(dist, 'NOTICES.txt'), contents: Buffer.from(text) });
    // The compiler never removes what it once wrote.
    await rm(join(dist, 'types'), { recursive: true, force: true });
  }
  await Promise.all(files.map(writeOutput));
  await removeStale(new Set(files.map(({ path }) => path)));
  await linkLibraryTypes();
}

/**
 * Builds again whenever a source changes. Chunks that are no longer used stay, since a window that
 * is open may load them yet.
 */
async function watchAll() {
  let building = 0;
  const tell = {
    name: 'tell',
    setup({ onStart, onEnd }) {
      onStart(() => {
        if (building++ === 0) console.log('build started');
      });
      onEnd(async (result) => {
        report(result);
        await Promise.all((result.outputFiles ?? []).map(writeOutput));
        if (--building === 0) console.log('build finished');
      });
    },
  };
  const contexts = await Promise.all(
    builds.map((options) => context({ ...options, plugins: [...(options.plugins ?? []), tell] })),
  );
  await Promise.all(contexts.map((one) => one.watch()));
}

await (watch ? watchAll() : buildAll());
