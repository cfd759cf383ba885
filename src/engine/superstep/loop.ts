import { INPUT } from '../channels/channel.ts';
import type { Command } from '../graph/command.ts';
import { GraphRecursionError } from '../errors.ts';
import { readView } from '../graph/plan.ts';
import { yieldToEventLoop } from '../runtime/clock.ts';
import { PACE } from '../runtime/pace.ts';
import { applyInput, applyWrites, valuesWith } from './applyWrites.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, type TaskResult, type Update } from './outcome.ts';
import { prepareTasks, type TaskSet } from './prepareTasks.ts';
import { chooseRoutes, runTasks } from './runTasks.ts';
import { startFrame } from './taskFrame.ts';

/** How a graph came to its end. */
export interface Ended {
  /** The state, filtered by the output schema. */
  readonly output: Record<string, unknown>;
  /** What nodes asked of the graph around this one; the run stopped there. */
  readonly parent: readonly Command[];
  /** The nodes that returned them. */
  readonly askedBy: readonly string[];
}

/**
 * The engine: bulk-synchronous supersteps in the manner of Pregel (Malewicz et al., SIGMOD 2010).
 * All tasks of a superstep read the same snapshot; their writes are applied together, in task order,
 * when all of them have finished; what they trigger runs in the next superstep.
 */
export async function runLoop(run: GraphRun, input: Update): Promise<Ended> {
  run.snapshot = await writeInput(run, input);
  for (;;) {
    const tasks = prepareTasks(run.plan, run.snapshot);
    if (tasks.length === 0) {
      const output = readView(run.plan.output, run.snapshot.values);
      return { output, parent: [], askedBy: [] };
    }
    checkLimit(run, tasks);
    const pause = run.scope.config[PACE]?.();
    if (pause) await untilAborted(run, pause);
    reportStart(run, tasks);

    const results = await runTasks(run, tasks);
    run.around?.onProgress?.(false);

    const leaving = commandsForParent(tasks, results);
    if (leaving) return leaving;
    const { snapshot, written } = applyWrites(run.plan, run.snapshot, { tasks, results });
    run.snapshot = snapshot;
    reportEnd(run, written);
    if (run.isDueToYield()) await new Promise<void>(yieldToEventLoop);
  }
}

/** The snapshot before the first superstep: input written, START's edges and routers followed. */
async function writeInput(run: GraphRun, input: Update): Promise<GraphRun['snapshot']> {
  const { plan } = run;
  const update: Record<string, unknown> = {};
  let any = false;
  for (const channel of plan.input.declared) {
    const { key } = channel;
    // An inherited `constructor` or `toString` is no input.
    if (!Object.hasOwn(input, key) || input[key] === undefined) continue;
    update[key] = channel.check(input[key], INPUT);
    any = true;
  }
  const values = any
    ? valuesWith(plan, run.snapshot.values, { updates: [update], writer: INPUT })
    : run.snapshot.values;
  let route: Outcome | undefined;
  if (plan.start.routers.length > 0) {
    route = new Outcome();
    const at = { routers: plan.start.routers, source: '', values };
    const choice = chooseRoutes(startFrame(run), route, at);
    if (choice instanceof Promise) await untilAborted(run, choice);
  }
  const snapshot = applyInput(plan, run.snapshot, { values, route });
  run.snapshot = snapshot;
  if (any) reportEnd(run, () => Object.keys(update));
  return snapshot;
}

/** Waits for `work`, but no longer than until the run is aborted. */
async function untilAborted(run: GraphRun, work: Promise<unknown>): Promise<void> {
  const aborted = new Promise<never>((_, reject) => (run.onAbort = reject));
  try {
    await Promise.race([work, aborted]);
  } finally {
    run.onAbort = undefined;
  }
}

function checkLimit(run: GraphRun, tasks: TaskSet): void {
  const limit = run.scope.config.recursionLimit ?? 25;
  if (run.snapshot.step < limit) return;
  const next = new Set<string>();
  for (let i = 0; i < tasks.length && next.size < 10; i++) next.add(tasks.node(i).name);
  throw new GraphRecursionError(
    'GRAPH_RECURSION_LIMIT',
    `Graph "${run.plan.name}" is not done after ${limit} supersteps; next would run ` +
      `${[...next].map((name) => `"${name}"`).join(', ')}. If it is a loop, let a router return END; ` +
      `if it needs more steps, raise recursionLimit in the config of the call`,
    { nodes: [...next] },
  );
}

/** The end of the run, if nodes returned commands for the graph around it. */
function commandsForParent(tasks: TaskSet, results: readonly TaskResult[]): Ended | undefined {
  const parent: Command[] = [];
  const askedBy: string[] = [];
  for (let i = 0; i < results.length; i++) {
    const result = results[i];
    if (!(result instanceof Outcome) || result.parent.length === 0) continue;
    parent.push(...result.parent);
    askedBy.push(tasks.node(i).name);
  }
  return parent.length > 0 ? { output: {}, parent, askedBy } : undefined;
}

function reportStart({ scope, path, snapshot, plan }: GraphRun, tasks: TaskSet): void {
  // An entrypoint is one task, and has no state to report.
  if (!scope.observed || plan.kind === 'entrypoint') return;
  const superstep = snapshot.step + 1;
  scope.emit({ type: 'superstepStarted', path, superstep, tasks: tasks.length });
}

function reportEnd({ scope, path, snapshot, plan }: GraphRun, written: () => string[]): void {
  if (!scope.observed || plan.kind === 'entrypoint') return;
  scope.emit({
    type: 'superstepFinished',
    path,
    superstep: snapshot.step,
    written: written(),
    state: readView(plan.state, snapshot.values),
  });
}
