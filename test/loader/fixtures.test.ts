import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { LoadError } from '../../src/loader/loadError.ts';
import type { Problem } from '../../src/loader/problem.ts';
import {
  copyFixture,
  createBundler,
  evaluateInWorker,
  FIXTURES,
  listing,
  mainOf,
} from './support.ts';

interface ExpectedProblem {
  readonly code: string;
  readonly file: string;
  readonly line1?: number;
  readonly column1?: number;
  readonly endColumn1?: number;
  /** Part of the message. */
  readonly message: string;
}

const bundler = createBundler();

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

describe('a graph file, bundled and evaluated in a thread, may use', () => {
  for (const name of readdirSync(join(FIXTURES, 'features'))) {
    it(name, async () => {
      const folder = await copyFixture(join('features', name));
      const before = await listing(folder);
      const wanted = join(folder, 'graphs.json');
      const bundle = await bundler.build(await mainOf(folder));
      const outcome = await evaluateInWorker(bundle, existsSync(wanted));
      assert.deepEqual(outcome.problems, undefined);
      assert.notEqual(outcome.expected, undefined);
      assert.deepEqual(outcome.actual, outcome.expected);
      if (outcome.graphs) {
        const graphs = await readJson<object[]>(wanted);
        assert.deepEqual(
          outcome.graphs,
          graphs.map((graph) => ({ ...graph, version: 1 })),
        );
      }
      assert.deepEqual(bundle.warnings, []);
      assert.deepEqual(await listing(folder), before, 'nothing is written');
    });
  }
});

describe('a graph file tells its problems where they are, with', () => {
  for (const name of readdirSync(join(FIXTURES, 'failures'))) {
    it(name, async () => {
      const folder = await copyFixture(join('failures', name));
      const expected = await readJson<ExpectedProblem[]>(join(folder, 'problems.json'));
      const problems = await problemsOf(await mainOf(folder));
      const found = problems.map(({ file, range, ...problem }, i) => ({
        ...problem,
        file: relative(folder, file ?? '').replaceAll('\\', '/'),
        ...(range && pick(range, expected[i] ?? {})),
      }));
      assert.deepEqual(
        found.map((problem, i) => {
          const part = expected[i]?.message ?? '';
          return problem.message.includes(part) ? { ...problem, message: part } : problem;
        }),
        expected.map((problem) => ({ severity: 'error', ...problem })),
      );
    });
  }
});

async function problemsOf(file: string): Promise<readonly Problem[]> {
  try {
    const { problems } = await evaluateInWorker(await bundler.build(file), true);
    return problems ?? [];
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error.problems;
  }
}

/** The keys of a range that a fixture states; a whole one where it states none. */
function pick(range: NonNullable<Problem['range']>, wanted: Partial<ExpectedProblem>) {
  return Object.fromEntries(
    Object.entries(range).filter(([key]) => key in wanted || !('line1' in wanted)),
  );
}
