import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../protocol/messageView.ts';
import type { RunOutline, StepOutline } from './runOutline.ts';

/** Something in which two runs of a graph differ. */
export interface Difference {
  readonly kind:
    /** One can be loaded, or succeeds, and the other not; or they fail with other errors. */
    | 'end'
    /** Other nodes ran in a superstep. */
    | 'nodes'
    /** The same nodes wrote something else. */
    | 'updates'
    /** The same was written, and became another state: it was folded in another order, or by another rule. */
    | 'folds'
    /** They wait for other answers. */
    | 'questions'
    /** The result, or the state at the end. */
    | 'state';
  /** For what happens in a superstep. */
  readonly superstep?: number;
  /** The branch of the graph, if that is inside of others. */
  readonly graph?: string;
  readonly superstepSide: unknown;
  readonly langgraphSide: unknown;
}

/** What two runs have come to. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Supersteps that are alike, up to the first that is not. */
  readonly alikeSteps: number;
  /** Later supersteps that differ as well, or exist on one side only. */
  readonly laterSteps: number;
}

/**
 * Compares two runs: what follows the first superstep that differs is counted only, since it follows from that
 * mostly.
 */
export function compareRuns(ours: RunOutline, theirs: RunOutline): Comparison {
  if (ours.status === 'unloaded' || theirs.status === 'unloaded') {
    const end = inEnd(ours, theirs);
    return { differences: end ? [end] : [], alikeSteps: 0, laterSteps: 0 };
  }
  const pairs = pairsOf(ours.steps, theirs.steps);
  const differing = pairs.map(([a, b]) => inStep(a, b));
  const first = differing.findIndex((found) => found !== undefined);
  const differences = [
    first < 0 ? undefined : differing[first],
    inEnd(ours, theirs),
    difference('questions', ours.questions, theirs.questions),
    difference('state', ours.state, theirs.state),
  ].filter((found) => found !== undefined);
  const later = first < 0 ? [] : differing.slice(first + 1).filter((found) => found !== undefined);
  return { differences, alikeSteps: first < 0 ? pairs.length : first, laterSteps: later.length };
}

type Pair = readonly [ours: StepOutline | undefined, theirs: StepOutline | undefined];

function pairsOf(ours: readonly StepOutline[], theirs: readonly StepOutline[]): Pair[] {
  const keyOf = ({ graph, superstep }: StepOutline) => `${superstep} ${graph}`;
  const others = new Map(theirs.map((step) => [keyOf(step), step]));
  const pairs: Pair[] = ours.map((step) => {
    const key = keyOf(step);
    const other = others.get(key);
    others.delete(key);
    return [step, other];
  });
  return [...pairs, ...[...others.values()].map((step): Pair => [undefined, step])];
}

function inStep(
  ours: StepOutline | undefined,
  theirs: StepOutline | undefined,
): Difference | undefined {
  const { graph, superstep } = (ours ?? theirs)!;
  const place = { superstep, ...(graph !== '' && { graph }) };
  const nodes = difference('nodes', labelsOf(ours), labelsOf(theirs));
  if (nodes) return { ...nodes, ...place };
  // Of a superstep that was not completed it is a matter of time what was written.
  if (!ours || !theirs || ours.isOpen || theirs.isOpen) return undefined;
  const updates = difference('updates', updatesOf(ours), updatesOf(theirs));
  if (updates) return { ...updates, ...place };
  const folds = difference('folds', ...toldByBoth(ours.state, theirs.state, graph));
  return folds && { ...folds, ...place };
}

/** Of a graph inside LangGraph.js tells the keys that it hands back, and we tell all. */
function toldByBoth(ours: unknown, theirs: unknown, graph: string): [unknown, unknown] {
  if (graph === '' || !isRecord(ours) || !isRecord(theirs)) return [ours, theirs];
  return [Object.fromEntries(Object.entries(ours).filter(([key]) => key in theirs)), theirs];
}

function labelsOf(step: StepOutline | undefined): unknown {
  return step?.tasks.map(({ label }) => label).sort() ?? [];
}

/** By task, in the order of the folds. */
function updatesOf({ tasks }: StepOutline): unknown {
  return Object.fromEntries(
    tasks
      .filter(({ updates }) => updates.some((update) => !isDeepStrictEqual(update, {})))
      .map(({ label, updates }) => [label, updates.length === 1 ? updates[0] : updates]),
  );
}

function inEnd(ours: RunOutline, theirs: RunOutline): Difference | undefined {
  const [a, b] = [endOf(ours), endOf(theirs)];
  if (ours.status !== theirs.status) return { kind: 'end', superstepSide: a, langgraphSide: b };
  if (ours.status !== 'failed' || !ours.error || !theirs.error) return undefined;
  // The same mistake may be told in other words; then it has a code here that is known there.
  const isAlike =
    ours.error.message === theirs.error.message ||
    (ours.error.code !== undefined && theirs.error.message.includes(ours.error.code));
  return isAlike ? undefined : { kind: 'end', superstepSide: a, langgraphSide: b };
}

function endOf({ status, error, problems }: RunOutline): unknown {
  const [problem] = problems;
  if (problem) return { status: 'cannot be loaded', problem: problem.message };
  return error ? { status, error: `${error.name}: ${error.message}` } : { status };
}

function difference(
  kind: Difference['kind'],
  superstepSide: unknown,
  langgraphSide: unknown,
): Difference | undefined {
  return isDeepStrictEqual(superstepSide, langgraphSide)
    ? undefined
    : { kind, superstepSide, langgraphSide };
}
