import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import { findTests, mentionsTests } from '../loader/source/findTests.ts';
import type { ModelProvider } from '../runner/models.ts';
import type { GraphTester } from '../runner/tests/testFile.ts';
import type { TestCommand } from './command.ts';
import { exitCodes } from './exitCodes.ts';
import { findFiles, type FoundFile } from './findFiles.ts';
import { offlineModels } from './offlineModels.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { Terminal } from './terminal.ts';
import { failedIn, REPORTERS, type TestedByCommand } from './testReports.ts';
import { UsageError } from './usageError.ts';

/**
 * `superstep test`: runs the tests of graph files, several files at once.
 * @returns The exit code: 1 if a test failed or a file could not be loaded, 0 if all passed.
 * @throws {UsageError} if there are no tests. Rejects with the signal's reason once that is aborted.
 */
export async function testFiles(
  command: TestCommand,
  {
    runner,
    terminal,
    signal,
  }: {
    readonly runner: GraphTester;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { paths, reporter, record } = command;
  const files = await withTests(findFiles(paths.length > 0 ? paths : ['.']));
  if (files.length === 0) {
    const where = paths.length > 0 ? paths.map((path) => `"${path}"`).join(' and ') : 'this folder';
    throw new UsageError(
      `There are no tests in ${where}: export them as "tests" from a graph file, or add them with test() in a *.graph.test.ts file`,
    );
  }
  const models = record === 'replay' ? undefined : sayingOnce(offlineModels(command, terminal));
  const report = REPORTERS[reporter](terminal);
  const tested: TestedByCommand[] = [];
  const waiting = files.map(
    (file) => () => testFile(file, command, { runner, terminal, signal, models }),
  );
  for await (const each of inOrder(waiting, availableParallelism())) {
    tested.push(each);
    report.file(each);
  }
  report.end(tested);
  return tested.some((file) => failedIn(file) > 0) ? exitCodes.failed : exitCodes.done;
}

async function testFile(
  file: string,
  { record, shuffle, update }: TestCommand,
  {
    runner,
    terminal,
    signal,
    models,
  }: {
    readonly runner: GraphTester;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
    readonly models: ModelProvider | undefined;
  },
): Promise<TestedByCommand> {
  try {
    const env = await readEnvironment(file, terminal);
    const options = { file, signal, env, record, shuffle, updatesSnapshots: update };
    const { results } = await runner.test({ ...options, ...(models && { models }) });
    return { file, results, problems: [] };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return { file, results: [], problems: error.problems };
  }
}

/** Files that are named, and of others those whose text has tests. */
async function withTests(found: readonly FoundFile[]): Promise<string[]> {
  const files: string[] = [];
  for (const { path, isNamed } of found) {
    const file = resolve(path);
    const text = isNamed ? '' : await readFile(file, 'utf8').catch(() => '');
    if (isNamed || (mentionsTests(text) && findTests(text, file).length > 0)) files.push(file);
  }
  return files;
}

/** The results in the order of the tasks, of which so many run at once. */
async function* inOrder<T>(
  tasks: readonly (() => Promise<T>)[],
  atOnce: number,
): AsyncGenerator<T> {
  const running: Promise<T>[] = [];
  let next = 0;
  const start = () => {
    const task = tasks[next++];
    if (!task) return;
    const result = task();
    // Whoever waits for it in its turn hears of it.
    result.catch(() => {});
    running.push(result);
    void result.then(start, () => {});
  };
  for (let i = 0; i < atOnce; i++) start();
  for (let i = 0; i < tasks.length; i++) yield await running[i]!;
}

/** Says who answers at the first file only. */
function sayingOnce(models: ModelProvider): ModelProvider {
  let choice: ReturnType<ModelProvider['choose']> | undefined;
  return { ...models, choose: (request) => (choice ??= models.choose(request)) };
}
