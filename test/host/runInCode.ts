// Runs test/vscode/**/*.test.ts (mocha with `suite` and `test`) inside a real VS Code:
//   node test/host/runInCode.ts [--grep TEXT] [FILE …]
// Which editor: $VSCODE_TEST_EXECUTABLE, else one that is downloaded ($VSCODE_TEST_VERSION, default
// stable), else, without a display or a connection, the hosted one.
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build as bundle, type Plugin } from 'esbuild';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { cacheDir, root } from './install.ts';
import { onProcessEnd } from './releases.ts';
import { Tally } from '../stages/tally.ts';

interface Of {
  /** The bundle that has the test. */
  readonly script?: string;
}

/** What inside.cjs tells over the socket. */
type Report =
  | { readonly type: 'suite'; readonly name: string }
  | (Of & { readonly type: 'pass'; readonly name: string; readonly ms: number })
  | (Of & { readonly type: 'fail'; readonly name: string; readonly error: string })
  | { readonly type: 'end' };

const wholeRunMs = 20 * 60_000;

const { values, positionals: chosen } = parseArgs({
  options: { grep: { type: 'string' } },
  allowPositionals: true,
});
const scratch = mkdtempSync(join(tmpdir(), 'superstep-code-'));
const bundles = join(scratch, 'tests');
onProcessEnd(() => rmSync(scratch, { recursive: true, force: true }));

const tally = new Tally();
let ended = false;
const socket =
  process.platform === 'win32' ? `\\\\.\\pipe\\superstep-${process.pid}` : join(scratch, 'socket');
const server = createServer((connection) => {
  createInterface({ input: connection }).on('line', (line) => {
    const report = JSON.parse(line) as Report;
    if (report.type === 'suite') console.log(report.name);
    else if (report.type === 'pass') {
      tally.pass(sourceOf(report.script));
      console.log(`  ${report.name} (${report.ms} ms)`);
    } else if (report.type === 'fail')
      tally.fail(report.name, report.error, sourceOf(report.script));
    else ended = true;
  });
}).listen(socket);
server.unref();

const late = setTimeout(() => {
  tally.fail('tests inside VS Code', `were not over after ${wholeRunMs / 60_000} min`);
  finish();
}, wholeRunMs);

try {
  await runTests({
    vscodeExecutablePath: await findEditor(),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(import.meta.dirname, 'inside.cjs'),
    launchArgs: [
      join(root, 'examples'),
      `--user-data-dir=${join(scratch, 'user')}`,
      `--extensions-dir=${join(scratch, 'extensions')}`,
    ],
    extensionTestsEnv: {
      SUPERSTEP_TEST_SOCKET: socket,
      SUPERSTEP_TEST_PLAN: JSON.stringify({ files: await bundleTests(), grep: values.grep }),
    },
  });
  if (!ended) tally.fail('tests inside VS Code', 'the editor ended before they did');
} catch (error) {
  if (tally.failed === 0) tally.fail('tests inside VS Code', String(error));
}
clearTimeout(late);
finish();

function finish(): never {
  tally.end();
  process.exit(tally.failed > 0 ? 1 : 0);
}

/** The path of an editor to run. */
async function findEditor(): Promise<string> {
  const standIn = join(import.meta.dirname, 'codeStandIn.ts');
  const { VSCODE_TEST_EXECUTABLE, VSCODE_TEST_VERSION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (VSCODE_TEST_EXECUTABLE) return VSCODE_TEST_EXECUTABLE;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return standIn;
  try {
    return await downloadAndUnzipVSCode({
      version: VSCODE_TEST_VERSION ?? 'stable',
      cachePath: cacheDir,
    });
  } catch (error) {
    if (process.platform === 'win32') throw error;
    console.error(`VS Code cannot be downloaded (${String(error)}): hosting one instead`);
    return standIn;
  }
}

/** Bundles the tests into scripts that any VS Code of ours can load, whatever its Node. */
async function bundleTests(): Promise<string[]> {
  const all = chosen.length > 0 ? chosen : globSync('test/vscode/**/*.test.ts', { cwd: root });
  const entryPoints = [...all].sort();
  if (entryPoints.length === 0) throw new Error('There are no tests in test/vscode');
  const result = await bundle({
    absWorkingDir: root,
    entryPoints,
    outdir: bundles,
    outbase: join(root, 'test/vscode'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.15',
    sourcemap: 'inline',
    external: ['vscode', 'esbuild', 'mocha'],
    plugins: [keepDirname()],
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(result.metafile.outputs).map((path) => join(root, path));
}

/** The test file, from the repository's root, that a bundle was made of. */
function sourceOf(script: string | undefined): string | undefined {
  if (script === undefined) return undefined;
  const path = relative(bundles, script).replace(/\.cjs$/, '.ts');
  return `test/vscode/${path.replaceAll(sep, '/')}`;
}

/** Lets `import.meta.dirname` name the source's folder in a bundle that is CommonJS elsewhere. */
function keepDirname(): Plugin {
  return {
    name: 'keep-dirname',
    setup(build) {
      build.onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replaceAll(
          'import.meta.dirname',
          JSON.stringify(dirname(path)),
        ),
        loader: 'ts',
      }));
    },
  };
}
