import { findLangGraph } from '../../loader/bundle/findLangGraph.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { Runner, RunOptions, RunResult } from '../runner.ts';
import { compareRuns, type Comparison } from './compareRuns.ts';
import { pageOf, reasonsFor } from './knownReasons.ts';
import { OutlineMaker, type RunOutline } from './runOutline.ts';

/** What a graph does with the two engines. */
export interface Parity extends Comparison {
  /** Of the LangGraph.js that is installed. */
  readonly version: string;
  readonly ours: RunOutline;
  readonly theirs: RunOutline;
  /** Differences that are known, and show in these runs. */
  readonly reasons: readonly { readonly title: string; readonly page: string }[];
  /** Two runs with Superstep differ as well: chance or time decides, not the engine. Absent: not tried. */
  readonly isChance?: boolean;
}

/**
 * Runs a graph with Superstep, then with the LangGraph.js that is installed beside its file, and compares. If
 * they differ and nothing is known that would explain it, runs it with Superstep once more.
 * @param onRun Hears of each run before it starts.
 * @returns `undefined` if it was stopped.
 * @throws {LoadError} if there is no LangGraph.js, or neither of the two can load the file.
 */
export async function compareEngines(
  runner: Pick<Runner, 'run'>,
  options: Omit<RunOptions, 'engine' | 'onEvents'>,
  onRun?: (engine: 'superstep' | 'langgraph') => void,
): Promise<Parity | undefined> {
  const version = await findLangGraph(options.file);
  const runOn = async (engine: 'superstep' | 'langgraph') => {
    onRun?.(engine);
    return outlineOf(runner, { ...options, engine });
  };
  const ours = await runOn('superstep');
  if (isStopped(ours)) return undefined;
  const theirs = await runOn('langgraph');
  if (isStopped(theirs)) return undefined;
  if (ours.status === 'unloaded' && theirs.status === 'unloaded')
    throw new LoadError(ours.problems);
  const comparison = compareRuns(ours, theirs);
  const reasons = reasonsFor(ours, theirs).map((reason) => ({
    title: reason.title,
    page: pageOf(reason),
  }));
  if (comparison.differences.length === 0)
    return { version, ours, theirs, ...comparison, reasons: [] };
  const isUnloaded = [ours, theirs].some(({ status }) => status === 'unloaded');
  if (reasons.length > 0 || isUnloaded) return { version, ours, theirs, ...comparison, reasons };
  const again = await runOn('superstep');
  if (isStopped(again)) return undefined;
  const isChance = compareRuns(ours, again).differences.length > 0;
  return { version, ours, theirs, ...comparison, reasons, isChance };
}

function isStopped({ status }: RunOutline): boolean {
  return status === 'cancelled';
}

async function outlineOf(runner: Pick<Runner, 'run'>, options: RunOptions): Promise<RunOutline> {
  const maker = new OutlineMaker();
  try {
    const result: RunResult = await runner.run({
      ...options,
      onEvents: (events) => events.forEach((event) => maker.add(event)),
    });
    return maker.end(result);
  } catch (error) {
    if (!(error instanceof LoadError) || options.signal?.aborted) throw error;
    return maker.unloaded(error.problems);
  }
}
