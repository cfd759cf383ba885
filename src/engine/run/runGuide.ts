import type { Plan, PlanNode } from '../plan/plan.ts';
import { Outcome, type TaskResult } from '../plan/outcome.ts';
import type { TaskSet } from '../plan/prepareTasks.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { Frame, RunView } from './frame.ts';
import type { TaskInfo } from '../model/events.ts';

/** How much longer than all others a task must take to be told of, in milliseconds. */
const LEAST_LAG_MS = 100;

/** The run, and the task that observers see around its own. */
type GuidedRun = RunView & { readonly parent: Frame | undefined };

/** A task that has ended, as far as its guide looks at it. */
interface EndedTask {
  readonly node: PlanNode;
  readonly sendIndex: number;
  readonly superstep: number;
  readonly info: TaskInfo;
}

/** Watches a run that somebody observes, and warns of what is probably not meant. */
export class RunGuide {
  readonly #run: GuidedRun;
  readonly #ran = new Set<number>();
  readonly #stragglers = new Set<string>();
  #slowest: EndedTask | undefined;
  #slowestMs = 0;
  #secondMs = 0;

  constructor(run: GuidedRun) {
    this.#run = run;
  }

  taskFinished(task: EndedTask, durationMs: number): void {
    this.#ran.add(task.node.index);
    if (this.#slowest === undefined || durationMs > this.#slowestMs) {
      this.#secondMs = this.#slowestMs;
      this.#slowest = task;
      this.#slowestMs = durationMs;
    } else if (durationMs > this.#secondMs) this.#secondMs = durationMs;
  }

  superstepEnded(step: {
    readonly tasks: TaskSet;
    readonly results: readonly TaskResult[];
    readonly next: Snapshot;
  }): void {
    const slowest = this.#slowest;
    const lag = this.#slowestMs - this.#secondMs;
    const others = step.tasks.length - 1;
    if (slowest && others > 0 && lag >= LEAST_LAG_MS && lag >= this.#secondMs) {
      this.#tellStraggler(slowest, step);
    }
    this.#slowest = undefined;
    this.#slowestMs = this.#secondMs = 0;
  }

  /** Nothing is left to do: joins that still wait will wait for ever. */
  runEnded(): void {
    const { plan, snapshot, scope, parent } = this.#run;
    const name = (index: number) => `"${plan.nodes[index]!.name}"`;
    for (const [index, arrived] of snapshot.arrived) {
      const { target, sources } = plan.barriers[index]!;
      if (this.#ran.has(target)) continue;
      const missing = sources.filter((source) => !arrived.has(source)).map(name);
      scope.emit({
        type: 'warning',
        code: 'UNFINISHED_JOIN',
        message:
          `Join ${name(target)} never ran: ${missing.join(' and ')} never finished; it waits for ` +
          `${sources.map(name).join(' and ')}. If not all of them run each time, use separate edges, ` +
          `or { defer: true }`,
        ...(parent && { task: parent.info }),
      });
    }
  }

  #tellStraggler(
    slowest: EndedTask,
    { tasks, results, next }: { tasks: TaskSet; results: readonly TaskResult[]; next: Snapshot },
  ): void {
    const { plan, scope } = this.#run;
    const { name } = slowest.node;
    if (this.#stragglers.has(name)) return;
    const held = heldBack(plan, slowest, { tasks, results, next });
    if (held.length === 0) return;
    this.#stragglers.add(name);
    const others = tasks.length === 2 ? 'the other task' : `the other ${tasks.length - 1} tasks`;
    scope.emit({
      type: 'warning',
      code: 'STRAGGLER',
      message:
        `Node "${name}" took ${Math.round(this.#slowestMs)} ms and held back ` +
        `${held.map((each) => `"${each}"`).join(', ')}, which could have started when ${others} of ` +
        `superstep ${slowest.superstep} had ended, after ${Math.round(this.#secondMs)} ms; put the ` +
        `branches into subgraphs, which advance on their own`,
      task: slowest.info,
    });
  }
}

/** Nodes of the next superstep that the slow task has nothing to do with. */
function heldBack(
  plan: Plan,
  { node, sendIndex }: EndedTask,
  step: { tasks: TaskSet; results: readonly TaskResult[]; next: Snapshot },
): string[] {
  const { tasks, results, next } = step;
  const own = new Set<number>(node.edges);
  for (const barrier of node.barriers) own.add(plan.barriers[barrier]!.target);
  const sentByOthers = new Set<string>();
  for (let i = 0; i < tasks.length; i++) {
    const result = results[i];
    if (!(result instanceof Outcome)) continue;
    const isOwn = tasks.node(i) === node && tasks.sendIndex(i) === sendIndex;
    if (isOwn) for (const target of result.targets) own.add(target);
    else for (const { node: target } of result.sends) sentByOthers.add(target);
  }
  const waiting = next.triggered.filter((index) => !own.has(index));
  return [...new Set([...waiting.map((index) => plan.nodes[index]!.name), ...sentByOthers])];
}
