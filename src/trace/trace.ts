import type {
  Continued,
  Interrupted,
  ModelFinished,
  RunEvent,
  RunStarted,
  SuperstepFinished,
  SuperstepStarted,
  TaskFinished,
  TaskInfo,
  TaskInterrupted,
  TaskRecalled,
  TaskStarted,
  TaskWrote,
} from '../engine/model/events.ts';
import { OpenTasks } from '../engine/model/openTasks.ts';
import { EdgeCounts } from './edgeCounts.ts';
import { OutputLog } from './outputLog.ts';
import { takeOver } from './sameData.ts';
import type { ModelSpan, Pause, SpanStatus, SuperstepSpan, TaskSpan } from './spans.ts';
import { WorkMeter } from './workMeter.ts';

export type { RunEvent };

/** An event of which keys of the state may be left out: those named are as they were before. */
export type TracedEvent = RunEvent & { readonly unchanged?: readonly string[] };

/** How a run stands. */
export type TraceStatus = 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** More tasks than this are counted only. */
const MAX_TASKS = 200_000;
/** Of more supersteps than this only the newest is known. */
const MAX_SUPERSTEPS = 100_000;
/** The least and the largest share of the time before it that waiting for an answer is shown as. */
const PAUSE_SHARE = 0.1;
const LEAST_PAUSE_MS = 40;

/**
 * The one fold over the events of a run: who ran when, inside of what, waiting for what, and what was
 * written. Constant cost per event. A run that goes on with an earlier one, which waited, is added to
 * the same trace: its times follow those of the first.
 */
export class Trace {
  readonly #maxTasks: number;
  readonly #open = new OpenTasks<TaskSpan>((event, parent) => this.#task(event, parent));
  readonly #calls = new Map<number, { readonly span: ModelSpan; readonly task: TaskSpan }>();
  /** The newest superstep of each graph, by its path. */
  readonly #latest = new Map<string, SuperstepSpan>();
  readonly #work = new WorkMeter();
  /** By graph's path, those of its tasks that wait for answers. */
  #waiting: TaskSpan[] = [];
  #offsetMs = 0;
  #lastMs = 0;
  #startedAt: number | undefined;
  #status: TraceStatus = 'running';
  #graph = '';
  #revision = 0;
  #omitted = 0;

  /** Every task, in the order in which they started. */
  readonly tasks: TaskSpan[] = [];
  /** Every superstep of every graph, in the order in which they started. */
  readonly supersteps: SuperstepSpan[] = [];
  readonly pauses: Pause[] = [];
  readonly edges = new EdgeCounts();
  readonly output = new OutputLog();

  /** @param options `maxTasks`: how many tasks are kept; 200,000 by default. */
  constructor(options: { readonly maxTasks?: number } = {}) {
    this.#maxTasks = options.maxTasks ?? MAX_TASKS;
  }

  /** The name of the graph that runs. */
  get graph(): string {
    return this.#graph;
  }

  get status(): TraceStatus {
    return this.#status;
  }

  /** Wall-clock time of the start, in milliseconds since the Unix epoch; absent before it. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** The time of the last event. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Another number after each event. */
  get revision(): number {
    return this.#revision;
  }

  /** How many tasks are not in `tasks`, since there were too many. */
  get tasksOmitted(): number {
    return this.#omitted;
  }

  /** What the tasks took in all, up to now. */
  work(nowMs: number): { readonly workMs: number; readonly peak: number } {
    return { workMs: this.#work.totalMs(nowMs), peak: this.#work.peak };
  }

  add(event: TracedEvent): void {
    this.#revision++;
    const task = this.#open.see(event);
    if (event.type === 'runStarted') return this.#start(event);
    const timeMs = event.time + this.#offsetMs;
    if (timeMs > this.#lastMs) this.#lastMs = timeMs;
    switch (event.type) {
      case 'superstepStarted':
        return void this.#newSuperstep(event, event.tasks, timeMs);
      case 'superstepFinished':
        return this.#superstepEnd(event, timeMs);
      case 'continued':
        // What it goes on from; the differences of the next superstep are to this.
        return this.#given(event, timeMs);
      case 'taskStarted':
        return void task?.attempts.push({ startMs: timeMs });
      case 'taskRetrying': {
        const attempt = task?.attempts.at(-1);
        if (attempt) Object.assign(attempt, { endMs: timeMs, error: event.error });
        return;
      }
      case 'taskWrote':
        return this.#wrote(event, task, timeMs);
      case 'taskRecalled':
        return this.#recall(event, timeMs);
      case 'taskFinished':
        return this.#finish(event, task, timeMs);
      case 'taskFailed':
        if (!task) return;
        this.#end(task, timeMs, event.cancelled ? 'cancelled' : 'failed');
        task.error = event.error;
        return;
      case 'taskInterrupted':
        return this.#ask(event, task, timeMs);
      case 'interrupted':
        return this.#interrupt(event, timeMs);
      case 'modelStarted':
      case 'modelStreamed':
      case 'modelRetrying':
      case 'modelFinished':
      case 'modelFailed':
        return this.#model(event, task, timeMs);
      case 'console':
      case 'custom':
      case 'warning':
        return this.output.add(event, timeMs, task);
      case 'runFinished':
        return this.#over(event.isPaused ? 'waiting' : 'done', timeMs);
      case 'runFailed':
        return this.#over(event.cancelled ? 'cancelled' : 'failed', timeMs);
      case 'checkpointMade':
        return;
      default:
        event satisfies never;
    }
  }

  #start({ graph, startedAt }: RunStarted): void {
    if (this.#startedAt === undefined) this.#startedAt = startedAt;
    else this.#goOn(startedAt - this.#startedAt);
    this.#graph = graph;
    this.#status = 'running';
    this.#calls.clear();
    this.output.endStreams();
  }

  /** Another run follows the first after a pause, of which a part is shown. */
  #goOn(sinceStartMs: number): void {
    const before = this.pauses.reduce(
      (sum, { realMs, startMs, endMs }) => sum + realMs - endMs + startMs,
      0,
    );
    const realMs = Math.max(0, sinceStartMs - before - this.#lastMs);
    const shownMs = Math.min(realMs, Math.max(LEAST_PAUSE_MS, this.#lastMs * PAUSE_SHARE));
    const pause = { startMs: this.#lastMs, endMs: this.#lastMs + shownMs, realMs };
    this.pauses.push(pause);
    this.#offsetMs = this.#lastMs = pause.endMs;
    for (const span of this.#waiting) span.endMs ??= pause.endMs;
    this.#waiting = [];
  }

  #newSuperstep(
    { path, superstep }: Pick<SuperstepStarted, 'path' | 'superstep'>,
    planned: number,
    timeMs: number,
  ): SuperstepSpan {
    const key = keyOf(path);
    const before = this.#latest.get(key);
    const span: SuperstepSpan = {
      index: this.supersteps.length,
      path,
      superstep,
      parent: this.#around(path),
      startMs: timeMs,
      endMs: undefined,
      planned,
      tasks: [],
      ...(before?.state && { state: before.state }),
    };
    if (this.supersteps.length < MAX_SUPERSTEPS) this.supersteps.push(span);
    this.#latest.set(key, span);
    return span;
  }

  /** The task whose graph has this path. */
  #around(path: readonly string[]): TaskSpan | undefined {
    if (path.length === 0) return undefined;
    const node = path.at(-1);
    return this.#latest
      .get(keyOf(path.slice(0, -1)))
      ?.tasks.findLast(({ task }) => task.path.at(-1) === node);
  }

  #superstepEnd(
    event: SuperstepFinished & { readonly unchanged?: readonly string[] },
    timeMs: number,
  ): void {
    const { path, superstep, written } = event;
    const latest = this.#latest.get(keyOf(path));
    const isIt = latest?.superstep === superstep && latest.endMs === undefined;
    const span = isIt ? latest : this.#newSuperstep(event, 0, timeMs);
    span.endMs = timeMs;
    span.written = written;
    span.state = takeOver(span.state, wholeState(span.state, event));
  }

  #given(event: Continued, timeMs: number): void {
    const span = this.#newSuperstep(event, 0, timeMs);
    span.endMs = timeMs;
    span.written = [];
    span.state = takeOver(span.state, event.state);
  }

  #task({ task, input, time }: TaskStarted, parent: TaskSpan | undefined): TaskSpan | undefined {
    const span = this.#add(task, time + this.#offsetMs, { input, parent });
    if (span) this.#work.start(span);
    return span;
  }

  /** @param how `status`: of a task that has not run in this run, since it was recalled. */
  #add(
    task: TaskInfo,
    timeMs: number,
    how: { readonly status?: SpanStatus; input?: unknown; parent?: TaskSpan | undefined },
  ): TaskSpan | undefined {
    if (this.tasks.length >= this.#maxTasks) return void this.#omitted++;
    const { status = 'running', input } = how;
    const isRecalled = how.status !== undefined;
    const superstep = task.kind ? undefined : this.#superstepOf(task);
    const parent = task.parent === undefined ? superstep?.parent : how.parent;
    const span: TaskSpan = {
      index: this.tasks.length,
      task,
      parent,
      superstep,
      readyMs: superstep?.startMs ?? timeMs,
      startMs: timeMs,
      endMs: status === 'running' ? undefined : timeMs,
      status,
      attempts: [],
      calls: [],
      children: [],
      input,
      updates: [],
      isCached: false,
      isHandled: false,
      isRecalled,
    };
    this.tasks.push(span);
    superstep?.tasks.push(span);
    parent?.children.push(span);
    if (superstep?.superstep === 1 && !isRecalled) this.edges.began(task);
    return span;
  }

  #superstepOf({ path, superstep }: TaskInfo): SuperstepSpan | undefined {
    const latest = this.#latest.get(keyOf(path.slice(0, -1)));
    return latest?.superstep === superstep ? latest : undefined;
  }

  #wrote(event: TaskWrote, span: TaskSpan | undefined, timeMs: number): void {
    if (!event.isShownOnly) span?.updates.push(event.update);
    this.output.update(event, timeMs, span);
  }

  #recall({ task, updates }: TaskRecalled, timeMs: number): void {
    const parent = this.#open.get(task.parent);
    this.#add(task, timeMs, { status: 'done', parent })?.updates.push(...updates);
  }

  #finish(event: TaskFinished, span: TaskSpan | undefined, timeMs: number): void {
    const { cached, handled } = event;
    this.edges.finished(event);
    if (!span) return;
    this.#end(span, timeMs, 'done');
    span.isCached = cached ?? false;
    span.isHandled = handled !== undefined;
    if (handled) span.error = handled;
  }

  /** What a run that went before has asked already has not started in this one. */
  #ask({ task, interrupts }: TaskInterrupted, open: TaskSpan | undefined, timeMs: number): void {
    const parent = this.#open.get(task.parent);
    if (open) this.#end(open, timeMs, 'waiting');
    const span = open ?? this.#add(task, timeMs, { status: 'waiting', parent });
    if (!span) return;
    span.interrupts = interrupts;
    this.#waiting.push(span);
  }

  #end(span: TaskSpan, timeMs: number, status: SpanStatus): void {
    span.status = status;
    if (status !== 'waiting') span.endMs = timeMs;
    const attempt = span.attempts.at(-1);
    if (attempt) attempt.endMs ??= timeMs;
    this.#work.end(span, timeMs - span.startMs);
  }

  /** A graph that stops at a breakpoint, or for answers, has its superstep left open. */
  #interrupt({ path }: Interrupted, timeMs: number): void {
    const latest = this.#latest.get(keyOf(path));
    if (latest) latest.endMs ??= timeMs;
  }

  #model(
    event: Extract<RunEvent, { readonly call: unknown }>,
    asking: TaskSpan | undefined,
    timeMs: number,
  ): void {
    const { call } = event;
    if (event.type === 'modelStarted') {
      if (!asking) return;
      const counts = { status: 'running', backoffs: [], tokensIn: 0, tokensOut: 0 } as const;
      const span: ModelSpan = { call, startMs: timeMs, ...counts, backoffs: [], isCached: false };
      asking.calls.push(span);
      this.#calls.set(call.id, { span, task: asking });
      return;
    }
    const open = this.#calls.get(call.id);
    if (!open) return;
    const { span, task } = open;
    if (event.type === 'modelStreamed') {
      span.firstTokenMs ??= timeMs;
      return this.output.stream(event, timeMs, task);
    }
    if (event.type === 'modelRetrying') {
      span.backoffs.push({ startMs: timeMs, endMs: timeMs + event.delayMs });
      return;
    }
    this.#calls.delete(call.id);
    this.output.streamed(call.id);
    span.endMs = timeMs;
    span.status = event.type === 'modelFinished' ? 'done' : 'failed';
    if (event.type === 'modelFailed') span.error = event.error;
    else countTokens(span, event);
  }

  #over(status: TraceStatus, timeMs: number): void {
    // Nothing runs on after the run, whatever was or was not said about it.
    for (const span of this.#open.endAll()) this.#end(span, timeMs, 'cancelled');
    for (const { span } of this.#calls.values()) {
      Object.assign(span, { endMs: timeMs, status: 'failed' });
    }
    this.#calls.clear();
    this.output.endStreams();
    for (const superstep of this.#latest.values()) superstep.endMs ??= timeMs;
    this.#status = status;
  }
}

function countTokens(span: ModelSpan, { usage, cached }: ModelFinished): void {
  span.isCached = cached ?? false;
  span.tokensIn = usage?.input_tokens ?? 0;
  span.tokensOut = usage?.output_tokens ?? 0;
}

function keyOf(path: readonly string[]): string {
  return path.length === 0 ? '' : JSON.stringify(path);
}

type State = Readonly<Record<string, unknown>>;

function wholeState(
  before: State | undefined,
  { state, unchanged = [] }: { readonly state: State; readonly unchanged?: readonly string[] },
): State {
  if (!before || unchanged.length === 0) return state;
  const kept = unchanged.filter((key) => Object.hasOwn(before, key));
  return { ...Object.fromEntries(kept.map((key) => [key, before[key]])), ...state };
}
