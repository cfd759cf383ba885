import type { InterruptInfo, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import { nodeIdInside } from '../../engine/model/nodeId.ts';
import { INTERRUPT_KEY } from '../../engine/model/signals.ts';
import { describeError } from '../describeError.ts';
import { isObject, type TheirChunk, type TheirGraph, type TheirTaskChunk } from './theirLibrary.ts';

/** Triggers a task that was sent, or called by another one. */
const PUSH = '__pregel_push';
/** What an error handler is called is the name of its node behind this. */
const HANDLER = '__error_handler__';

type State = Readonly<Record<string, unknown>>;
type Started = Extract<TheirTaskChunk, { type: 'task' }>;
type Ended = Extract<TheirTaskChunk, { type: 'task_result' }>;
/** An event without its time, which is now. */
type Untimed = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'time'>
    : never
  : never;

/** A graph at work: the one that runs, or one inside it. */
interface Level {
  /** The task whose node it is; absent for the root. */
  readonly parent: TaskInfo | undefined;
  readonly path: readonly string[];
  /** As LangGraph.js counts it; the input comes before the first. */
  step: number;
  isOpen: boolean;
  /** Tasks of a superstep that were announced and not told yet. */
  announced: Started[];
  /** Tasks that have begun and not ended, by their ids there. */
  readonly open: Map<string, OpenTask>;
  /** Ids of those that failed and that no handler has taken over yet, by node. */
  readonly failed: Map<string, string[]>;
  readonly written: Set<string>;
  /** What the mode `updates` has told, until the end of its task comes. */
  update: State;
  state: unknown;
}

interface OpenTask {
  readonly info: TaskInfo;
  readonly startedAt: number;
  /** Whether the run fails for it, or goes on with an error handler, is seen from what comes then. */
  failed?: { readonly error: unknown; readonly after: number };
}

/** Makes our events of the chunks that a run of LangGraph.js streams. */
export class TheirEvents {
  readonly #onEvent: (event: RunEvent) => void;
  readonly #graph: TheirGraph;
  readonly #start = performance.now();
  readonly #levels = new Map<string, Level>();
  /** Tasks by their ids there, also those that have ended. */
  readonly #tasks = new Map<string, TaskInfo>();
  /** Those with tasks that were announced and not told yet. */
  readonly #announcing = new Set<Level>();
  /** Tasks that failed, by the id of the handler that takes over. */
  readonly #handlers = new Map<string, string>();
  readonly #calls = new Map<TaskInfo, Map<string, number>>();
  readonly #interrupts: InterruptInfo[] = [];
  #hasPaused = false;
  #lastId = 0;
  #timer: NodeJS.Immediate | undefined;

  constructor({
    name,
    graph,
    input,
    onEvent,
  }: {
    readonly name: string;
    readonly graph: TheirGraph;
    readonly input: unknown;
    readonly onEvent: (event: RunEvent) => void;
  }) {
    this.#onEvent = onEvent;
    this.#graph = graph;
    const startedAt = performance.timeOrigin + this.#start;
    this.tell({ type: 'runStarted', graph: name, startedAt, input });
    if (isObject(input) && input['lg_name'] !== 'Command') {
      for (const key of Object.keys(input)) this.#levelAt([]).written.add(key);
    }
  }

  /** Milliseconds since the start. */
  now(): number {
    return performance.now() - this.#start;
  }

  tell(event: Untimed): void {
    this.#onEvent({ ...event, time: this.now() });
  }

  add([namespace, mode, payload]: TheirChunk): void {
    const level = this.#levelAt(namespace);
    if (mode === 'debug') {
      const chunk = payload as TheirTaskChunk | { readonly type: 'checkpoint' };
      if (chunk.type === 'task') return this.#announce(level, chunk);
      this.flush();
      if (chunk.type === 'task_result') this.#onResult(level, chunk);
      return;
    }
    this.flush();
    if (isObject(payload) && INTERRUPT_KEY in payload) this.#hasPaused = true;
    else if (mode === 'updates') level.update = isObject(payload) ? payload : {};
    else if (mode === 'values') this.#onValues(level, payload);
  }

  custom(task: TaskInfo | undefined, value: unknown): void {
    if (task) this.tell({ type: 'custom', task, value });
  }

  /** The task that a config's metadata name. */
  taskOf(metadata: Readonly<Record<string, unknown>> | undefined): TaskInfo | undefined {
    const place = metadata?.['langgraph_checkpoint_ns'];
    return typeof place === 'string' ? this.#taskAt(place.split('|')) : undefined;
  }

  /** Tells of all tasks that were announced. */
  flush(): void {
    clearImmediate(this.#timer);
    this.#timer = undefined;
    for (const level of this.#announcing) this.#begin(level);
    this.#announcing.clear();
  }

  /** The run has ended by itself, or pauses. */
  end(): { readonly output: unknown; readonly interrupts: readonly InterruptInfo[] | undefined } {
    this.flush();
    const root = this.#levelAt([]);
    if (!this.#hasPaused) this.#close(root);
    const interrupts = this.#hasPaused ? this.#interrupts : undefined;
    if (interrupts) this.#tellPause(root, interrupts);
    const output = this.#outputOf(root.state);
    this.tell({ type: 'runFinished', output, ...(interrupts && { isPaused: true }) });
    return { output, interrupts };
  }

  fail(error: unknown, { cancelled }: { readonly cancelled: boolean }): void {
    this.flush();
    const told = describeError(error);
    const id = isObject(error) ? error['pregelTaskId'] : undefined;
    const blamed = new Set<number>();
    const culprit = cancelled || typeof id !== 'string' ? undefined : this.#tasks.get(id);
    for (let task = culprit; task; task = this.#parentOf(task)) blamed.add(task.id);
    const open = [...this.#levels.values()].flatMap((level) => [...level.open.values()]);
    // What is inside began later.
    open.sort((a, b) => b.info.id - a.info.id);
    for (const { info: task, startedAt } of open) {
      const durationMs = this.now() - startedAt;
      const isAside = !blamed.has(task.id);
      this.tell({ type: 'taskFailed', task, durationMs, error: told, cancelled: isAside });
    }
    for (const level of this.#levels.values()) level.open.clear();
    const failure = culprit && {
      node: culprit.node,
      path: culprit.path,
      superstep: culprit.superstep,
      attempt: 1,
    };
    const { state } = this.#levelAt([]);
    this.tell({ type: 'runFailed', error: told, cancelled, ...(failure && { failure }), state });
  }

  #levelAt(namespace: readonly string[]): Level {
    const key = namespace.join('|');
    const known = this.#levels.get(key);
    if (known) return known;
    const parent = this.#taskAt(namespace);
    const level: Level = {
      parent,
      path: parent?.path ?? [],
      step: 0,
      isOpen: false,
      announced: [],
      open: new Map(),
      failed: new Map(),
      written: new Set(),
      update: {},
      state: {},
    };
    this.#levels.set(key, level);
    return level;
  }

  /** The innermost task of a namespace whose segments are `node:id`, or a number for a second graph in a node. */
  #taskAt(namespace: readonly string[]): TaskInfo | undefined {
    const id = namespace.findLast((segment) => segment.includes(':'))?.replace(/^.*:/, '');
    return id === undefined ? undefined : this.#tasks.get(id);
  }

  #announce(level: Level, chunk: Started): void {
    level.announced.push(chunk);
    this.#announcing.add(level);
    this.#timer ??= setImmediate(() => this.flush());
  }

  #begin(level: Level): void {
    if (level.announced.length === 0) return;
    const announced = level.announced.filter(({ payload }) => !this.#isHandler(level, payload));
    level.announced = [];
    if (announced.length === 0) return;
    // Of one superstep all tasks are announced at once: those that were sent, then the others.
    const { step } = announced[0]!;
    const isNew = !level.isOpen || step !== level.step;
    const firstPulled = announced.findIndex(({ payload }) => !isPushed(payload));
    const isCall = ({ payload }: Started, i: number) =>
      isPushed(payload) &&
      (!isNew || (firstPulled >= 0 && i > firstPulled) || this.#isNoNode(level, payload.name));
    const calls = announced.filter(isCall);
    const tasks = announced.filter((chunk, i) => !isCall(chunk, i));
    if (tasks.length > 0) this.#beginSuperstep(level, step, tasks);
    for (const { payload } of calls) this.#beginCall(level, payload);
  }

  /** A handler is no task of its own: what it does is what becomes of the task that failed. */
  #isHandler(level: Level, { id, name }: Started['payload']): boolean {
    if (!name.startsWith(HANDLER)) return false;
    const failed = level.failed.get(name.slice(HANDLER.length))?.shift();
    if (failed !== undefined) this.#handlers.set(id, failed);
    return failed !== undefined;
  }

  #isNoNode(level: Level, name: string): boolean {
    return level.parent === undefined && !(name in this.#graph.nodes);
  }

  #beginSuperstep(level: Level, step: number, tasks: readonly Started[]): void {
    this.#close(level);
    level.step = step;
    level.isOpen = true;
    const sends: Record<string, number> = {};
    // In the order in which what they write is folded.
    const inOrder = [
      ...tasks.filter(({ payload }) => !isPushed(payload)),
      ...tasks.filter(({ payload }) => isPushed(payload)),
    ];
    const infos = inOrder.map(({ payload }) => {
      const { name } = payload;
      const at = isPushed(payload) ? (sends[name] = (sends[name] ?? 0) + 1) - 1 : undefined;
      return this.#taskFor(level, payload, at === undefined ? name : `${name}[${at}]`);
    });
    if (!this.#isEntrypoint(level)) {
      this.tell({
        type: 'superstepStarted',
        path: level.path,
        superstep: step,
        tasks: tasks.length,
        ...(Object.keys(sends).length > 0 && { sends }),
      });
    }
    inOrder.forEach(({ payload }, i) => this.#tellStart(level, payload, infos[i]!));
  }

  #beginCall(level: Level, payload: Started['payload']): void {
    // Which of several tasks has called it is not told.
    let caller: TaskInfo | undefined;
    for (const { info } of level.open.values()) {
      if (info.kind === 'task') continue;
      caller = info;
      break;
    }
    const parent = caller ?? level.parent;
    const counts = (parent && this.#calls.get(parent)) ?? new Map<string, number>();
    if (parent) this.#calls.set(parent, counts);
    const at = counts.get(payload.name) ?? 0;
    counts.set(payload.name, at + 1);
    const segment = `${payload.name}[${at}]`;
    const info: TaskInfo = {
      id: ++this.#lastId,
      ...(parent && { parent: parent.id }),
      kind: 'task',
      node: payload.name,
      nodeId: nodeIdInside(parent?.nodeId, payload.name),
      path: [...(parent?.path ?? level.path), segment],
      superstep: parent?.superstep ?? 1,
    };
    this.#tasks.set(payload.id, info);
    this.#tellStart(level, payload, info);
  }

  #taskFor({ parent, path, step }: Level, payload: Started['payload'], segment: string): TaskInfo {
    const { id, name } = payload;
    const isEntrypoint = parent === undefined && this.#graph.builder === undefined;
    const info: TaskInfo = {
      id: ++this.#lastId,
      ...(parent && { parent: parent.id }),
      ...(isEntrypoint && { kind: 'entrypoint' }),
      node: name,
      nodeId: nodeIdInside(parent?.nodeId, name),
      path: [...path, segment],
      superstep: Math.max(1, step),
    };
    this.#tasks.set(id, info);
    return info;
  }

  #tellStart(level: Level, { id, input }: Started['payload'], info: TaskInfo): void {
    level.open.set(id, { info, startedAt: this.now() });
    this.tell({ type: 'taskStarted', task: info, attempt: 1, input });
  }

  #onResult(level: Level, { payload }: Ended): void {
    const { name, interrupts } = payload;
    const id = this.#handlers.get(payload.id) ?? payload.id;
    const open = level.open.get(id);
    if (!open) return;
    const { info: task, startedAt } = open;
    const durationMs = this.now() - startedAt;
    if (payload.error != null) {
      open.failed = { error: payload.error, after: durationMs };
      const failed = level.failed.get(task.node);
      if (failed) failed.push(id);
      else level.failed.set(task.node, [id]);
      return;
    }
    level.open.delete(id);
    const { [name]: update, __metadata__: metadata } = level.update;
    level.update = {};
    if (interrupts.length > 0) {
      const told = interrupts.map(({ id: question = '', value }) => ({ id: question, value }));
      // A graph around repeats what was asked inside it.
      const known = new Set(this.#interrupts.map(({ id: question }) => question));
      this.#interrupts.push(...told.filter(({ id: question }) => !known.has(question)));
      this.#hasPaused = true;
      return this.tell({ type: 'taskInterrupted', task, durationMs, interrupts: told });
    }
    for (const one of task.kind ? [{ [name]: update }] : updatesIn(update)) {
      for (const key of Object.keys(one)) level.written.add(key);
      this.tell({ type: 'taskWrote', task, update: one });
    }
    const isCached = isObject(metadata) && metadata['cached'] === true;
    const handled = open.failed && describeError(open.failed.error);
    this.tell({
      type: 'taskFinished',
      task,
      durationMs,
      ...(isCached && { cached: true }),
      ...(handled && { handled }),
    });
  }

  #onValues(level: Level, state: unknown): void {
    level.state = state;
    if (level.isOpen) return this.#close(level);
    if (!this.#isEntrypoint(level)) this.#tellState(level, 0);
  }

  /** A superstep that wrote nothing tells no state: it has that of the one before. */
  #close(level: Level): void {
    if (!level.isOpen) return;
    level.isOpen = false;
    for (const [id, { info: task, failed }] of level.open) {
      if (!failed) continue;
      level.open.delete(id);
      const handled = describeError(failed.error);
      this.tell({ type: 'taskFinished', task, durationMs: failed.after, handled });
    }
    level.failed.clear();
    if (!this.#isEntrypoint(level)) this.#tellState(level, level.step);
  }

  #tellState(level: Level, superstep: number): void {
    const { path, state } = level;
    const written = [...level.written].filter((key) => isObject(state) && key in state);
    level.written.clear();
    this.tell({ type: 'superstepFinished', path, superstep, written, state: state as State });
  }

  #tellPause({ step }: Level, interrupts: readonly InterruptInfo[]): void {
    const at = { path: [], superstep: Math.max(1, step), interrupts };
    // Of a breakpoint it is not told at which nodes, or when.
    const breakpoint = { when: 'before', nodes: [] } as const;
    this.tell({ type: 'interrupted', ...at, ...(interrupts.length === 0 && { breakpoint }) });
  }

  #isEntrypoint({ parent }: Level): boolean {
    return parent === undefined && this.#graph.builder === undefined;
  }

  #parentOf({ parent }: TaskInfo): TaskInfo | undefined {
    return [...this.#tasks.values()].find(({ id }) => id === parent);
  }

  /** What `invoke` gives of a state: the mode `values` tells all of its keys. */
  #outputOf(state: unknown): unknown {
    const { outputChannels } = this.#graph;
    if (typeof outputChannels === 'string' || !isObject(state)) return state;
    return Object.fromEntries(
      Object.entries(state).filter(([key]) => outputChannels.includes(key)),
    );
  }
}

function isPushed({ triggers }: Started['payload']): boolean {
  return triggers.includes(PUSH);
}

/** One of a node comes as it is, several as a list; none as an empty one. */
function updatesIn(update: unknown): State[] {
  const updates = Array.isArray(update) ? (update as unknown[]) : [update];
  return updates.filter((one): one is State => isObject(one) && Object.keys(one).length > 0);
}
