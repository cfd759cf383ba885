import { fingerprint } from '../../model/checkpointIds.ts';
import type { RemoteTask, StoredCall, TaskReply } from '../../model/remote.ts';
import { pack } from '../sending.ts';
import type { ThreadData } from './threadData.ts';
import type { Elsewhere, RemoteWork, TakenTask } from './work.ts';

/** The tasks of a call that are run elsewhere: takes them where they would start, and brings their replies. */
export class AdvancedCall implements Elsewhere {
  readonly isContinued: boolean;
  readonly answers: ReadonlyMap<string, unknown>;
  readonly tasks: RemoteTask[] = [];
  readonly firstSteps: Record<string, number>;
  /** Those that this very step has brought, too. */
  #given: ReadonlyMap<string, unknown> | undefined;
  readonly #call: StoredCall;
  /** How many calls of the thread there have been. */
  readonly #calls: number;
  readonly #data: ThreadData;
  readonly #replies: ReadonlyMap<string, TaskReply>;

  constructor(options: {
    readonly call: StoredCall;
    readonly calls: number;
    readonly isContinued: boolean;
    readonly answers: ReadonlyMap<string, unknown>;
    readonly data: ThreadData;
    readonly replies: readonly TaskReply[];
  }) {
    this.#call = options.call;
    this.#calls = options.calls;
    this.isContinued = options.isContinued;
    this.answers = options.answers;
    this.#data = options.data;
    this.#replies = new Map(options.replies.map((reply) => [reply.id, reply]));
    this.firstSteps = { ...options.call.firstSteps };
  }

  get allAnswers(): ReadonlyMap<string, unknown> {
    return this.#given ?? this.answers;
  }

  firstStep(
    namespace: string,
    now: { readonly isResumed: boolean; readonly step: number },
  ): number {
    const known = now.isResumed ? this.firstSteps[namespace] : undefined;
    return (this.firstSteps[namespace] = known ?? now.step);
  }

  replyTo(taskId: string): TaskReply | undefined {
    return this.#replies.get(this.#idOf(taskId));
  }

  #idOf(taskId: string): string {
    return fingerprint(`${taskId}|${this.#calls}`);
  }

  take({ taskId, graph, node, caps, code, isInside, ...work }: TakenTask): void {
    this.#given = work.answers;
    const whole: RemoteWork = {
      ...work,
      config: this.#call.config,
      inside: this.#data.graphs(isInside),
    };
    const text = pack(whole, `the input of node "${node}"`);
    this.tasks.push({ id: this.#idOf(taskId), graph, node, caps, code, work: text });
  }
}
