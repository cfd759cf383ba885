import type {
  Interrupted,
  ModelStreamed,
  RunEvent,
  SuperstepStarted,
  TaskFinished,
  TaskInfo,
} from '../../engine/model/events.ts';
import type { ModelUse } from '../../protocol/modelUse.ts';
import type { NodeProgress, NodeStatus } from '../../protocol/webviewMessages.ts';
import { isSent } from '../../trace/spans.ts';
import { countUse, type ModelEvent } from './modelUse.ts';

/** Characters that are kept of an answer while it comes in. */
const tailLength = 160;

interface NodeCounts {
  running: number;
  done: number;
  failed: number;
  cancelled: number;
  waiting: number;
  paused: number;
  cached: number;
  handled: number;
  totalMs: number;
  /** How the last task of this node ended. */
  last: NodeStatus;
  error?: string;
  modelUse?: ModelUse;
  /** Of several answers that come in at once one is followed to its end, then another. */
  answer?: { readonly callId: number; readonly taskId: number; tail: string };
  readonly calledBy?: NodeProgress['calledBy'];
}

/**
 * Folds a run's events into the progress of its nodes, at constant cost per event. One instance
 * serves one run. It is a fold of its own beside the trace, since it keeps counts by node where that
 * keeps every task: a panel that follows a long run need not hold its past. A subgraph's node runs as long as its inner nodes do, since it is a task itself.
 */
export class ProgressTracker {
  readonly #nodes = new Map<string, NodeCounts>();
  /** Running tasks by id. */
  readonly #open = new Map<number, TaskInfo>();
  readonly #changed = new Set<string>();
  /**
   * Sent tasks that have not started: by the path of their graph, then by the node's name. `id` is
   * known once the first of them has started.
   */
  readonly #waiting = new Map<string, Map<string, { left: number; id?: string }>>();

  add(event: RunEvent): void {
    switch (event.type) {
      case 'runStarted':
        return this.#unpause();
      case 'superstepStarted':
        return this.#expect(event);
      case 'superstepFinished':
        return this.#expectNoMore(event.path);
      case 'taskStarted':
        return this.#start(event.task);
      case 'taskFinished':
        return this.#finish(event);
      case 'taskFailed': {
        const { task, cancelled, durationMs, error } = event;
        if (cancelled) return this.#end(task, 'cancelled', { durationMs });
        const message = firstLine(error.message) || error.name;
        return this.#end(task, 'failed', { durationMs, error: message });
      }
      case 'taskInterrupted':
        return this.#interrupt(event.task, event.durationMs);
      case 'interrupted':
        return this.#breakAt(event);
      case 'modelStreamed':
        return this.#stream(event);
      case 'modelStarted':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        return this.#count(event);
      case 'runFinished':
      case 'runFailed':
        // Nothing runs on after the run, whatever was or was not said about it.
        for (const path of [...this.#waiting.keys()]) this.#expectNoMore(JSON.parse(path));
        for (const task of this.#open.values()) this.#end(task, 'cancelled', { durationMs: 0 });
        return;
      default:
    }
  }

  /** The nodes that changed since the last call; at first, since the start. */
  takeChanges(): NodeProgress[] {
    const changes = [...this.#changed].map((id) => toProgress(id, this.#nodes.get(id)!));
    this.#changed.clear();
    return changes;
  }

  /** Every node that has started so far: for a panel that comes late. */
  all(): NodeProgress[] {
    return [...this.#nodes].map(([id, counts]) => toProgress(id, counts));
  }

  #expect({ path, sends }: SuperstepStarted): void {
    this.#expectNoMore(path);
    if (!sends) return;
    const nodes = Object.entries(sends).map(([node, left]) => [node, { left }] as const);
    this.#waiting.set(JSON.stringify(path), new Map(nodes));
  }

  /** What has not started by now never will. */
  #expectNoMore(path: readonly string[]): void {
    const key = JSON.stringify(path);
    for (const { id, left } of this.#waiting.get(key)?.values() ?? []) {
      if (id === undefined || left === 0) continue;
      this.#nodes.get(id)!.waiting -= left;
      this.#changed.add(id);
    }
    this.#waiting.delete(key);
  }

  #start(task: TaskInfo): void {
    if (this.#open.has(task.id)) return; // another attempt
    this.#open.set(task.id, task);
    const counts = this.#countsOf(task);
    counts.running++;
    counts.waiting += this.#leaveQueue(task);
    this.#changed.add(task.nodeId);
  }

  /** By how much the number of those that wait changes when a task starts. */
  #leaveQueue(task: TaskInfo): number {
    const { kind, node, nodeId, path } = task;
    const wasSent = kind === undefined && isSent(task);
    const queue = wasSent
      ? this.#waiting.get(JSON.stringify(path.slice(0, -1)))?.get(node)
      : undefined;
    if (!queue || queue.left === 0) return 0;
    queue.left--;
    if (queue.id !== undefined) return -1;
    queue.id = nodeId;
    return queue.left;
  }

  /** The task will run again when the answer comes: this was no run of its own. */
  #interrupt(task: TaskInfo, durationMs: number): void {
    const counts = this.#countsOf(task);
    counts.paused++;
    this.#changed.add(task.nodeId);
    // It may wait since an earlier run.
    if (!this.#open.delete(task.id)) return;
    this.#expectNoMore(task.path);
    counts.running--;
    counts.totalMs += durationMs;
  }

  /** Nodes before which the run stops wait, though they have no task yet. */
  #breakAt({ path, breakpoint }: Interrupted): void {
    if (breakpoint?.when !== 'before') return;
    const place = JSON.stringify(path);
    const around = [...this.#open.values()].find((task) => JSON.stringify(task.path) === place);
    if (path.length > 0 && !around) return;
    for (const node of breakpoint.nodes) {
      const nodeId = around ? `${around.nodeId}:${node}` : node;
      this.#countsOf({ node, nodeId }).paused++;
      this.#changed.add(nodeId);
    }
  }

  /** The run goes on: what it waited for is there. */
  #unpause(): void {
    for (const [id, counts] of this.#nodes) {
      if (counts.paused === 0) continue;
      counts.paused = 0;
      this.#changed.add(id);
    }
  }

  #countsOf(task: Pick<TaskInfo, 'kind' | 'node' | 'nodeId'>): NodeCounts {
    let counts = this.#nodes.get(task.nodeId);
    if (!counts) {
      counts = newCounts(task);
      this.#nodes.set(task.nodeId, counts);
    }
    return counts;
  }

  #finish({ task, durationMs, cached, handled }: TaskFinished): void {
    const error = handled && (firstLine(handled.message) || handled.name);
    const isHandled = handled !== undefined;
    this.#end(task, 'done', {
      durationMs,
      isHandled,
      ...(cached && { cached }),
      ...(error !== undefined && { error }),
    });
  }

  #end(
    { id, nodeId, path }: TaskInfo,
    status: 'done' | 'failed' | 'cancelled',
    how: {
      readonly durationMs: number;
      readonly error?: string;
      readonly cached?: true;
      readonly isHandled?: boolean;
    },
  ): void {
    if (!this.#open.delete(id)) return;
    this.#expectNoMore(path);
    const counts = this.#nodes.get(nodeId)!;
    counts.running--;
    counts.totalMs += how.durationMs;
    counts[status]++;
    if (how.cached) counts.cached++;
    if (how.isHandled) counts.handled++;
    if (how.error !== undefined) counts.error = how.error;
    if (counts.answer?.taskId === id) delete counts.answer;
    // A failure stays visible, whatever the node's other tasks do.
    if (counts.last !== 'failed') counts.last = status;
    this.#changed.add(nodeId);
  }

  #count(event: Exclude<ModelEvent, ModelStreamed>): void {
    const { task, call } = event;
    // A request that ends after its task was given up.
    if (!this.#open.has(task.id)) return;
    const counts = this.#nodes.get(task.nodeId)!;
    counts.modelUse = countUse(counts.modelUse, event);
    // An attempt that failed in the middle of its answer begins anew.
    if (event.type !== 'modelStarted' && counts.answer?.callId === call.id) delete counts.answer;
    this.#changed.add(task.nodeId);
  }

  #stream({ task, call, text }: ModelStreamed): void {
    if (text === '' || !this.#open.has(task.id)) return;
    const counts = this.#nodes.get(task.nodeId)!;
    counts.answer ??= { callId: call.id, taskId: task.id, tail: '' };
    if (counts.answer.callId !== call.id) return;
    counts.answer.tail = (counts.answer.tail + text.slice(-tailLength)).slice(-tailLength);
    this.#changed.add(task.nodeId);
  }
}

function newCounts({ kind, node, nodeId }: Pick<TaskInfo, 'kind' | 'node' | 'nodeId'>): NodeCounts {
  const ends = { done: 0, failed: 0, cancelled: 0, cached: 0, handled: 0 };
  const none = { running: 0, waiting: 0, paused: 0, ...ends, totalMs: 0 };
  const parent = nodeId.slice(0, -node.length - 1);
  return { ...none, last: 'idle', ...(kind === 'task' && { calledBy: { parent, name: node } }) };
}

function toProgress(id: string, counts: NodeCounts): NodeProgress {
  const { running, done, failed, cancelled, waiting, paused, cached, handled, totalMs } = counts;
  const { error, modelUse, answer, calledBy } = counts;
  return {
    id,
    status: statusOf(counts),
    running,
    done,
    failed,
    totalMs,
    ...(cancelled > 0 && { cancelled }),
    ...(waiting > 0 && { waiting }),
    ...(paused > 0 && { paused }),
    ...(cached > 0 && { cached }),
    ...(handled > 0 && { handled }),
    ...(error !== undefined && { error }),
    ...(modelUse && { modelUse }),
    ...(answer && { answer: answer.tail }),
    ...(calledBy && { calledBy }),
  };
}

function statusOf({ running, waiting, paused, last }: NodeCounts): NodeStatus {
  if (running + waiting > 0) return 'running';
  return paused > 0 && last !== 'failed' ? 'waiting' : last;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 300);
}
