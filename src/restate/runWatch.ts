import type { RunEvent, TaskInfo, TaskStarted } from '../engine/model/events.ts';
import type { EventSource, ToldEvents } from './eventService.ts';

/** A task of the run, as its watcher knows it. */
interface Seen {
  readonly info: TaskInfo;
  /** What tells that it has started, as long as nobody has been told. */
  start: TaskStarted | undefined;
  startedAt: number;
  isOver: boolean;
  /** Those that have told of it. */
  readonly sources: Set<string>;
}

/** What one source calls its tasks and calls of models. */
interface Names {
  readonly isStep: boolean;
  readonly tasks: Map<number, Seen>;
  readonly calls: Map<number, number>;
}

const ENDS: ReadonlySet<string> = new Set(['taskFinished', 'taskFailed', 'taskInterrupted']);

/**
 * Makes one run of what steps of a loop and tries of tasks tell, each as a run of its own: what several of them tell
 * is told once, names and times are those of the run. Where events of a task got lost, those of the step
 * after it take their place.
 */
export class RunWatch {
  readonly #names = new Map<string, Names>();
  /** By branch, the task there that has started last. */
  readonly #newest = new Map<string, Seen>();
  /** Supersteps that were told to start or to be finished, by the graph's task. */
  readonly #supersteps = new Map<string, Set<string>>();
  #startedAt: number | undefined;
  #time = 0;
  #tasks = 0;
  #calls = 0;
  #isOver = false;

  /** The events to tell, in order. */
  see(parts: readonly ToldEvents[]): RunEvent[] {
    return parts.flatMap(({ from, events }) =>
      events.flatMap(({ at, event }) => this.#see(event, { from, at })),
    );
  }

  #see(
    event: RunEvent,
    { from, at }: { readonly from: EventSource; readonly at: number },
  ): RunEvent[] {
    if (this.#isOver) return [];
    if (event.type === 'runStarted') return this.#start(event, from);
    // A watcher that came late, or whose first events got lost, begins where it can.
    this.#startedAt ??= at;
    this.#time = Math.max(this.#time, at - this.#startedAt);
    const names = this.#namesOf(from);
    const timed = { ...event, time: this.#time };
    if ('task' in timed && timed.task) return this.#ofTask(timed as OfTask, names, from);
    switch (timed.type) {
      case 'continued':
        return from.step === undefined || from.step === 0 ? [timed] : [];
      case 'interrupted':
        return this.#isNew(timed.path, 'interrupted') ? [timed] : [];
      case 'warning':
        return this.#isNew([], timed.message) ? [timed] : [];
      case 'runFinished':
      case 'runFailed':
        this.#isOver = true;
        return [timed];
      case 'superstepStarted':
      case 'superstepFinished': {
        const { type, path, superstep } = timed;
        if (!names.isStep) return [timed];
        return this.#isNew(path, `${type} ${superstep}`) ? [...this.#began(path), timed] : [];
      }
      default:
        return [timed];
    }
  }

  #start(event: Extract<RunEvent, { type: 'runStarted' }>, { step }: EventSource): RunEvent[] {
    if (step !== 0 || this.#startedAt !== undefined) return [];
    this.#startedAt = event.startedAt;
    return [{ ...event, time: 0 }];
  }

  #namesOf({ id, step }: EventSource): Names {
    let names = this.#names.get(id);
    if (names === undefined) {
      names = { isStep: step !== undefined, tasks: new Map(), calls: new Map() };
      this.#names.set(id, names);
    }
    return names;
  }

  #ofTask(event: OfTask, names: Names, { id: source }: EventSource): RunEvent[] {
    const seen = this.#seen(event, names, source);
    const { type } = event;
    if (type === 'taskStarted' && names.isStep) return []; // Told when it is seen to run.
    if (seen.isOver) return [];
    const before = this.#began(seen.info.path);
    const told = { ...event, task: seen.info } as RunEvent;
    if (type === 'taskStarted') return before.length > 0 ? before : [told];
    if (ENDS.has(type)) {
      seen.isOver = true;
      const { durationMs } = event as { readonly durationMs: number };
      const since = event.time - seen.startedAt;
      return [...before, { ...told, durationMs: names.isStep ? since : durationMs } as RunEvent];
    }
    if (type.startsWith('model')) {
      const { call } = event as { readonly call: { readonly id: number } };
      return [
        ...before,
        { ...told, call: { ...call, id: this.#callId(call.id, names) } } as RunEvent,
      ];
    }
    return [...before, told];
  }

  /** The task of the run that an event tells of. */
  #seen({ task, ...event }: OfTask, names: Names, source: string): Seen {
    const known = names.tasks.get(task.id);
    if (known !== undefined) return known;
    const path = pathOf(task.path);
    const parent = this.#parentOf(task, names);
    const newest = this.#newest.get(path);
    const isSame =
      newest !== undefined &&
      // One that is tried again in the same place begins anew.
      !newest.sources.has(source) &&
      newest.info.superstep === task.superstep &&
      newest.info.parent === parent;
    if (isSame) {
      names.tasks.set(task.id, newest);
      newest.sources.add(source);
      return newest;
    }
    const { parent: _, ...rest } = task;
    const id = ++this.#tasks;
    const info: TaskInfo = { ...rest, id, ...(parent !== undefined && { parent }) };
    const start: TaskStarted =
      event.type === 'taskStarted'
        ? { ...(event as unknown as TaskStarted), task: info }
        : { type: 'taskStarted', time: this.#time, task: info, attempt: 1, input: undefined };
    const seen: Seen = {
      info,
      start,
      startedAt: this.#time,
      isOver: false,
      sources: new Set([source]),
    };
    names.tasks.set(task.id, seen);
    this.#newest.set(path, seen);
    return seen;
  }

  #parentOf({ parent, path }: TaskInfo, names: Names): number | undefined {
    if (parent === undefined) return undefined;
    const known = names.tasks.get(parent);
    if (known !== undefined) return known.info.id;
    return this.#newest.get(pathOf(path.slice(0, -1)))?.info.id;
  }

  /** Tells that the tasks on a branch have started of which nobody was told. */
  #began(path: readonly string[]): RunEvent[] {
    const told: RunEvent[] = [];
    for (let i = 1; i <= path.length; i++) {
      const seen = this.#newest.get(pathOf(path.slice(0, i)));
      if (seen?.start === undefined) continue;
      told.push({ ...seen.start, time: this.#time });
      seen.start = undefined;
      seen.startedAt = this.#time;
    }
    return told;
  }

  #isNew(path: readonly string[], what: string): boolean {
    const graph = `${this.#newest.get(pathOf(path))?.info.id ?? 0}`;
    let told = this.#supersteps.get(graph);
    if (told === undefined) this.#supersteps.set(graph, (told = new Set()));
    if (told.has(what)) return false;
    told.add(what);
    return true;
  }

  #callId(id: number, { calls }: Names): number {
    let known = calls.get(id);
    if (known === undefined) calls.set(id, (known = ++this.#calls));
    return known;
  }
}

type OfTask = Extract<RunEvent, { readonly task: TaskInfo }>;

function pathOf(path: readonly string[]): string {
  return path.join('/');
}
