import {
  Location,
  TestMessage,
  TestRunRequest,
  Uri,
  workspace,
  type CancellationToken,
  type TestController,
  type TestItem,
  type TestRun,
} from 'vscode';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LoadError } from '../../loader/loadError.ts';
import { findTests } from '../../loader/source/findTests.ts';
import type { Problem } from '../../loader/problem.ts';
import { addCoverage, type GraphReach } from '../../runner/tests/coverage.ts';
import type { GraphTester, TestFileOptions, TestResult } from '../../runner/tests/testFile.ts';
import type { DebuggedRun } from '../debug/debuggedRun.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import { toRange } from '../graphs/problems.ts';
import { readEnvironment } from '../graphs/readEnvironment.ts';
import { saveFirst } from '../graphs/saveFirst.ts';
import { mayRun } from '../trust.ts';
import type { ModelSource } from '../models/modelSource.ts';
import { GraphCoverage } from './graphCoverage.ts';
import type { ReachedGraphs } from './reachedGraphs.ts';
import { chosenTests, type ChosenTests } from './testItems.ts';

/** By file, then by the name of the export. */
type Reached = Map<string, Map<string, GraphReach>>;

const CANCELLED = new Error('The tests were cancelled');

/** What files with tests may be made of, as long as they have not been run. */
const MODULE = /\.(?:[cm]?[jt]sx?|json)$/;

/** How tests are run. */
export interface TestRunMode {
  readonly record: NonNullable<TestFileOptions['record']>;
  readonly showsCoverage: boolean;
  /** Under the editor's debugger. */
  readonly isDebugged: boolean;
}

/** Runs tests of graphs for the Test Explorer. */
export class TestRuns {
  readonly #controller: TestController;
  readonly #runner: GraphTester;
  readonly #models: ModelSource;
  readonly #reached: ReachedGraphs;
  /** The files that each file with tests was made of when it was run last, by path. */
  readonly #inputs = new Map<string, readonly string[]>();

  constructor(
    controller: TestController,
    parts: {
      readonly runner: GraphTester;
      readonly models: ModelSource;
      readonly reached: ReachedGraphs;
    },
  ) {
    this.#controller = controller;
    this.#runner = parts.runner;
    this.#models = parts.models;
    this.#reached = parts.reached;
  }

  /** Runs what a request means; one that is continuous again at each save, until it is cancelled. */
  async run(request: TestRunRequest, token: CancellationToken, mode: TestRunMode): Promise<void> {
    if (!mayRun()) return;
    const chosen = () => chosenTests(this.#controller, request);
    if (!request.continuous) return this.#runFiles(chosen(), { request, token, mode });
    const { include, exclude, profile } = request;
    const older = new Map<string, AbortController>();
    const saved = workspace.onDidSaveTextDocument(({ uri }) => {
      const files = chosen().filter(({ file }) => this.#isMadeOf(file.uri!.fsPath, uri.fsPath));
      // The editor takes what follows the end of a request's first run for a part of that: nobody can cancel it.
      const own = new TestRunRequest(include, exclude, profile, true);
      void this.#runFiles(files, { request: own, token, mode, older });
    });
    token.onCancellationRequested(() => saved.dispose());
  }

  /** @param context.older What runs since an earlier save, by the path of its file: this takes its place. */
  async #runFiles(
    files: readonly ChosenTests[],
    {
      request,
      token,
      mode,
      older,
    }: {
      readonly request: TestRunRequest;
      readonly token: CancellationToken;
      readonly mode: TestRunMode;
      readonly older?: Map<string, AbortController>;
    },
  ): Promise<void> {
    if (files.length === 0) return;
    const stops = files.map(({ file: { uri } }) => {
      const stop = new AbortController();
      older?.get(uri!.fsPath)?.abort(CANCELLED);
      older?.set(uri!.fsPath, stop);
      return stop;
    });
    const stopAll = () => stops.forEach((stop) => stop.abort(CANCELLED));
    const run = this.#controller.createTestRun(request);
    const ends = [token, run.token].map((each) => each.onCancellationRequested(stopAll));
    const reached: Reached = new Map();
    try {
      for (const { tests } of files) for (const test of tests) run.enqueued(test);
      for (const [index, file] of files.entries()) {
        const { signal } = stops[index]!;
        await this.#runFile(file, { run, signal, stopAll, mode, reached });
      }
      if (mode.showsCoverage) await showCoverage(run, reached);
    } finally {
      for (const end of ends) end.dispose();
      run.end();
    }
  }

  #isMadeOf(file: string, changed: string): boolean {
    return file === changed || (this.#inputs.get(file)?.includes(changed) ?? MODULE.test(changed));
  }

  async #runFile(
    { file: { uri }, tests, isAll }: ChosenTests,
    {
      run,
      signal,
      stopAll,
      mode,
      reached,
    }: {
      readonly run: TestRun;
      readonly signal: AbortSignal;
      readonly stopAll: () => void;
      readonly mode: TestRunMode;
      readonly reached: Reached;
    },
  ): Promise<void> {
    const file = signal.aborted ? undefined : await saveFirst(uri!);
    if (file === undefined) return tests.forEach((test) => run.skipped(test));
    const items = new Map(tests.map((test) => [test.id, test]));
    const left = new Set(tests);
    const text = await readFile(file, 'utf8').catch(() => '');
    let debugged: DebuggedRun | undefined;
    try {
      if (mode.isDebugged) {
        debugged = await debugTests(uri!, { run, stop: stopAll });
        if (!debugged) return tests.forEach((test) => run.skipped(test));
      }
      const { env } = await readEnvironment(file);
      const { inputs, results } = await this.#runner.test({
        file,
        ...(!isAll && { names: [...items.keys()] }),
        signal,
        env,
        ...(debugged && { debug: debugged.options }),
        record: mode.record,
        ...(mode.record !== 'replay' && {
          models: this.#models.provider((line) => run.appendOutput(`${line}\r\n`)),
        }),
        onStarted(name) {
          const item = items.get(name);
          if (item) run.started(item);
        },
        onEnded: (result) => {
          const item = items.get(result.name);
          if (item) left.delete(item);
          tell(run, item, result);
          const reach = reachedBy(result, { file, text });
          if (!reach) return;
          addReach(reached, reach.target, reach.coverage);
          this.#reached.add({ file, name: result.name }, reach.target, reach.coverage);
        },
      });
      this.#inputs.set(file, inputs);
      const all = new Set(results.map(({ name }) => name));
      this.#reached.ended(file, inputs, isAll ? all : undefined);
      // The text has changed, or computes its names.
      for (const test of left) run.skipped(test);
    } catch (error) {
      for (const test of left) {
        if (signal.aborted) run.skipped(test);
        else run.errored(test, toMessages(error));
      }
    } finally {
      debugged?.dispose();
    }
  }
}

/** The debugger of a file with tests; `undefined` if it cannot be debugged, which the user was told. */
async function debugTests(
  uri: Uri,
  { run, stop }: { readonly run: TestRun; readonly stop: () => void },
): Promise<DebuggedRun | undefined> {
  const { DebuggedRun } = await import('../debug/debuggedRun.ts');
  const { findRuntime } = await import('../debug/findRuntime.ts');
  const runtime = await findRuntime(uri, undefined);
  if (!runtime) return undefined;
  const tested = { file: uri.fsPath, title: basename(uri.fsPath), stop };
  return new DebuggedRun(tested, { runtime }, { session: { testRun: run } });
}

function tell(
  run: TestRun,
  item: TestItem | undefined,
  { name, durationMs, failure, problem, output, notes }: TestResult,
): void {
  for (const line of [...output, ...notes]) run.appendOutput(`${line}\r\n`, undefined, item);
  if (!failure) {
    if (item) run.passed(item, durationMs);
    return;
  }
  const message = problem?.message ?? failure.error.message;
  run.appendOutput(`${name}: ${message.replaceAll(/\r?\n/g, '\r\n')}\r\n`, undefined, item);
  const { expected, actual } = failure;
  const told =
    expected !== undefined && actual !== undefined
      ? TestMessage.diff(message, expected, actual)
      : new TestMessage(message);
  if (problem) place(told, problem);
  if (item) run.failed(item, told, durationMs);
}

function place(message: TestMessage, { file, range }: Problem): void {
  if (file !== undefined && range) message.location = new Location(Uri.file(file), toRange(range));
}

function toMessages(error: unknown): TestMessage[] {
  if (!(error instanceof LoadError)) return [new TestMessage(String(error))];
  return error.problems.map((problem) => {
    const message = new TestMessage(problem.message);
    place(message, problem);
    return message;
  });
}

/** What a test has reached, and of which graph: an imported one is in the file that it is imported from. */
function reachedBy(
  { coverage, name }: TestResult,
  { file, text }: { readonly file: string; readonly text: string },
): { readonly target: GraphTarget; readonly coverage: GraphReach } | undefined {
  if (!coverage) return undefined;
  const { from, graph } = findTests(text, file).find((test) => test.name === name) ?? {};
  const owner = from?.startsWith('.') ? join(dirname(file), from) : file;
  const exportName = from === undefined ? coverage.graph : (graph ?? coverage.graph);
  return { target: { file: owner, exportName }, coverage };
}

function addReach(reached: Reached, { file, exportName }: GraphTarget, coverage: GraphReach): void {
  const graphs = reached.get(file) ?? new Map<string, GraphReach>();
  reached.set(file, graphs);
  addCoverage(graphs, exportName, coverage);
}

async function showCoverage(run: TestRun, reached: Reached): Promise<void> {
  for (const [file, graphs] of reached) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) run.addCoverage(new GraphCoverage(file, text, graphs));
  }
}
