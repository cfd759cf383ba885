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
export { findRaces } from './findRaces.ts';
export type { Race, RaceOptions, Races } from './findRaces.ts';
export { test } from './graphTest.ts';
export type { GraphTest, GraphTests } from './graphTest.ts';
export { runTest } from './runTest.ts';
export type { GraphCoverage } from './coverage.ts';
export { comparableTo } from './comparableTo.ts';
export { expectRun } from './expectRun.ts';
export type { ExpectedRun } from './expectRun.ts';
