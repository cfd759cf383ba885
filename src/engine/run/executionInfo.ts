import type { Clock } from '../model/clock.ts';
import type { ExecutionInfo } from '../model/node.ts';
import { taskIdAt } from './taskMetadata.ts';

/** A task, as far as it is told of itself. */
interface Told {
  readonly place: readonly string[];
  readonly run: {
    readonly scope: {
      readonly clock: Clock;
      readonly config: { readonly runId?: string | undefined };
    };
    readonly session:
      | {
          readonly checkpoints: {
            readonly thread: { readonly threadId: string };
            readonly head: { readonly id: string } | undefined;
          };
        }
      | undefined;
  };
}

/** What a task finds as `config.executionInfo`. Hardly any asks, and names take time to make. */
export class TaskExecution implements ExecutionInfo {
  readonly nodeAttempt: number;
  readonly #task: Told;
  #startedAt: number | undefined;

  constructor(task: Told, nodeAttempt = 1, startedAt?: number) {
    this.#task = task;
    this.nodeAttempt = nodeAttempt;
    this.#startedAt = startedAt;
  }

  get checkpointId(): string {
    return this.#task.run.session?.checkpoints.head?.id ?? '';
  }

  get checkpointNs(): string {
    return this.#task.place.join('|');
  }

  get taskId(): string {
    return taskIdAt(this.#task.place);
  }

  get threadId(): string | undefined {
    return this.#task.run.session?.checkpoints.thread.threadId;
  }

  get runId(): string | undefined {
    return this.#task.run.scope.config.runId;
  }

  get nodeFirstAttemptTime(): number {
    return (this.#startedAt ??= this.#task.run.scope.clock.epoch());
  }

  /** The same of another attempt at the task. */
  ofAttempt(nodeAttempt: number): TaskExecution {
    return new TaskExecution(this.#task, nodeAttempt, this.nodeFirstAttemptTime);
  }

  toJSON(): ExecutionInfo {
    const { checkpointId, checkpointNs, taskId, threadId, runId } = this;
    const { nodeAttempt, nodeFirstAttemptTime } = this;
    const ids = { checkpointId, checkpointNs, taskId, threadId, runId };
    return { ...ids, nodeAttempt, nodeFirstAttemptTime };
  }
}
