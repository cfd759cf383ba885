import type { Interrupt } from '../../model/checkpointer.ts';
import type { RunEvent, TaskInfo } from '../../model/events.ts';
import type { NodeConfig } from '../../model/node.ts';
import { InterruptSignal } from '../../model/signals.ts';
import { taskIdOf, type TaskKey } from '../../model/taskKey.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Update } from '../../plan/outcome.ts';
import { emptySnapshot } from '../../plan/snapshot.ts';
import { AbortScope } from '../abortScope.ts';
import { TaskExecution } from '../executionInfo.ts';
import { serverInfoOf } from '../serverInfo.ts';
import type { Frame, OpenCalls, ReportedTask, RunView } from '../frame.ts';
import { toErrorInfo } from '../../model/errorInfo.ts';
import { RunScope } from '../runScope.ts';
import type { TaskOrder } from './messages.ts';
import { pack, unpack, unpackError } from '../sending.ts';
import type { RunLink } from './threadServer.ts';

interface Parts {
  /** The plan of its graph, if it is a node. */
  readonly plan: Plan | undefined;
  readonly args: readonly unknown[];
  readonly config: Partial<NodeConfig>;
  readonly link: RunLink;
}

/** A task of another thread while its code runs in this one. */
export class WorkerFrame implements Frame {
  readonly run: WorkerRun;
  readonly key: TaskKey;
  readonly info: TaskInfo;
  readonly place: readonly string[];
  readonly attempt: number;
  readonly config: NodeConfig;
  readonly input: unknown;
  readonly owner = new AbortScope();
  calls: OpenCalls | undefined = undefined;
  hasEnded = false;
  slot = undefined;
  seat = undefined;
  slots = undefined;
  readonly #link: RunLink;

  constructor(order: TaskOrder, { plan, args, config, link }: Parts) {
    this.#link = link;
    this.key = order.key;
    this.info = order.info;
    this.place = order.place;
    this.attempt = order.attempt;
    this.input = plan?.kind === 'graph' ? args[0] : args;
    this.run = new WorkerRun(this, order, { plan, args, config, link });
    this.config = {
      ...(config as NodeConfig),
      signal: this.owner.signal,
      writer: (value) => this.run.custom(this, value),
      heartbeat: () => this.onProgress(true),
      control: undefined,
      executionInfo: new TaskExecution(this, order.attempt),
      serverInfo: serverInfoOf(config),
    };
  }

  /** What was asked and has no answer yet. */
  get raised(): readonly Interrupt[] {
    return this.run.raised;
  }

  push(update: Update): void {
    this.#link.post({ type: 'news', news: { type: 'pushed', update: pack(update, 'an update') } });
  }

  readonly onProgress = (isHeartbeat: boolean): void => {
    this.#link.post({ type: 'news', news: { type: 'alive', isHeartbeat } });
  };
}

/** As much of the run of a task in another thread as the task's code sees. Nothing in it is stored here. */
class WorkerRun implements RunView {
  readonly plan: Plan;
  readonly scope: RunScope;
  readonly callerTask = undefined;
  readonly depth: number;
  readonly root = {};
  readonly slots = undefined;
  readonly cache = undefined;
  readonly session = undefined;
  readonly place: readonly string[];
  readonly store: NodeConfig['store'];
  readonly raised: Interrupt[] = [];
  readonly #task: WorkerFrame;
  readonly #link: RunLink;

  constructor(task: WorkerFrame, order: TaskOrder, { plan, config, link }: Parts) {
    this.#task = task;
    this.#link = link;
    this.plan = plan ?? planOfTasks(order.graph);
    this.depth = order.depth;
    this.place = order.place.slice(0, -1);
    this.store = config.store;
    const onEvent = (event: RunEvent) => {
      const text = pack(event, 'an event');
      link.post({ type: 'news', news: { type: 'event', event: text } });
    };
    const { configurable, context, tags, metadata, recursionLimit } = config;
    const inherited = { configurable, context, tags, metadata, recursionLimit };
    this.scope = new RunScope({ ...inherited, ...(order.isObserved && { onEvent }) } as never);
  }

  get snapshot() {
    return emptySnapshot(this.plan);
  }

  get abortReason(): Error | undefined {
    return this.#task.owner.abortReason;
  }

  readonly ask = (value: unknown): unknown => {
    const asked = this.#link.ask(pack(value, 'what interrupt() asks'));
    if (asked.status === 'answered') return unpack(asked.answer);
    if (asked.status === 'failed') throw unpackError(asked);
    this.raised.push(...asked.interrupts);
    throw new InterruptSignal(asked.interrupts);
  };

  taskId(task: TaskKey): string {
    return taskIdOf(this.place.join('|'), String(this.#task.info.id), task);
  }

  custom({ info }: { readonly info: TaskInfo }, value: unknown): void {
    if (this.abortReason !== undefined) return;
    if (info !== this.#task.info) return this.scope.emit({ type: 'custom', task: info, value });
    const text = pack(value, `what "${info.node}" writes`);
    this.#link.post({ type: 'news', news: { type: 'wrote', value: text } });
  }

  taskStarted(task: ReportedTask): void {
    task.startedAt = this.scope.now();
    const { info, attempt, input } = task;
    this.scope.emit({ type: 'taskStarted', task: info, attempt, input });
  }

  taskFinished(task: ReportedTask, updates: readonly Readonly<Record<string, unknown>>[]): number {
    const durationMs = this.scope.now() - task.startedAt;
    for (const update of updates) this.scope.emit({ type: 'taskWrote', task: task.info, update });
    this.scope.emit({ type: 'taskFinished', task: task.info, durationMs });
    return durationMs;
  }

  taskInterrupted(task: ReportedTask, interrupts: readonly Interrupt[]): void {
    const durationMs = this.scope.now() - task.startedAt;
    this.scope.emit({ type: 'taskInterrupted', task: task.info, durationMs, interrupts });
  }

  taskFailed(task: ReportedTask, thrown: Error, cancelled: boolean): void {
    const durationMs = this.scope.now() - task.startedAt;
    const error = toErrorInfo(thrown);
    this.scope.emit({ type: 'taskFailed', task: task.info, durationMs, error, cancelled });
  }
}

/** What stands for the plan of a task's run: its keys are checked where the run is. */
function planOfTasks(name: string): Plan {
  return { name, kind: 'entrypoint', byKey: new Map<string, number>(), channels: [] } as never;
}
