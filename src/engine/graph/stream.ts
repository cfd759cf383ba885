import type { RunEvent, TaskInfo } from '../events.ts';
import type { RunConfig, StreamMode } from './types.ts';

/** What one mode yields. */
type ModeChunk<Mode, Output> = Mode extends 'values'
  ? Output
  : Mode extends 'updates'
    ? Record<string, any>
    : any;

/** What a stream yields: a chunk of its mode, or `[mode, chunk]` for a list of modes. */
export type StreamChunk<Mode, Output = any> = Mode extends readonly (infer M)[]
  ? M extends StreamMode
    ? [mode: M, chunk: ModeChunk<M, Output>]
    : never
  : ModeChunk<Mode, Output>;

interface StreamOptions {
  readonly mode: StreamMode | readonly StreamMode[];
  readonly subgraphs: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: RunConfig['onEvent'];
}

/** Runs `start` with an observer, and yields what its events amount to in the wanted modes. */
export async function* streamEvents(
  start: (config: Pick<RunConfig, 'onEvent' | 'signal'>) => Promise<unknown>,
  options: StreamOptions,
): AsyncGenerator<unknown> {
  const left = new AbortController();
  const chunks = new ChunkMaker(options);
  const queue: unknown[] = [];
  let wake = () => {};
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  const onEvent = (event: RunEvent) => {
    options.onEvent?.(event);
    chunks.add(event, queue);
    wake();
  };
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  start({ onEvent, signal }).then(
    () => {
      ended = true;
      wake();
    },
    (error: unknown) => {
      failure = { error };
      ended = true;
      wake();
    },
  );
  try {
    for (let next = 0; ;) {
      while (next < queue.length) yield queue[next++];
      queue.length = next = 0;
      if (ended) break;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure) throw failure.error;
  } finally {
    left.abort();
  }
}

/** Folds events into chunks. */
class ChunkMaker {
  readonly #modes: ReadonlySet<StreamMode>;
  readonly #tagged: boolean;
  readonly #subgraphs: boolean;
  /** Updates of tasks that have not ended yet. */
  readonly #updates = new Map<number, Record<string, unknown>[]>();
  /** The tasks around a path, to name its namespace. */
  readonly #namespaces = new Map<string, string[]>();

  constructor({ mode, subgraphs }: StreamOptions) {
    this.#modes = new Set(typeof mode === 'string' ? [mode] : mode);
    this.#tagged = typeof mode !== 'string';
    this.#subgraphs = subgraphs;
  }

  add(event: RunEvent, into: unknown[]): void {
    switch (event.type) {
      case 'taskStarted':
        if (this.#subgraphs) this.#enter(event.task);
        break;
      case 'taskWrote': {
        if (!this.#modes.has('updates')) break;
        const updates = this.#updates.get(event.task.id);
        if (updates) updates.push(event.update);
        else this.#updates.set(event.task.id, [event.update]);
        break;
      }
      case 'taskFinished':
        if (this.#modes.has('updates')) {
          const chunk = { [event.task.node]: joinUpdates(this.#updates.get(event.task.id)) };
          this.#updates.delete(event.task.id);
          this.#push(into, event.task.path.slice(0, -1), 'updates', chunk);
        }
        break;
      case 'superstepFinished':
        if (this.#modes.has('values') && event.written.length > 0) {
          this.#push(into, event.path, 'values', event.state);
        }
        break;
      case 'custom':
        if (this.#modes.has('custom')) {
          this.#push(into, event.task.path.slice(0, -1), 'custom', event.value);
        }
        break;
      default:
    }
  }

  #push(into: unknown[], path: readonly string[], mode: StreamMode, chunk: unknown): void {
    if (path.length > 0 && !this.#subgraphs) return;
    const tagged = this.#tagged ? [mode, chunk] : [chunk];
    if (this.#subgraphs) into.push([this.#namespaces.get(path.join('/')) ?? [], ...tagged]);
    else into.push(this.#tagged ? tagged : chunk);
  }

  #enter(task: TaskInfo): void {
    const outer = this.#namespaces.get(task.path.slice(0, -1).join('/')) ?? [];
    this.#namespaces.set(task.path.join('/'), [...outer, `${task.node}:${task.id}`]);
  }
}

/** What a task wrote as one update; as a list of objects with one key each if it wrote a key twice. */
function joinUpdates(updates: readonly Record<string, unknown>[] | undefined): unknown {
  if (updates === undefined) return {};
  if (updates.length === 1) return updates[0];
  const keys = updates.flatMap((update) => Object.keys(update));
  if (new Set(keys).size === keys.length) return Object.assign({}, ...updates) as unknown;
  return updates.flatMap((update) =>
    Object.entries(update).map(([key, value]) => ({ [key]: value })),
  );
}
