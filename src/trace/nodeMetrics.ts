import type {
  ModelStreamed,
  TaskFailed,
  TaskFinished,
  TaskInfo,
  TaskInterrupted,
} from '../engine/model/events.ts';
import type { ModelUse } from '../protocol/modelUse.ts';
import type { NodeProgress, NodeStatus } from '../protocol/webviewMessages.ts';
import { countUse, type ModelEvent } from './countUse.ts';
import { parentOfNode } from '../engine/model/nodeId.ts';

/** How a task ended. `interrupted`: it waits for an answer, and will run again from its start. */
export type TaskStatus = 'done' | 'failed' | 'cancelled' | 'interrupted';

export type TaskEnd = TaskFinished | TaskFailed | TaskInterrupted;

export function statusOf(event: TaskEnd): TaskStatus {
  if (event.type === 'taskInterrupted') return 'interrupted';
  if (event.type === 'taskFinished') return 'done';
  return event.cancelled ? 'cancelled' : 'failed';
}

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

/** Characters that are kept of an answer while it comes in. */
const tailLength = 160;

/** What the tasks of one node have come to. */
export class NodeMetrics {
  readonly nodeId: string;
  readonly #calledBy: NodeProgress['calledBy'];
  readonly #ended = { done: 0, failed: 0, cancelled: 0, interrupted: 0 };
  #running = 0;
  #cached = 0;
  #handled = 0;
  #totalMs = 0;
  #longestMs = 0;
  /** How the last task of this node ended. */
  #last: NodeStatus = 'idle';
  #error: string | undefined;
  #modelUse: ModelUse | undefined;
  /** Of several answers that come in at once one is followed to its end, then another. */
  #answer: { readonly callId: number; readonly taskId: number; tail: string } | undefined;
  /** How many tasks were sent to it that have not started. */
  waiting = 0;
  /** How many of its tasks wait for an answer, or at a breakpoint. */
  paused = 0;

  constructor({ kind, node, nodeId }: Pick<TaskInfo, 'kind' | 'node' | 'nodeId'>) {
    this.nodeId = nodeId;
    if (kind === 'task') {
      this.#calledBy = { parent: parentOfNode(nodeId, node), name: node };
    }
  }

  get hasStarted(): boolean {
    return this.#running + this.#runs > 0;
  }

  get #runs(): number {
    const { done, failed, cancelled, interrupted } = this.#ended;
    return done + failed + cancelled + interrupted;
  }

  start(): void {
    this.#running++;
  }

  end(event: TaskEnd): void {
    const { task, durationMs } = event;
    const status = statusOf(event);
    this.#running--;
    this.#totalMs += durationMs;
    this.#longestMs = Math.max(this.#longestMs, durationMs);
    this.#ended[status]++;
    if (this.#answer?.taskId === task.id) this.#answer = undefined;
    // A failure stays visible, whatever the node's other tasks do.
    if (status !== 'interrupted' && this.#last !== 'failed') this.#last = status;
    const { cached, handled } = event.type === 'taskFinished' ? event : {};
    if (cached) this.#cached++;
    if (handled) this.#handled++;
    const error = status === 'failed' ? (event as TaskFailed).error : handled;
    if (error) this.#error = firstLine(error.message) || error.name;
  }

  count(event: ModelEvent): void {
    this.#modelUse = countUse(this.#modelUse, event);
    // An attempt that failed in the middle of its answer begins anew.
    if (event.type !== 'modelStarted' && this.#answer?.callId === event.call.id) {
      this.#answer = undefined;
    }
  }

  stream({ task, call, text }: ModelStreamed): void {
    this.#answer ??= { callId: call.id, taskId: task.id, tail: '' };
    if (this.#answer.callId !== call.id) return;
    this.#answer.tail = (this.#answer.tail + text.slice(-tailLength)).slice(-tailLength);
  }

  totals(): NodeTotals {
    const { failed, cancelled } = this.#ended;
    return {
      nodeId: this.nodeId,
      runs: this.#runs,
      failed,
      cancelled,
      totalMs: this.#totalMs,
      longestMs: this.#longestMs,
      ...(this.#modelUse && { modelUse: this.#modelUse }),
    };
  }

  progress(): NodeProgress {
    const { done, failed, cancelled } = this.#ended;
    return {
      id: this.nodeId,
      status: this.#status,
      running: this.#running,
      done,
      failed,
      totalMs: this.#totalMs,
      ...(cancelled > 0 && { cancelled }),
      ...(this.waiting > 0 && { waiting: this.waiting }),
      ...(this.paused > 0 && { paused: this.paused }),
      ...(this.#cached > 0 && { cached: this.#cached }),
      ...(this.#handled > 0 && { handled: this.#handled }),
      ...(this.#error !== undefined && { error: this.#error }),
      ...(this.#modelUse && { modelUse: this.#modelUse }),
      ...(this.#answer && { answer: this.#answer.tail }),
      ...(this.#calledBy && { calledBy: this.#calledBy }),
    };
  }

  get #status(): NodeStatus {
    if (this.#running + this.waiting > 0) return 'running';
    return this.paused > 0 && this.#last !== 'failed' ? 'waiting' : this.#last;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 300);
}
