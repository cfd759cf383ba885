// npm test: every check and every test, stage after stage.
//   node test/run.ts [--only STAGE,…] [PART OF A TEST FILE'S NAME …]
// The last line says `N passed, N failed`; the exit code is 1 if anything failed.
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './host/browser.ts';
import { outputDir } from './host/hostedCode.ts';
import { canHost, installServer, root } from './host/install.ts';
import { seconds } from './host/progress.ts';
import { onProcessEnd } from './host/releases.ts';
import type { Counts } from './stages/tally.ts';

interface Stage {
  readonly name: string;
  /** Arguments for Node, or work to be done here. */
  readonly run: readonly string[] | (() => Promise<void>);
  /** Checks have no tests to count: they add to the sum only when they fail. */
  readonly kind: 'check' | 'tests';
}

const limitMs = 12 * 60_000;
const noCounts: Counts = { passed: 0, failed: 0 };
const hasGroups = process.platform !== 'win32';

const { values, positionals: parts } = parseArgs({
  options: { only: { type: 'string' } },
  allowPositionals: true,
});

/** Stages of one row run side by side; a row begins when the one before has ended. */
const rows: readonly (readonly Stage[])[] = [
  [
    check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
    check('lint', 'eslint/bin/eslint.js', '.'),
    check('types', 'typescript/bin/tsc', '-p', 'tsconfig.json'),
    check('webview types', 'typescript/bin/tsc', '-p', 'src/webview/tsconfig.json'),
    { name: 'install', kind: 'check', run: install },
  ],
  [{ name: 'build', kind: 'check', run: ['esbuild.js', '--production'] }],
  [check('declarations', 'typescript/bin/tsc', '-p', 'tsconfig.types.json')],
  [
    nodeTests(
      'unit',
      'test/{engine,openai,chatServer,offline,protocol,loader,runner,cli,extension,typescriptPlugin,examples,conformance}',
      {
        concurrency: Math.max(2, availableParallelism()),
      },
    ),
  ],
  [nodeTests('packaging', 'test/packaging', { concurrency: 1 })],
  [nodeTests('browser', 'test/webview', { concurrency: 1 })],
  [{ name: 'vscode', kind: 'tests', run: ['test/host/runInCode.ts'] }],
  canHost ? [nodeTests('ui', 'test/ui', { concurrency: 1 })] : [],
];

const names = rows.flat().map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const unknown = only.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no stage "${unknown}"; there are: ${names.join(', ')}`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'superstep-run-'));
onProcessEnd(() => rmSync(scratch, { recursive: true, force: true }));

if (!values.only) rmSync(outputDir, { recursive: true, force: true });
let passed = 0;
let failed = 0;
for (const row of rows) {
  const chosen = row.filter(({ name }) => only.includes(name));
  for (const counts of await Promise.all(chosen.map(perform))) {
    passed += counts.passed;
    failed += counts.failed;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function check(name: string, script: string, ...args: string[]): Stage {
  return { name, kind: 'check', run: [join('node_modules', script), ...args] };
}

function nodeTests(name: string, folder: string, options: { concurrency: number }): Stage {
  const files = globSync(`${folder}/**/*.test.ts`, { cwd: root })
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort();
  const run = [
    '--import=./test/stages/leakGuard.ts',
    '--test',
    '--test-reporter=./test/stages/reporter.ts',
    '--test-timeout=120000',
    `--test-concurrency=${options.concurrency}`,
    ...files,
  ];
  // Without a file `node --test` would look for some by itself.
  return { name, kind: 'tests', run: files.length > 0 ? run : () => Promise.resolve() };
}

/** Downloads what later stages need, so that none of them waits for it. */
async function install(): Promise<void> {
  process.env.CHROMIUM = await ensureBrowser();
  if (canHost) await installServer();
}

/** Runs a stage and tells of it. Never throws. */
async function perform(stage: Stage): Promise<Counts> {
  const start = performance.now();
  const countsFile = join(scratch, `${stage.name}.json`);
  let output = '';
  let problem: string | undefined;
  try {
    if (typeof stage.run === 'function') await stage.run();
    else if (stage.kind === 'tests') {
      console.log(`\n${stage.name}`);
      await node(stage.run, { countsFile });
    } else await node(stage.run, { onOutput: (text) => (output += text) });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const { passed, failed } = stage.kind === 'tests' ? readCounts(countsFile) : noCounts;
  if (stage.kind === 'tests' && passed + failed === 0) problem ??= 'found no tests';
  const ok = failed === 0 && problem === undefined;
  if (!ok) process.stdout.write(output);
  const counted = stage.kind === 'tests' ? `, ${passed} passed, ${failed} failed` : '';
  const verdict = ok ? 'ok' : `FAILED${failed === 0 ? `: ${problem}` : ''}`;
  console.log(`${stage.name}: ${verdict} (${seconds(performance.now() - start)}${counted})`);
  return { passed, failed: ok ? 0 : Math.max(1, failed) };
}

function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return noCounts;
  }
}

/** Runs Node to its end. @throws {Error} if it fails or takes longer than any stage may. */
async function node(
  args: readonly string[],
  options: { countsFile?: string; onOutput?: (text: string) => void },
): Promise<void> {
  const { countsFile, onOutput } = options;
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: hasGroups,
    stdio: ['ignore', onOutput ? 'pipe' : 'inherit', onOutput ? 'pipe' : 'inherit'],
    env: {
      ...process.env,
      // Scripts with `#!/usr/bin/env node` get this Node too.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      ...(countsFile ? { SUPERSTEP_TEST_COUNTS: countsFile } : {}),
    },
  });
  child.stdout?.setEncoding('utf8').on('data', onOutput ?? (() => undefined));
  child.stderr?.setEncoding('utf8').on('data', onOutput ?? (() => undefined));
  // The whole group: a stage that is cut short must not leave editors and browsers behind.
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(hasGroups ? -child.pid : child.pid, signal);
    } catch {
      // All of them have ended.
    }
  };
  const forget = onProcessEnd(() => end('SIGTERM'));
  const timers = [
    setTimeout(() => end('SIGTERM'), limitMs),
    setTimeout(() => end('SIGKILL'), limitMs + 5000),
  ];
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(signal ? `was ended by ${signal}` : `exit code ${code}`));
      });
    });
  } finally {
    timers.forEach(clearTimeout);
    forget();
  }
}
