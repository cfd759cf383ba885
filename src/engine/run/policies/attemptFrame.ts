import type { TaskInfo } from '../../model/events.ts';
import type { NodeConfig } from '../../model/node.ts';
import { AbortScope } from '../abortScope.ts';
import { withCallbacks } from '../taskCallbacks.ts';
import type { TaskExecution } from '../executionInfo.ts';
import type { Frame, OpenCalls, RunView } from '../frame.ts';
import type { Slot, Slots } from '../limit.ts';
import type { Seat } from '../workers/seat.ts';
import type { TaskKey } from '../../model/taskKey.ts';
import type { Update } from '../../plan/outcome.ts';

/**
 * One attempt at a task. It can be given up without the rest of the run: its signal is its own, and
 * nothing it still does after that is heard of.
 */
export class AttemptFrame implements Frame {
  readonly attempt: number;
  readonly config: NodeConfig;
  readonly owner = new AbortScope();
  calls: OpenCalls | undefined = undefined;
  hasEnded = false;
  /** What was written while it ran; that of an attempt that fails is dropped with it. */
  pushed: Update[] | undefined = undefined;
  onProgress: ((isHeartbeat: boolean) => void) | undefined = undefined;
  readonly #task: Frame;

  constructor(task: Frame, attempt: number) {
    this.#task = task;
    this.attempt = attempt;
    const config: NodeConfig = {
      ...task.config,
      signal: this.owner.signal,
      executionInfo: (task.config.executionInfo as TaskExecution).ofAttempt(attempt),
      heartbeat: () => this.onProgress?.(true),
      writer: (value) => {
        if (this.owner.abortReason !== undefined) return;
        this.onProgress?.(false);
        task.config.writer(value);
      },
    };
    this.config = withCallbacks(config, this);
    task.owner.adopt(this.owner);
  }

  get run(): RunView {
    return this.#task.run;
  }

  get key(): TaskKey {
    return this.#task.key;
  }

  get info(): TaskInfo {
    return this.#task.info;
  }

  get place(): readonly string[] {
    return this.#task.place;
  }

  get input(): unknown {
    return this.#task.input;
  }

  get slot(): Slot | undefined {
    return this.#task.slot;
  }

  get slots(): Slots | undefined {
    return this.#task.slots;
  }

  set slots(slots: Slots | undefined) {
    this.#task.slots = slots;
  }

  get seat(): Seat | undefined {
    return this.#task.seat;
  }

  set seat(seat: Seat | undefined) {
    this.#task.seat = seat;
  }

  push(update: Update): void {
    if (this.info.kind === 'task') this.#task.push(update);
    else (this.pushed ??= []).push(update);
  }

  /** The attempt is over: the run need not abort it any more. */
  end(): void {
    this.hasEnded = true;
    this.#task.owner.release(this.owner);
  }
}
