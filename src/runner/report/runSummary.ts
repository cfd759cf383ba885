import type {
  RunEvent,
  TaskFailed,
  TaskFinished,
  TaskInfo,
  TaskInterrupted,
} from '../../engine/events.ts';

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
}

/** One task as `superstep run --json` reports it. Times in milliseconds since the run's start. */
export interface TaskRecord {
  readonly node: string;
  readonly path: readonly string[];
  readonly superstep: number;
  readonly startMs: number;
  readonly endMs: number;
  /** `interrupted`: waits for an answer, and will run again from its start. */
  readonly status: 'done' | 'failed' | 'cancelled' | 'interrupted';
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
}

interface OpenTask {
  readonly task: TaskInfo;
  readonly startMs: number;
  /** No task has started inside it (yet). */
  isLeaf: boolean;
}

/**
 * Adds up a run from its events, at constant cost per event. Memory grows with the number of nodes
 * and of tasks that run at once, plus one small record for each of the first `maxTasks` tasks.
 */
export class RunSummary {
  readonly #maxTasks: number;
  readonly #open = new Map<number, OpenTask>();
  readonly #nodes = new Map<string, NodeTotals>();
  readonly #tasks: TaskRecord[] = [];
  #tasksOmitted = 0;
  #wallMs = 0;
  #workMs = 0;
  #running = 0;
  #peak = 0;
  #supersteps = 0;

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
    };
  }

  /** The tasks that ended, in the order in which they started. */
  tasks(): readonly TaskRecord[] {
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

  #end(
    { task: { id }, time: endMs, durationMs }: TaskFinished | TaskFailed | TaskInterrupted,
    status: TaskRecord['status'],
  ): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    const { task, startMs, isLeaf } = open;
    if (isLeaf) {
      this.#running--;
      this.#workMs += durationMs;
    }
    const totals = this.#nodes.get(task.nodeId)!;
    this.#nodes.set(task.nodeId, {
      nodeId: task.nodeId,
      runs: totals.runs + 1,
      failed: totals.failed + (status === 'failed' ? 1 : 0),
      cancelled: totals.cancelled + (status === 'cancelled' ? 1 : 0),
      totalMs: totals.totalMs + durationMs,
      longestMs: Math.max(totals.longestMs, durationMs),
    });
    if (this.#tasks.length < this.#maxTasks) {
      const { node, path, superstep } = task;
      this.#tasks.push({ node, path, superstep, startMs, endMs, status });
    } else this.#tasksOmitted++;
  }
}
