/**
 * Tests of graphs, inside any test runner: runs a graph with some of its nodes replaced and its questions
 * answered, tells what happened, and compares that with what was expected.
 *
 * @module superstep/testing
 */
export { runGraph } from './runGraph.ts';
export type { NodeStub, Question, TestOptions } from './runGraph.ts';
export { GraphRun } from './graphRun.ts';
export type { RanTask } from './graphRun.ts';
export { expectRun } from './expectRun.ts';
export type { ExpectedRun } from './expectRun.ts';
