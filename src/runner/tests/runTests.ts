import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ErrorInfo } from '../../engine/model/events.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { toProblem } from '../../loader/locate.ts';
import type { Problem } from '../../loader/problem.ts';
import type { TestFailure, TestReport } from '../../protocol/graphTests.ts';
import { RECORDINGS } from '../../protocol/recording.ts';
import { describeError } from '../describeError.ts';
import type { MemoryLimit } from '../exitError.ts';
import { withStandIns } from '../recording/standInKeys.ts';
import type { Redactor } from '../redact.ts';
import { withUserStack } from '../userStack.ts';
import type { JobThread } from '../workerThread.ts';
import { Snapshots } from './snapshots.ts';
import type { TestFileOptions, TestResult } from './testFile.ts';
import { TestThread } from './testThread.ts';

/** How what is not recorded can be, for messages. */
const ADVICE =
  'Record what is missing: superstep test --record missing, or in the editor by the profile of that name';

/**
 * Runs the tests of a file, in as many threads as tests bring down.
 * @throws {LoadError} Rejects with the signal's reason once that is aborted.
 */
export async function runTests(
  bundle: Bundle,
  options: TestFileOptions,
  context: {
    readonly take: () => JobThread;
    readonly memory: MemoryLimit;
    readonly redactor: Redactor;
    readonly signal: AbortSignal;
    /** How long the file may take to be loaded; `undefined`: neither it nor a test has a limit of time. */
    readonly limitMs: number | undefined;
  },
): Promise<TestResult[]> {
  const { file, models, record = 'replay', shuffle = 0, updatesSnapshots = false } = options;
  const snapshots = new Snapshots(file, { updates: updatesSnapshots });
  const results: Promise<TestResult>[] = [];
  const onEnded = (report: TestReport<ErrorInfo>) => {
    const before = results.at(-1);
    const result = toResult(report, { bundle, snapshots });
    const told = Promise.all([result, before]).then(([ended]) => {
      options.onEnded?.(ended);
      return ended;
    });
    told.catch(() => {});
    results.push(told);
  };
  let left = options.names && [...options.names];
  let isFirst = true;
  for (;;) {
    const order = {
      type: 'test',
      bundle,
      names: left,
      recording: { folder: join(dirname(file), RECORDINGS), mode: record, advice: ADVICE },
      shuffle,
      env: record === 'replay' ? withStandIns(options.env) : (options.env ?? {}),
      models: models && { override: models.override ?? false },
    } as const;
    const listener = {
      onFound(tests: Parameters<NonNullable<TestFileOptions['onFound']>>[0]) {
        const all = tests.map(({ name }) => name);
        left = all.filter((name) => left?.includes(name) ?? true);
        if (isFirst) options.onFound?.(tests);
        isFirst = false;
      },
      onStarted: (name: string) => options.onStarted?.(name),
      onEnded(report: TestReport<ErrorInfo>) {
        left = left?.filter((name) => name !== report.name);
        onEnded(report);
      },
    };
    const thread = new TestThread(context.take(), order, listener, { ...context, models });
    const { ended } = await thread.run(context.signal, context.limitMs);
    if (!ended) break;
    listener.onEnded(ended);
    if (left!.length === 0) break;
  }
  const all = await Promise.all(results);
  await snapshots.save(options.names === undefined);
  return all;
}

async function toResult(
  report: TestReport<ErrorInfo>,
  { bundle, snapshots }: { readonly bundle: Bundle; readonly snapshots: Snapshots },
): Promise<TestResult> {
  const { snapshot, failure: own, ...rest } = report;
  const failure = own ?? (snapshot && (await compare(snapshots, report.name, snapshot.value)));
  if (!failure) return rest;
  const error = withUserStack(failure.error, bundle);
  const problem = await placed(toProblem(error, bundle), report.name);
  return { ...rest, failure: { ...failure, error }, problem };
}

/** A file of snapshots that cannot be read fails the tests that need it. */
async function compare(
  snapshots: Snapshots,
  name: string,
  value: unknown,
): Promise<TestFailure<ErrorInfo> | undefined> {
  try {
    return await snapshots.compare(name, value);
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** What has no place in code is at what the test expects. */
async function placed(problem: Problem, name: string): Promise<Problem> {
  const { file } = problem;
  if (problem.range || file === undefined) return problem;
  const { findTests } = await import('../../loader/source/findTests.ts');
  const text = await readFile(file, 'utf8').catch(() => '');
  const test = findTests(text, file).find((each) => each.name === name);
  const range = test?.expectRange ?? test?.range;
  return range ? { ...problem, range } : problem;
}
