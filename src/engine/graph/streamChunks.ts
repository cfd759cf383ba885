import type {
  CheckpointMade,
  InterruptInfo,
  ModelStreamed,
  RunEvent,
  TaskInfo,
} from '../model/events.ts';
import { OpenTasks } from '../model/openTasks.ts';
import { AIMessageChunk, isMessage, type BaseMessage } from '../model/messages.ts';
import { INTERRUPT_KEY } from '../model/signals.ts';
import { callPath, placeMetadata, taskIdAt, triggersOf } from '../run/taskMetadata.ts';
import { taskPath } from '../plan/taskPath.ts';
import type { TaskPath } from '../model/stateSnapshot.ts';
import type { StreamMode } from '../model/runConfig.ts';

type Update = Readonly<Record<string, unknown>>;

/** What chunks need to know beside the events. */
export interface ChunkOptions {
  readonly mode: StreamMode | readonly StreamMode[];
  /** Also make chunks of what happens inside subgraphs, preceded by their namespace. */
  readonly subgraphs: boolean;
  readonly kind: 'graph' | 'entrypoint';
  /** Of the call; part of the metadata of chunks. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly tags: readonly string[] | undefined;
}

/** A task under way. */
interface OpenTask {
  readonly task: TaskInfo;
  /** Where its chunks belong: `node:id` of the tasks it is inside ofs graph, outermost first. */
  readonly namespace: readonly string[];
  readonly path: TaskPath;
  readonly updates: Update[];
}

const ROOT: readonly string[] = [];

/** Folds the events of a run into the chunks of its stream. */
export class ChunkMaker {
  readonly #options: ChunkOptions;
  readonly #modes: ReadonlySet<StreamMode>;
  readonly #isTagged: boolean;
  readonly #tellsTasks: boolean;
  readonly #emit: (chunk: unknown) => void;
  readonly #open = new OpenTasks<OpenTask>(({ task }) => this.#enter(task));
  readonly #seenMessages = new Set<string>();
  /** By namespace and id, since those around a graph ask its questions too. */
  readonly #toldQuestions = new Set<string>();
  #startedAt = 0;
  /**
   * Namespace of the graph that is streamed, which may be called inside a node. The first event that
   * has a place is always about this graph.
   */
  #root: readonly string[] | undefined;

  constructor(options: ChunkOptions, emit: (chunk: unknown) => void) {
    const { mode } = options;
    this.#options = options;
    this.#modes = new Set(typeof mode === 'string' ? [mode] : mode);
    this.#isTagged = typeof mode !== 'string';
    this.#tellsTasks = this.#modes.has('tasks') || this.#modes.has('debug');
    this.#emit = emit;
  }

  add(event: RunEvent): void {
    const open = this.#open.see(event);
    switch (event.type) {
      case 'runStarted':
        this.#startedAt = event.startedAt;
        break;
      case 'taskStarted':
        if (event.attempt > 1 || !open) break;
        if (this.#modes.has('messages')) this.#noteGiven(open, event.input);
        if (this.#tellsTasks) this.#pushTask(event.time, open, 'task', toStart(open, event.input));
        break;
      case 'taskWrote':
        if (!event.isShownOnly) open?.updates.push(event.update);
        if (this.#modes.has('messages'))
          this.#pushMessages(open ?? this.#enter(event.task), event.update);
        break;
      case 'taskRecalled': {
        // The peer tells the start of such a task too, and never its end: it is not told here.
        const recalled = this.#enter(event.task);
        recalled.updates.push(...event.updates);
        this.#pushUpdate(recalled, true);
        break;
      }
      case 'taskFinished':
        if (!open) break;
        this.#pushUpdate(open, event.cached ?? false);
        this.#pushResult(event.time, open);
        // Of an entrypoint inside what is streamed, which has no state either.
        if (event.task.kind === 'entrypoint' && !this.#isRoot(open.namespace))
          this.#push(open.namespace, 'values', open.updates[0]?.[event.task.node]);
        break;
      case 'taskFailed': {
        const { name, message } = event.error;
        if (open) this.#pushResult(event.time, open, { error: { name, message } });
        break;
      }
      case 'taskInterrupted':
        // One that is not open is a task of which its own run has told: it has not begun in this one.
        if (!open) break;
        // At once: the tasks beside it may take long, and somebody could answer meanwhile.
        this.#pushQuestions(open.namespace, event.interrupts);
        this.#pushResult(event.time, open, { interrupts: event.interrupts });
        break;
      case 'interrupted': {
        const namespace = this.#namespaceAt(event);
        this.#pushQuestions(namespace, event.interrupts);
        // What a graph inside comes to waits for its task; only what is streamed tells how it pauses.
        if (!this.#isRoot(namespace)) break;
        if (event.interrupts.length === 0) this.#pushInterrupt(namespace, []);
        if (event.state !== undefined) this.#push(namespace, 'values', event.state);
        break;
      }
      case 'checkpointMade':
        this.#pushCheckpoint(event);
        break;
      case 'continued':
        this.#push(this.#namespaceAt(event), 'values', event.state);
        break;
      case 'superstepFinished':
        if (event.written.length > 0) {
          this.#push(this.#namespaceAt(event), 'values', event.state);
        }
        break;
      case 'custom':
        // Told for whoever listens, from however deep inside it comes.
        this.#push(
          this.#options.subgraphs ? spaceAround(event.task) : this.#rootNamespace,
          'custom',
          event.value,
        );
        break;
      case 'modelStreamed':
        if (this.#modes.has('messages')) this.#pushPiece(open ?? this.#enter(event.task), event);
        break;
      case 'runFinished':
        // A graph's last state has been told already, and so has what a run waits for.
        if (this.#options.kind === 'entrypoint' && !event.isPaused)
          this.#push(this.#rootNamespace, 'values', event.output);
        break;
      default:
    }
  }

  #enter(task: TaskInfo): OpenTask {
    const parent = this.#open.get(task.parent);
    const index = indexOf(task);
    // Functional tasks stand beside their callers, in the graph that these are part of.
    const isBeside = task.kind === 'task';
    const namespace = isBeside ? (parent?.namespace ?? ROOT) : spaceAround(task);
    this.#root ??= namespace;
    const path = isBeside ? callPath(parent?.path ?? [], index) : taskPath(task.node, index);
    return { task, namespace, path, updates: [] };
  }

  /** Of the graph that an event tells of. */
  #namespaceAt({ place = ROOT }: { readonly place?: readonly string[] }): readonly string[] {
    this.#root ??= place;
    return place;
  }

  get #rootNamespace(): readonly string[] {
    return this.#root ?? ROOT;
  }

  #isRoot(namespace: readonly string[]): boolean {
    return namespace.length === this.#rootNamespace.length;
  }

  #pushUpdate({ task, namespace, updates }: OpenTask, isCached: boolean): void {
    if (!this.#modes.has('updates')) return;
    const update = task.kind === undefined ? { [task.node]: joined(updates) } : { ...updates[0] };
    const cached = isCached && { __metadata__: { cached: true } };
    this.#push(namespace, 'updates', { ...update, ...cached });
  }

  /** Tells the questions of a graph that have not been told. */
  #pushQuestions(namespace: readonly string[], questions: readonly InterruptInfo[]): void {
    const keyOf = ({ id }: InterruptInfo) => [...namespace, id].join('|');
    const untold = questions.filter((question) => !this.#toldQuestions.has(keyOf(question)));
    if (untold.length === 0) return;
    for (const question of untold) this.#toldQuestions.add(keyOf(question));
    this.#pushInterrupt(namespace, untold);
  }

  #pushInterrupt(namespace: readonly string[], interrupts: readonly InterruptInfo[]): void {
    const chunk = { [INTERRUPT_KEY]: interrupts };
    this.#push(namespace, 'updates', chunk);
    this.#push(namespace, 'values', chunk);
  }

  /** What happens in this task is shown. */
  #tells({ namespace }: OpenTask): boolean {
    return this.#options.subgraphs || this.#isRoot(namespace);
  }

  /** Messages that a task is given are no news when it hands them back. */
  #noteGiven(open: OpenTask, input: unknown): void {
    if (!this.#tells(open) || typeof input !== 'object' || input === null) return;
    for (const value of Object.values(input)) {
      const items: unknown[] = Array.isArray(value) ? value : [value];
      // Conversations grow at their end: what stands before a known message was known before it.
      for (let i = items.length - 1; i >= 0; i--) {
        const item = items[i];
        if (!isMessage(item) || item.id === undefined) continue;
        if (this.#seenMessages.has(item.id)) break;
        this.#seenMessages.add(item.id);
      }
    }
  }

  /** Each message once, whether it comes from one task or is handed on by the tasks it is inside of. */
  #pushMessages(open: OpenTask, update: Update): void {
    if (!this.#tells(open)) return;
    for (const message of Object.values(update).flatMap(messagesIn)) {
      if (message.type === 'remove') continue;
      if (message.id !== undefined) {
        if (this.#seenMessages.has(message.id)) continue;
        this.#seenMessages.add(message.id);
      }
      this.#pushMessage(open, message);
    }
  }

  /** A piece of a message, which is not told once more when the node returns it whole. */
  #pushPiece(open: OpenTask, { call, text, toolCallChunks = [], reasoning }: ModelStreamed): void {
    if (!this.#tells(open)) return;
    const id = call.messageId;
    this.#seenMessages.add(id);
    this.#pushMessage(
      open,
      new AIMessageChunk({
        content: text,
        id,
        tool_call_chunks: toolCallChunks,
        ...(reasoning && { additional_kwargs: { reasoning_content: reasoning } }),
      }),
      {
        ls_model_name: call.model,
        ...(call.tags && { tags: [...new Set([...(this.#options.tags ?? []), ...call.tags])] }),
      },
    );
  }

  #pushMessage({ task, namespace, path }: OpenTask, message: BaseMessage, more?: Update): void {
    const { metadata, tags = [] } = this.#options;
    this.#push(namespace, 'messages', [
      message,
      {
        ...metadata,
        tags,
        ...more,
        langgraph_node: task.node,
        langgraph_step: task.superstep,
        langgraph_path: path,
        ...placeMetadata(task.node, path, task.place ?? ROOT),
      },
    ]);
  }

  #pushCheckpoint(event: CheckpointMade): void {
    const { time, checkpoint } = event;
    const namespace = this.#namespaceAt(event);
    this.#push(namespace, 'checkpoints', checkpoint);
    if (!this.#modes.has('debug')) return;
    const timestamp = new Date(this.#startedAt + time).toISOString();
    const step = checkpoint.metadata?.step;
    this.#push(namespace, 'debug', { step, type: 'checkpoint', timestamp, payload: checkpoint });
  }

  #pushResult(
    time: number,
    open: OpenTask,
    how: { readonly error?: object; readonly interrupts?: readonly InterruptInfo[] } = {},
  ): void {
    if (!this.#tellsTasks) return;
    const { error = null, interrupts = [] } = how;
    const result = asRecord(open.updates);
    const payload = { ...named(open), result, interrupts, error };
    this.#pushTask(time, open, 'task_result', payload);
  }

  #pushTask(
    time: number,
    { task, namespace }: OpenTask,
    type: 'task' | 'task_result',
    payload: object,
  ): void {
    const { metadata, tags } = this.#options;
    const given = { ...metadata, ...(tags && { tags }) };
    const full =
      type === 'task' && Object.keys(given).length > 0 ? { ...payload, metadata: given } : payload;
    this.#push(namespace, 'tasks', full);
    if (!this.#modes.has('debug')) return;
    const timestamp = new Date(this.#startedAt + time).toISOString();
    this.#push(namespace, 'debug', { step: task.superstep, type, timestamp, payload: full });
  }

  #push(namespace: readonly string[], mode: StreamMode, chunk: unknown): void {
    if (!this.#modes.has(mode)) return;
    if (this.#options.subgraphs) {
      this.#emit(this.#isTagged ? [namespace, mode, chunk] : [namespace, chunk]);
    } else if (this.#isRoot(namespace)) this.#emit(this.#isTagged ? [mode, chunk] : chunk);
  }
}

function toStart(open: OpenTask, input: unknown): object {
  const { task, path } = open;
  const triggers = task.kind === 'entrypoint' ? ['__start__'] : triggersOf(task.node, path);
  return { ...named(open), input, triggers, interrupts: [] };
}

function named({ task }: OpenTask): { readonly id: string; readonly name: string } {
  return { id: taskIdAt(task.place ?? ROOT), name: task.node };
}

/** The places of the tasks around a task. */
function spaceAround({ place = ROOT }: TaskInfo): readonly string[] {
  return place.slice(0, -1);
}

/** Place among the sent tasks, or among the calls of a functional task; -1 if it is neither. */
function indexOf({ path, node }: TaskInfo): number {
  const segment = path.at(-1)!;
  return segment.length === node.length ? -1 : Number(segment.slice(node.length + 1, -1));
}

/** What a task wrote as one update; as a list of objects with one key each if it wrote a key twice. */
function joined(updates: readonly Update[]): unknown {
  if (updates.length === 0) return {};
  if (updates.length === 1) return updates[0];
  const keys = updates.flatMap((update) => Object.keys(update));
  if (new Set(keys).size === keys.length) return Object.assign({}, ...updates) as unknown;
  return updates.flatMap((update) =>
    Object.entries(update).map(([key, value]) => ({ [key]: value })),
  );
}

/** The same for the modes that show single tasks, which mark keys that were written twice. */
function asRecord(updates: readonly Update[]): Update {
  const result: Record<string, unknown> = {};
  for (const update of updates) {
    for (const [key, value] of Object.entries(update)) {
      const before = result[key];
      if (!(key in result)) result[key] = value;
      else if (isTwice(before)) before.$writes.push(value);
      else result[key] = { $writes: [before, value] };
    }
  }
  return result;
}

function isTwice(value: unknown): value is { $writes: unknown[] } {
  return typeof value === 'object' && value !== null && '$writes' in value;
}

function messagesIn(value: unknown): BaseMessage[] {
  if (isMessage(value)) return [value];
  return Array.isArray(value) ? value.filter(isMessage) : [];
}
