import type { RunEvent, TaskInfo } from '../../engine/events.ts';
import type { NodeProgress, NodeStatus } from '../../protocol/webviewMessages.ts';

interface NodeCounts {
  running: number;
  done: number;
  failed: number;
  totalMs: number;
  /** How the last task of this node ended. */
  last: NodeStatus;
  error?: string;
}

/**
 * Folds a run's events into the progress of its nodes, at constant cost per event. One instance
 * serves one run. A subgraph's node runs as long as its inner nodes do, since it is a task itself.
 */
export class ProgressTracker {
  readonly #nodes = new Map<string, NodeCounts>();
  /** Running tasks by id. */
  readonly #open = new Map<number, TaskInfo>();
  readonly #changed = new Set<string>();

  add(event: RunEvent): void {
    switch (event.type) {
      case 'taskStarted':
        return this.#start(event.task);
      case 'taskFinished':
        return this.#end(event.task, 'done', event.durationMs);
      case 'taskFailed': {
        const { task, cancelled, durationMs, error } = event;
        if (cancelled) return this.#end(task, 'cancelled', durationMs);
        return this.#end(task, 'failed', durationMs, firstLine(error.message) || error.name);
      }
      case 'taskInterrupted':
        return this.#interrupt(event.task, event.durationMs);
      case 'runFinished':
      case 'runFailed':
        // Nothing runs on after the run, whatever was or was not said about it.
        for (const task of this.#open.values()) this.#end(task, 'cancelled', 0);
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

  #start(task: TaskInfo): void {
    if (this.#open.has(task.id)) return; // another attempt
    this.#open.set(task.id, task);
    let counts = this.#nodes.get(task.nodeId);
    if (!counts) {
      counts = { running: 0, done: 0, failed: 0, totalMs: 0, last: 'idle' };
      this.#nodes.set(task.nodeId, counts);
    }
    counts.running++;
    this.#changed.add(task.nodeId);
  }

  /** The task will run again when the answer comes: this was no run of its own. */
  #interrupt({ id, nodeId }: TaskInfo, durationMs: number): void {
    if (!this.#open.delete(id)) return;
    const counts = this.#nodes.get(nodeId)!;
    counts.running--;
    counts.totalMs += durationMs;
    this.#changed.add(nodeId);
  }

  #end({ id, nodeId }: TaskInfo, status: NodeStatus, durationMs: number, error?: string): void {
    if (!this.#open.delete(id)) return;
    const counts = this.#nodes.get(nodeId)!;
    counts.running--;
    counts.totalMs += durationMs;
    if (status === 'done') counts.done++;
    else counts.failed++;
    if (error !== undefined) counts.error = error;
    // A failure stays visible, whatever the node's other tasks do.
    if (counts.last !== 'failed') counts.last = status;
    this.#changed.add(nodeId);
  }
}

function toProgress(id: string, counts: NodeCounts): NodeProgress {
  const { running, done, failed, totalMs, last, error } = counts;
  const status = running > 0 ? 'running' : last;
  return { id, status, running, done, failed, totalMs, ...(error === undefined ? {} : { error }) };
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 300);
}
