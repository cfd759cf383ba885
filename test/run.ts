// npm test: every check and every test, stage after stage.
//   node test/run.ts [--only STAGE,…] [PART OF A TEST FILE'S NAME …]
// The last line says `N passed, N failed`; the exit code is 1 if anything failed.
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './host/browser.ts';
import { canHost, installServer, outputDir, root } from './host/install.ts';
import { seconds } from './host/progress.ts';
import { onProcessEnd } from './host/releases.ts';
import type { Counts, StageCounts } from './stages/tally.ts';

interface Stage {
  readonly name: string;
  /** Arguments for Node, or work to be done here. */
  readonly run: readonly string[] | (() => Promise<void>);
  /** Checks have no tests to count: they add to the sum only when they fail. */
  readonly kind: 'check' | 'tests';
  /** Variables of its environment. Default: only those that are there anyway. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments for Node to run some of its files, one after the other. Of stages with tests. */
  readonly again?: (files: readonly string[]) => readonly string[];
}

/** Of a stage, and of one test in it: what hangs ends, and what is only slow does not. */
const limitMs = 30 * 60_000;
const testLimitMs = 5 * 60_000;
const noCounts: StageCounts = { passed: 0, failed: 0, files: {} };
const hasGroups = process.platform !== 'win32';

const { values, positionals: parts } = parseArgs({
  options: { only: { type: 'string' } },
  allowPositionals: true,
});

const scratch = mkdtempSync(join(tmpdir(), 'superstep-run-'));
onProcessEnd(() => rmSync(scratch, { recursive: true, force: true }));

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
    nodeTests('unit', 'test', {
      // One more than there are cores: some wait for processes of their own.
      concurrency: availableParallelism() + 1,
      without: ['test/webview/', 'test/vscode/', 'test/ui/'],
    }),
  ],
  [nodeTests('browser', 'test/webview', { concurrency: Math.max(2, availableParallelism()) })],
  [
    // Once more what could care where it runs: with a wider font, in another time zone and language.
    nodeTests('elsewhere', 'test/{webview,runner/report,extension}', {
      concurrency: Math.max(2, availableParallelism()),
      // What is not measured by its text, said in times or compared by letters is the same everywhere.
      without: [
        ...['accessibility', 'colours', 'controls', 'questions', 'floods'],
        ...['templates', 'snippets'],
      ],
      env: {
        SUPERSTEP_TEST_FONT: 'wide',
        TZ: 'Asia/Kathmandu',
        LANG: 'tr_TR.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
      },
    }),
  ],
  [vscodeTests()],
  canHost ? [nodeTests('ui', 'test/ui', { concurrency: 1 })] : [],
];

const names = rows.flat().map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const unknown = only.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no stage "${unknown}"; there are: ${names.join(', ')}`);
  process.exit(2);
}

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

/**
 * @param options `without`: parts of the names of files that are left out. `env`: variables for its
 * tests.
 */
function nodeTests(
  name: string,
  folder: string,
  options: {
    concurrency: number;
    without?: readonly string[];
    env?: Readonly<Record<string, string>>;
  },
): Stage {
  const { concurrency, without = [], env = {} } = options;
  const files = testFiles(folder).filter((file) => !without.some((part) => file.includes(part)));
  const run = (chosen: readonly string[], atOnce: number) => [
    // A test may go to another folder, and its worker threads inherit this.
    `--import=${new URL('stages/leakGuard.ts', import.meta.url).href}`,
    '--test',
    '--test-reporter=./test/stages/reporter.ts',
    `--test-timeout=${testLimitMs}`,
    `--test-concurrency=${atOnce}`,
    ...chosen,
  ];
  return {
    name,
    kind: 'tests',
    env: { NODE_COMPILE_CACHE: join(scratch, 'compiled'), ...env },
    // Without a file `node --test` would look for some by itself.
    run: files.length > 0 ? run(files, concurrency) : () => Promise.resolve(),
    again: (chosen) => run(chosen, 1),
  };
}

/** Those inside the extension host. */
function vscodeTests(): Stage {
  const run = (chosen: readonly string[]) => ['test/host/runInCode.ts', ...chosen];
  const files = testFiles('test/vscode');
  return {
    name: 'vscode',
    kind: 'tests',
    run: files.length > 0 ? run(files) : () => Promise.resolve(),
    again: run,
  };
}

/** Those of a folder that are asked for. */
function testFiles(folder: string): string[] {
  return globSync(`${folder}/**/*.test.ts`, { cwd: root })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort();
}

/** Downloads what later stages need, so that none of them waits for it. */
async function install(): Promise<void> {
  process.env.CHROMIUM = await ensureBrowser();
  if (canHost) await installServer();
}

/** Runs a stage and tells of it. Never throws. */
async function perform(stage: Stage): Promise<Counts> {
  const start = performance.now();
  let output = '';
  let counts = noCounts;
  let problem: string | undefined;
  if (stage.kind === 'tests') {
    console.log(`\n${stage.name}`);
    ({ counts, problem } = await attempt(stage.run, stage.env));
    if (stage.again && Object.values(counts.files).some(({ failed }) => failed > 0)) {
      ({ counts, problem } = await attemptAgain(counts, stage.again, stage.env));
    }
    if (counts.passed + counts.failed === 0) problem ??= 'found no tests';
  } else {
    problem = await findProblem(() => execute(stage.run, { onOutput: (text) => (output += text) }));
  }
  const { passed, failed } = counts;
  const ok = failed === 0 && problem === undefined;
  if (!ok) process.stdout.write(output);
  const counted = stage.kind === 'tests' ? `, ${passed} passed, ${failed} failed` : '';
  const verdict = ok ? 'ok' : `FAILED${failed === 0 ? `: ${problem}` : ''}`;
  console.log(`${stage.name}: ${verdict} (${seconds(performance.now() - start)}${counted})`);
  return { passed, failed: ok ? 0 : Math.max(1, failed) };
}

interface Attempt {
  readonly counts: StageCounts;
  /** Why it failed, in a few words. */
  readonly problem: string | undefined;
}

async function attempt(run: Stage['run'], env: Stage['env'] = {}): Promise<Attempt> {
  const countsFile = join(scratch, 'counts.json');
  rmSync(countsFile, { force: true });
  const problem = await findProblem(() => execute(run, { countsFile, env }));
  return { counts: readCounts(countsFile), problem };
}

/**
 * Runs the files that failed once more, one after the other, and counts what came out then. Browsers,
 * servers and whole editors depend on so much else that one failure among thousands proves little; one
 * that comes again is real. Both outcomes are told: what often needs this is to be mended.
 */
async function attemptAgain(
  first: StageCounts,
  again: NonNullable<Stage['again']>,
  env: Stage['env'],
): Promise<Attempt> {
  const files = Object.keys(first.files).filter((file) => first.files[file]!.failed > 0);
  console.log(`\nsecond attempt: ${files.join(', ')}`);
  const { counts: second, problem } = await attempt(again(files), env);
  const all = { ...first.files };
  for (const file of files) {
    const { passed, failed } = (all[file] = second.files[file] ?? { passed: 0, failed: 1 });
    const outcome = failed === 0 ? 'passed on the second attempt' : 'failed on both attempts';
    const before = first.files[file]!;
    console.log(
      `${file}: ${outcome} (first ${before.passed} passed, ${before.failed} failed; ` +
        `second ${passed} passed, ${failed} failed)`,
    );
  }
  const sum = (key: keyof Counts) => Object.values(all).reduce((n, each) => n + each[key], 0);
  return { counts: { passed: sum('passed'), failed: sum('failed'), files: all }, problem };
}

async function findProblem(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readCounts(file: string): StageCounts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StageCounts;
  } catch {
    return noCounts;
  }
}

/** Does what a stage consists of. @throws {Error} if it fails. */
function execute(run: Stage['run'], options: NodeOptions): Promise<void> {
  return typeof run === 'function' ? run() : node(run, options);
}

interface NodeOptions {
  /** Where the counts are to be left. */
  readonly countsFile?: string;
  readonly env?: Stage['env'];
  /** Default: what is printed is printed here as well. */
  readonly onOutput?: (text: string) => void;
}

/** Runs Node to its end. @throws {Error} if it fails or takes longer than any stage may. */
async function node(args: readonly string[], options: NodeOptions): Promise<void> {
  const { countsFile, onOutput, env = {} } = options;
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: hasGroups,
    stdio: ['ignore', onOutput ? 'pipe' : 'inherit', onOutput ? 'pipe' : 'inherit'],
    env: {
      ...process.env,
      ...env,
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
