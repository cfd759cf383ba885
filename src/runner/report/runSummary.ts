import type {
  RunEvent,
  TaskFailed,
  TaskFinished,
  TaskInfo,
  TaskInterrupted,
} from '../../engine/model/events.ts';
import type { ModelUse } from '../../protocol/modelUse.ts';
import { countUse, type ModelEvent } from './modelUse.ts';

/** What all the tasks of one node took. Durations in milliseconds. */
export interface NodeTotals {
  /** `TaskInfo.nodeId`: the names of the enclosing subgraph nodes and its own, joined by `:`. */
  readonly nodeId: string;
  readonly runs: number;
  /** How many of the runs failed, and how many were cancelled. */
  readonly failed: number;
  readonly cancelled: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** What its own requests to models took; absent if it made none. */
  readonly modelUse?: ModelUse;
}

/** One task as `superstep run --json` reports it. Times in milliseconds since the run's start. */
export interface TaskReport {
  readonly node: string;
  readonly path: readonly string[];
  readonly superstep: number;
  readonly startMs: number;
  readonly endMs: number;
  /** `interrupted`: waits for an answer, and will run again from its start. */
  readonly status: 'done' | 'failed' | 'cancelled' | 'interrupted';
  /** What its own requests to models took; absent if it made none. */
  readonly modelUse?: ModelUse;
}

export interface RunTotals {
  /** In the order in which the nodes first started. */
  readonly nodes: readonly NodeTotals[];
  /** From the run's start to its end. */
  readonly wallMs: number;
  /**
   * The work added up: durations of all tasks that have no tasks inside them. A subgraph's node
   * counts through its inner nodes, not once more by itself.
   */
  readonly workMs: number;
  /** `workMs / wallMs`; 0 for a run without duration. */
  readonly speedUp: number;
  /** Most tasks (without subgraphs' nodes) that ran at one time. */
  readonly peakConcurrency: number;
  /** Supersteps of the root graph. */
  readonly supersteps: number;
  /** What all requests to models took; absent if there were none. */
  readonly modelUse?: ModelUse;
}

interface OpenTask {
  readonly task: TaskInfo;
  readonly startMs: number;
  /** No task has started inside it (yet). */
  isLeaf: boolean;
  modelUse?: ModelUse;
}

/**
 * Adds up a run from its events, at constant cost per event. It is a fold of its own beside the trace,
 * which keeps every task and what it wrote: a command line that reports a run needs its sums. Memory grows with the number of nodes
 * and of tasks that run at once, plus one small record for each of the first `maxTasks` tasks.
 */
export class RunSummary {
  readonly #maxTasks: number;
  readonly #open = new Map<number, OpenTask>();
  readonly #nodes = new Map<string, NodeTotals>();
  readonly #tasks: TaskReport[] = [];
  #tasksOmitted = 0;
  #wallMs = 0;
  #workMs = 0;
  #running = 0;
  #peak = 0;
  #supersteps = 0;
  #modelUse: ModelUse | undefined;

  /** @param options `maxTasks`: how many task records are kept; 0 by default. */
  constructor(options: { readonly maxTasks?: number } = {}) {
    this.#maxTasks = options.maxTasks ?? 0;
  }

  add(event: RunEvent): void {
    if (event.time > this.#wallMs) this.#wallMs = event.time;
    switch (event.type) {
      case 'taskStarted':
        return this.#start(event.task, event.time);
      case 'taskFinished':
        return this.#end(event, 'done');
      case 'taskFailed':
        return this.#end(event, event.cancelled ? 'cancelled' : 'failed');
      case 'taskInterrupted':
        return this.#end(event, 'interrupted');
      case 'superstepStarted':
        if (event.path.length === 0) this.#supersteps++;
        return;
      case 'modelStarted':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        return this.#count(event);
      default:
    }
  }

  totals(): RunTotals {
    return {
      nodes: [...this.#nodes.values()],
      wallMs: this.#wallMs,
      workMs: this.#workMs,
      speedUp: this.#wallMs > 0 ? this.#workMs / this.#wallMs : 0,
      peakConcurrency: this.#peak,
      supersteps: this.#supersteps,
      ...(this.#modelUse && { modelUse: this.#modelUse }),
    };
  }

  /** The tasks that ended, in the order in which they started. */
  tasks(): readonly TaskReport[] {
    return this.#tasks.toSorted((a, b) => a.startMs - b.startMs);
  }

  /** How many ended tasks `tasks()` leaves out, because there were more than `maxTasks`. */
  get tasksOmitted(): number {
    return this.#tasksOmitted;
  }

  #start(task: TaskInfo, startMs: number): void {
    if (this.#open.has(task.id)) return; // another attempt
    const parent = task.parent === undefined ? undefined : this.#open.get(task.parent);
    if (parent?.isLeaf) {
      parent.isLeaf = false;
      this.#running--;
    }
    this.#open.set(task.id, { task, startMs, isLeaf: true });
    this.#peak = Math.max(this.#peak, ++this.#running);
    if (!this.#nodes.has(task.nodeId)) {
      const none = { runs: 0, failed: 0, cancelled: 0, totalMs: 0, longestMs: 0 };
      this.#nodes.set(task.nodeId, { nodeId: task.nodeId, ...none });
    }
  }

  #count(event: ModelEvent): void {
    const open = this.#open.get(event.task.id);
    // A request that ends after its task did not fail: it was given up.
    if (!open && event.type === 'modelFailed') return;
    if (open) open.modelUse = countUse(open.modelUse, event);
    this.#modelUse = countUse(this.#modelUse, event);
    const totals = this.#nodes.get(event.task.nodeId);
    if (!totals) return;
    const modelUse = countUse(totals.modelUse, event);
    this.#nodes.set(totals.nodeId, { ...totals, modelUse });
  }

  #end(
    { task: { id }, time: endMs, durationMs }: TaskFinished | TaskFailed | TaskInterrupted,
    status: TaskReport['status'],
  ): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    const { task, startMs, isLeaf, modelUse } = open;
    if (isLeaf) {
      this.#running--;
      this.#workMs += durationMs;
    }
    const totals = this.#nodes.get(task.nodeId)!;
    this.#nodes.set(task.nodeId, {
      ...totals,
      runs: totals.runs + 1,
      failed: totals.failed + (status === 'failed' ? 1 : 0),
      cancelled: totals.cancelled + (status === 'cancelled' ? 1 : 0),
      totalMs: totals.totalMs + durationMs,
      longestMs: Math.max(totals.longestMs, durationMs),
    });
    if (this.#tasks.length < this.#maxTasks) {
      const { node, path, superstep } = task;
      this.#tasks.push({
        node,
        path,
        superstep,
        startMs,
        endMs,
        status,
        ...(modelUse && { modelUse }),
      });
    } else this.#tasksOmitted++;
  }
}
