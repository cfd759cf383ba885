import type {
  Interrupted,
  ModelStreamed,
  RunEvent,
  SuperstepStarted,
  TaskInfo,
  TaskStarted,
} from '../engine/model/events.ts';
import { OpenTasks } from '../engine/model/openTasks.ts';
import { nodeIdInside } from '../engine/model/nodeId.ts';
import type { ModelUse } from '../protocol/modelUse.ts';
import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { isSent } from './spans.ts';
import { WorkMeter } from './workMeter.ts';
import { countUse, type ModelEvent } from './countUse.ts';
import {
  NodeMetrics,
  statusOf,
  type NodeTotals,
  type TaskEnd,
  type TaskStatus,
} from './nodeMetrics.ts';

/** One task as `superstep run --json` reports it. Times in milliseconds since the run's start. */
export interface TaskReport {
  readonly node: string;
  readonly path: readonly string[];
  readonly superstep: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: TaskStatus;
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

/** A task that runs, or has just ended. */
export interface RunningTask {
  readonly task: TaskInfo;
  readonly parent: RunningTask | undefined;
  readonly startMs: number;
  readonly node: NodeMetrics;
  /** What it has written so far, in order. */
  readonly updates: Readonly<Record<string, unknown>>[];
  modelUse?: ModelUse;
}

/** The key of the root graph's path. */
const ROOT = '[]';

/** Sent tasks of one node that have not started; `node` is known once the first of them has. */
interface Queue {
  left: number;
  node?: NodeMetrics;
}

/**
 * Counts what a run does, by node and in all, from its events, at constant cost per event. It is a fold of
 * its own beside the trace, which keeps every task and what it wrote. Memory grows with the number of
 * nodes and of tasks that run at once, plus one small record for each of the first `maxTasks` tasks. A
 * subgraph's node runs as long as its inner nodes do, since it is a task itself.
 */
export class RunMetrics {
  readonly #maxTasks: number;
  readonly #open = new OpenTasks<RunningTask>((event, parent) => this.#start(event, parent));
  readonly #nodes = new Map<string, NodeMetrics>();
  readonly #changed = new Set<NodeMetrics>();
  /** By the path of their graph, then by the node's name. */
  readonly #queues = new Map<string, Map<string, Queue>>();
  readonly #work = new WorkMeter();
  readonly #tasks: TaskReport[] = [];
  #tasksOmitted = 0;
  #wallMs = 0;
  #supersteps = 0;
  #modelUse: ModelUse | undefined;

  /** @param options `maxTasks`: how many task records are kept; 0 by default. */
  constructor(options: { readonly maxTasks?: number } = {}) {
    this.#maxTasks = options.maxTasks ?? 0;
  }

  /** @returns The task of which the event tells, if it runs, or ends with the event. */
  add(event: RunEvent): RunningTask | undefined {
    const { time } = event;
    if (time > this.#wallMs) this.#wallMs = time;
    const running = this.#open.see(event);
    switch (event.type) {
      case 'runStarted':
        this.#unpause();
        break;
      case 'superstepStarted':
        if (event.path.length === 0) this.#supersteps++;
        this.#expect(event);
        break;
      case 'superstepFinished':
        this.#expectNoMore(event.path);
        break;
      case 'taskWrote':
        running?.updates.push(event.update);
        break;
      case 'taskFinished':
      case 'taskFailed':
        if (running) this.#end(running, event);
        break;
      case 'taskInterrupted':
        // It may wait since an earlier run, and not have started in this one.
        if (running) this.#end(running, event);
        this.#pause(event.task);
        break;
      case 'interrupted':
        this.#breakAt(event);
        break;
      case 'modelStreamed':
        if (running) this.#stream(running, event);
        break;
      case 'modelStarted':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        this.#count(running, event);
        break;
      case 'runFinished':
      case 'runFailed':
        for (const path of this.#queues.keys()) this.#expectNoMore(JSON.parse(path));
        // Nothing runs on after the run, whatever was or was not said about it.
        for (const each of this.#open.endAll()) {
          const { task, node } = each;
          const error = { name: 'Error', message: `${node.nodeId} never ended` };
          this.#end(each, {
            type: 'taskFailed',
            time,
            task,
            durationMs: 0,
            error,
            cancelled: true,
          });
        }
        break;
      default:
    }
    return running;
  }

  totals(): RunTotals {
    const workMs = this.#work.doneMs;
    return {
      nodes: [...this.#nodes.values()]
        .filter(({ hasStarted }) => hasStarted)
        .map((node) => node.totals()),
      wallMs: this.#wallMs,
      workMs,
      speedUp: this.#wallMs > 0 ? workMs / this.#wallMs : 0,
      peakConcurrency: this.#work.peak,
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

  /** The nodes that changed since the last call; at first, since the start. */
  takeChanges(): NodeProgress[] {
    const changes = [...this.#changed].map((node) => node.progress());
    this.#changed.clear();
    return changes;
  }

  /** Every node that has started so far, or waits: for a panel that comes late. */
  progress(): NodeProgress[] {
    return [...this.#nodes.values()].map((node) => node.progress());
  }

  #start({ task, time }: TaskStarted, parent: RunningTask | undefined): RunningTask {
    const node = this.#changedNode(task);
    node.start();
    this.#leaveQueue(task, node);
    const running = { task, parent, startMs: time, node, updates: [] };
    this.#work.start(running);
    return running;
  }

  #end(running: RunningTask, event: TaskEnd): void {
    this.#expectNoMore(event.task.path);
    this.#work.end(running, event.durationMs);
    running.node.end(event);
    this.#changed.add(running.node);
    if (this.#tasks.length >= this.#maxTasks) return void this.#tasksOmitted++;
    const { startMs, modelUse } = running;
    const { node, path, superstep } = event.task;
    const times = { startMs, endMs: event.time, status: statusOf(event) };
    this.#tasks.push({ node, path, superstep, ...times, ...(modelUse && { modelUse }) });
  }

  #count(running: RunningTask | undefined, event: Exclude<ModelEvent, ModelStreamed>): void {
    // A request that ends after its task did not fail: it was given up.
    if (!running && event.type === 'modelFailed') return;
    if (running) running.modelUse = countUse(running.modelUse, event);
    this.#modelUse = countUse(this.#modelUse, event);
    const node = this.#nodes.get(event.task.nodeId);
    if (!node) return;
    node.count(event);
    this.#changed.add(node);
  }

  #stream({ node }: RunningTask, event: ModelStreamed): void {
    if (event.text === '') return;
    node.stream(event);
    this.#changed.add(node);
  }

  /** Nodes before which the run stops wait, though they have no task yet. */
  #breakAt({ path, breakpoint }: Interrupted): void {
    if (breakpoint?.when !== 'before') return;
    const key = JSON.stringify(path);
    const open = [...this.#open.values()];
    const outer = open.find(({ task }) => JSON.stringify(task.path) === key)?.task;
    if (path.length > 0 && !outer) return;
    for (const node of breakpoint.nodes) {
      this.#pause({ node, nodeId: nodeIdInside(outer?.nodeId, node) });
    }
  }

  #pause(task: Pick<TaskInfo, 'kind' | 'node' | 'nodeId'>): void {
    this.#changedNode(task).paused++;
  }

  /** The run goes on: what it waited for is there. */
  #unpause(): void {
    for (const node of this.#nodes.values()) {
      if (node.paused === 0) continue;
      node.paused = 0;
      this.#changed.add(node);
    }
  }

  #changedNode(task: Pick<TaskInfo, 'kind' | 'node' | 'nodeId'>): NodeMetrics {
    let node = this.#nodes.get(task.nodeId);
    if (!node) this.#nodes.set(task.nodeId, (node = new NodeMetrics(task)));
    this.#changed.add(node);
    return node;
  }

  #expect({ path, sends }: SuperstepStarted): void {
    this.#expectNoMore(path);
    if (!sends) return;
    const queues = Object.entries(sends).map(([node, left]) => [node, { left }] as const);
    this.#queues.set(JSON.stringify(path), new Map(queues));
  }

  /** What has not started by now never will. */
  #expectNoMore(path: readonly string[]): void {
    const isRoot = path.length === 0;
    // Most tasks are no graphs, and most graphs have no queues: then there is no key to be made of a path.
    if (!isRoot && this.#queues.size === Number(this.#queues.has(ROOT))) return;
    const key = isRoot ? ROOT : JSON.stringify(path);
    for (const { node, left } of this.#queues.get(key)?.values() ?? []) {
      if (!node || left === 0) continue;
      node.waiting -= left;
      this.#changed.add(node);
    }
    this.#queues.delete(key);
  }

  #leaveQueue({ kind, node: name, path }: TaskInfo, node: NodeMetrics): void {
    if (kind !== undefined || !isSent({ node: name, path })) return;
    const queue = this.#queues.get(JSON.stringify(path.slice(0, -1)))?.get(name);
    if (!queue || queue.left === 0) return;
    queue.left--;
    node.waiting += queue.node ? -1 : queue.left;
    queue.node = node;
  }
}
