import { SuperstepError } from '../engine/model/errors.ts';
import type { CompiledStateGraph } from '../engine/index.ts';
import type { ExpectedRun } from './expectRun.ts';
import type { GraphRun } from './graphRun.ts';
import type { TestOptions } from './runGraph.ts';

/** A test of a graph, as `superstep test` and the editor run it. */
export interface GraphTest extends Omit<TestOptions, 'seed'> {
  /** The export of the file that is run. Default: the only graph, else the one called `graph`. */
  readonly graph?: string;
  /** Default: the file's own input for that graph, else `{}`. */
  readonly input?: unknown;
  /** What the run is compared with, or a function that looks at it and throws. Default: that it is done. */
  readonly expect?: ExpectedRun | ((run: GraphRun) => unknown);
  /**
   * Compares the final state, or what a function takes from the run, with what was kept in
   * `__snapshots__` by `--update`. Default: nothing is compared.
   */
  readonly snapshot?: true | ((run: GraphRun) => unknown);
  /** The folder in `__recordings__` with the answers of models. Default: the name of the test. */
  readonly cassette?: string;
  /** Milliseconds after which it is ended, and has failed. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What a file exports as `tests`: tests by name. */
export type GraphTests = Readonly<Record<string, GraphTest>>;

/** A test that a file has added by `test`. */
export interface AddedTest {
  readonly name: string;
  readonly graph: CompiledStateGraph<any, any, any, any, any, any>;
  readonly test: GraphTest;
}

/** Where whoever runs the tests of a file keeps a list for what it adds. */
export const ADDED_TESTS = Symbol.for('superstep.tests');

/**
 * Adds a test of a graph to a `*.graph.test.ts` file, which `superstep test` and the editor's Test Explorer
 * run. In other test runners, call `runGraph` and `expectRun` in a test of theirs.
 *
 * @param graph As `compile` returns it.
 * @throws {SuperstepError} OUTSIDE_RUN if nobody collects tests.
 * @example
 * ```ts file
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { test } from 'superstep/testing';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile();
 * test(graph, 'doubles', { input: { n: 2 }, expect: { state: { n: 4 } } });
 * ```
 */
export function test(
  graph: CompiledStateGraph<any, any, any, any, any, any>,
  name: string,
  spec: Omit<GraphTest, 'graph'>,
): void {
  const added = (globalThis as { [ADDED_TESTS]?: AddedTest[] })[ADDED_TESTS];
  if (!added) {
    throw new SuperstepError(
      'OUTSIDE_RUN',
      `Cannot add test "${name}" here: "superstep test" and the editor run files with test(); in another test runner, call runGraph() and expectRun() in a test of its own`,
      { value: name },
    );
  }
  added.push({ name, graph, test: spec });
}
