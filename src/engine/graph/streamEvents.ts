import type { RunConfig } from '../model/runConfig.ts';
import { AsyncQueue } from '../model/asyncQueue.ts';
import { AIMessageChunk } from '../model/messages.ts';
import { ChunkStream } from './chunkStream.ts';

/** What `streamEvents` yields: something that began, streams or ended, as LangChain tells of it. */
export interface StreamedEvent {
  /**
   * `on_` with `chain`, `chat_model`, `llm`, `tool` or `retriever`, and `start`, `stream`, `end` or `error`; or
   * `on_custom_event`, for what `dispatchCustomEvent` of LangChain tells, with its data as they are.
   */
  readonly event: string;
  readonly name: string;
  readonly run_id: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly input?: any;
    readonly output?: any;
    readonly chunk?: any;
    readonly error?: any;
  };
}

/** Which events are wanted; each list takes what fits one of its items. */
export interface EventFilter {
  readonly includeNames?: readonly string[];
  readonly includeTypes?: readonly string[];
  readonly includeTags?: readonly string[];
  readonly excludeNames?: readonly string[];
  readonly excludeTypes?: readonly string[];
  readonly excludeTags?: readonly string[];
}

/** Something that has begun. */
interface OpenRun {
  readonly type: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly input: unknown;
}

type Start = (
  made: { readonly id?: readonly string[] } | undefined,
  input: any,
  id: string,
  parent?: string,
  ...rest: any[]
) => void;

/** A callback handler that makes events of what it is told. */
class EventHandler {
  readonly name = 'event_stream';
  readonly awaitHandlers = true;
  // Models that can do both stream, also where their caller waits for the whole answer.
  readonly lc_prefer_streaming = true;
  readonly #open = new Map<string, OpenRun>();
  readonly #emit: (event: StreamedEvent) => void;
  readonly #filter: EventFilter;
  readonly #root: string;
  #output: unknown = undefined;

  /** @param root Names the run of the graph itself, whose input was told at its start. */
  constructor(root: string, filter: EventFilter, emit: (event: StreamedEvent) => void) {
    this.#root = root;
    this.#filter = filter;
    this.#emit = emit;
  }

  handleChainStart: Start = (made, input, id, _parent, tags, metadata, _type, name) =>
    this.#start(id, 'chain', { made, name, tags, metadata, input: bare(input, 'input') });

  handleChatModelStart: Start = (made, messages, id, _parent, _extra, tags, metadata, name) =>
    this.#start(id, 'chat_model', { made, name, tags, metadata, input: { messages } });

  handleLLMStart: Start = (made, prompts, id, _parent, _extra, tags, metadata, name) =>
    this.#start(id, 'llm', { made, name, tags, metadata, input: { prompts } });

  handleToolStart: Start = (made, input, id, _parent, tags, metadata, name) =>
    this.#start(id, 'tool', { made, name, tags, metadata, input: parsed(input) });

  handleRetrieverStart: Start = (made, query, id, _parent, tags, metadata, name) =>
    this.#start(id, 'retriever', { made, name, tags, metadata, input: { query } });

  handleLLMNewToken(token: string, _at: unknown, id: string, ...[, , fields]: any[]): void {
    const run = this.#open.get(id);
    if (run === undefined) return;
    const piece: unknown = fields?.chunk?.message;
    const chunk = run.type === 'llm' ? token : (piece ?? new AIMessageChunk(token));
    this.#tell(run, id, 'stream', { chunk });
  }

  /** A piece of what the run of this id streams. */
  streamed(id: string, chunk: unknown): void {
    const run = this.#open.get(id);
    if (run !== undefined) this.#tell(run, id, 'stream', { chunk });
  }

  /** An event of the program's own, which has the name that it was dispatched under. */
  handleCustomEvent(name: string, data: any, id: string): void {
    const run = this.#open.get(id);
    if (run === undefined || !isWanted(this.#filter, run)) return;
    const { tags, metadata } = run;
    this.#emit({ event: 'on_custom_event', data, name, tags, run_id: id, metadata });
  }

  handleChainEnd(output: unknown, id: string): void {
    if (id === this.#root) this.#output = output;
    else this.#end(id, bare(output, 'output'));
  }

  /** The graph has streamed its last piece. */
  finished(): void {
    const run = this.#take(this.#root);
    if (run !== undefined) this.#tell(run, this.#root, 'end', { output: this.#output });
  }

  handleLLMEnd(result: any, id: string): void {
    const [first] = result.generations[0] ?? [];
    this.#end(id, first?.message ?? result);
  }

  handleToolEnd(output: unknown, id: string): void {
    this.#end(id, output);
  }

  handleRetrieverEnd(documents: unknown, id: string): void {
    this.#end(id, documents);
  }

  handleToolError(error: unknown, id: string): void {
    const run = this.#take(id);
    if (run !== undefined) this.#tell(run, id, 'error', { error, input: run.input });
  }

  handleChainError(_error: unknown, id: string): void {
    this.#open.delete(id);
  }

  handleLLMError(_error: unknown, id: string): void {
    this.#open.delete(id);
  }

  #start(id: string, type: string, { made, name, tags = [], metadata = {}, input }: any): void {
    const shown = (name ?? made?.id?.at(-1) ?? 'Unnamed') as string;
    const run: OpenRun = { type, name: shown, tags: [...tags], metadata, input };
    this.#open.set(id, run);
    this.#tell(run, id, 'start', { input });
  }

  #end(id: string, output: unknown): void {
    const run = this.#take(id);
    if (run !== undefined) this.#tell(run, id, 'end', { output, input: run.input });
  }

  #take(id: string): OpenRun | undefined {
    const run = this.#open.get(id);
    this.#open.delete(id);
    return run;
  }

  #tell({ type, name, tags, metadata }: OpenRun, id: string, what: string, data: object): void {
    if (!isWanted(this.#filter, { type, name, tags })) return;
    this.#emit({ event: `on_${type}_${what}`, data, name, tags, run_id: id, metadata });
  }
}

/** What `run` tells callbacks, and what it streams, as events. Leaving it early stops the run. */
export function streamEvents(
  run: (config: RunConfig) => Promise<AsyncIterable<unknown>>,
  config: RunConfig,
  filter: EventFilter,
): ChunkStream<StreamedEvent> {
  const events = new AsyncQueue<StreamedEvent>();
  const runId = config.runId ?? crypto.randomUUID();
  const handler = new EventHandler(runId, filter, (event) => events.push(event));
  const stop = new AbortController();
  const signal = config.signal ? AbortSignal.any([config.signal, stop.signal]) : stop.signal;
  const callbacks = withHandler(config.callbacks, handler);
  const pump = async () => {
    for await (const chunk of await run({ ...config, callbacks, runId, signal })) {
      handler.streamed(runId, chunk);
    }
    handler.finished();
  };
  async function* read(): AsyncGenerator<StreamedEvent, void, undefined> {
    const running = pump().then(
      () => events.end(),
      (error: unknown) => events.fail(error),
    );
    try {
      yield* events;
    } finally {
      stop.abort();
      await running;
    }
  }
  return new ChunkStream(read(), () => stop.abort());
}

/** Besides those of the call. */
function withHandler(given: unknown, handler: object): unknown {
  if (given && typeof given === 'object' && 'copy' in given) {
    return (given as { copy(handlers: object[], inherit: boolean): unknown }).copy([handler], true);
  }
  return [...((given as object[] | undefined) ?? []), handler];
}

function isWanted(
  filter: EventFilter,
  { type, name, tags }: Pick<OpenRun, 'type' | 'name' | 'tags'>,
): boolean {
  const { includeNames, includeTypes, includeTags, excludeNames, excludeTypes, excludeTags } =
    filter;
  const isSet = includeNames ?? includeTypes ?? includeTags;
  const isIn =
    !isSet ||
    includeNames?.includes(name) ||
    includeTypes?.includes(type) ||
    includeTags?.some((tag) => tags.includes(tag));
  const isOut =
    excludeNames?.includes(name) ||
    excludeTypes?.includes(type) ||
    excludeTags?.some((tag) => tags.includes(tag));
  return Boolean(isIn) && !isOut;
}

/** Without the name that is given to what has none. */
function bare(value: any, key: string): unknown {
  return (value?.[key] as unknown) ?? (value as unknown);
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
