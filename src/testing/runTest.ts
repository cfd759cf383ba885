import type { CompiledStateGraph } from '../engine/index.ts';
import { expectRun } from './expectRun.ts';
import type { GraphRun } from './graphRun.ts';
import type { GraphTest } from './graphTest.ts';
import { runGraph } from './runGraph.ts';

/**
 * Runs a graph as one of its `tests` says, inside any test runner, and compares what came of it. Snapshots,
 * recorded answers and limits of time belong to `superstep test` and are left out here.
 *
 * @param graph As `compile` returns it.
 * @param options `onRun` is called with the run before it is compared.
 * @throws {AssertionError} As `expectRun`; else what the function under `expect` throws, or `runGraph`.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { runTest, type GraphTests } from 'superstep/testing';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('double', ({ n }) => ({ n: n * 2 }))
 *   .addEdge(START, 'double')
 *   .compile();
 * const tests = { doubles: { input: { n: 2 }, expect: { state: { n: 4 } } } } satisfies GraphTests;
 * for (const test of Object.values(tests)) await runTest(graph, test);
 * ```
 */
export async function runTest(
  graph: CompiledStateGraph<any, any, any, any, any, any>,
  { input = {}, nodes, resume, config, expect = {} }: GraphTest,
  options: { readonly onRun?: (run: GraphRun) => void } = {},
): Promise<GraphRun> {
  const run = await runGraph(graph, input, {
    ...(nodes && { nodes }),
    ...(resume && { resume }),
    ...(config && { config }),
  });
  options.onRun?.(run);
  if (typeof expect !== 'function') expectRun(run, expect);
  else await expect(run);
  return run;
}
