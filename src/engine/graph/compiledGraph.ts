import type { RunInternals } from '../run/internals.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { GRAPH, type GraphHost } from '../model/graphHandle.ts';
import { currentFrame } from '../run/runContext.ts';
import { runBatch, type BatchOptions } from './batch.ts';
import type { ChunkStream } from './chunkStream.ts';
import type { StreamChunk } from './chunkTypes.ts';
import type { Checkpointer } from '../model/checkpointer.ts';
import { givenSaver, toCheckpointer } from '../checkpoint/adaptedSaver.ts';
import type { LangGraphSaver } from '../model/langGraphSaver.ts';
import type { Command } from '../model/command.ts';
import type { Store } from '../model/store.ts';
import type { Start } from '../model/constants.ts';
import type { GraphDefinition } from './definition.ts';
import { handleOf } from './handleOf.ts';
import { execute } from './execute.ts';
import { checkOptions } from '../model/checkOptions.ts';
import { COMPILE_OPTIONS, type CompileOptions } from './graphOptions.ts';
import { GraphThreads } from './graphThreads.ts';
import { nodeHandles, type NodeHandle } from './nodeHandle.ts';
import type { Plan } from '../plan/plan.ts';
import { replaceActions } from '../plan/replaceActions.ts';
import { withPauses } from '../plan/withPauses.ts';
import { checkConfig, checkModes, mergeConfig } from '../run/runConfig.ts';
import { streamChunks } from './stream.ts';
import { streamEvents, type EventFilter, type StreamedEvent } from './streamEvents.ts';
import type { RunConfig, StreamConfig, StreamMode } from '../model/runConfig.ts';

/**
 * A graph that can be run; made by {@link StateGraph.compile}. Also a node for other graphs. It holds
 * no state of its own: any number of runs may go on at once.
 */
export class CompiledStateGraph<
  Output = any,
  Input = any,
  Nodes extends string = string,
  Context = any,
  State = Output,
  Update = any,
> extends GraphThreads<State, Update, Nodes, Context, Input, Output> {
  readonly description: string | undefined;
  readonly definition: GraphDefinition;
  /** Types only. */
  declare readonly NodeNames?: Nodes;
  /** What `withConfig` has set. */
  readonly defaults: RunConfig<Context>;
  readonly #options: CompileOptions;
  #plan: Plan;
  #nodes: Record<string, NodeHandle> | undefined = undefined;
  /** What a host has brought for its runs. */
  #internals: RunInternals | undefined = undefined;

  constructor(
    definition: GraphDefinition,
    plan: Plan,
    options: CompileOptions = {},
    defaults: RunConfig<Context> = {},
  ) {
    super();
    this.description = options.description;
    this.definition = definition;
    this.#plan = plan;
    this.defaults = defaults;
    this.#options = options;
    Object.defineProperty(this, GRAPH, {
      value: handleOf(this, {
        forHost: (host) => this.#forHost(host),
        internals: () => this.#internals,
      }),
    });
  }

  #forHost({ checkpointer, clock, workers, nodes, pauses }: GraphHost): CompiledStateGraph {
    const hosted = this.withConfig({});
    const own = this.#kept;
    const isFixed = typeof own === 'object' ? own.isDurable : own === false;
    if (checkpointer !== undefined && !isFixed) hosted.checkpointer = checkpointer;
    if (nodes) hosted.#plan = replaceActions(hosted.#plan, nodes);
    if (pauses) hosted.#plan = withPauses(hosted.#plan, pauses);
    hosted.#internals = {
      ...this.#internals,
      ...(clock && { effects: { clock } }),
      ...(workers && { workers }),
    };
    return hosted;
  }

  /** What its threads are kept with. */
  get #kept(): Checkpointer | boolean | undefined {
    return this.#plan.persistence.checkpointer;
  }

  /** The form in which it runs. */
  get plan(): Plan {
    return this.#plan;
  }

  /** How it is called in diagrams, events and messages. May be set; graphs that it is a node of keep the old one. */
  get name(): string {
    return this.#plan.name;
  }

  set name(name: string) {
    this.#plan = { ...this.#plan, name };
  }

  /** As `compile` was told. May be set, for the runs that begin from then on. */
  get checkpointer(): Checkpointer | LangGraphSaver | boolean | undefined {
    return givenSaver(this.#kept);
  }

  set checkpointer(checkpointer: Checkpointer | LangGraphSaver | boolean | undefined) {
    checkOptions(COMPILE_OPTIONS, { checkpointer }, `Graph "${this.name}"`);
    const persistence = {
      ...this.#plan.persistence,
      checkpointer: toCheckpointer(checkpointer),
    };
    this.#plan = { ...this.#plan, persistence };
  }

  /** As `compile` was told. May be set, for the runs that begin from then on. */
  get store(): Store | undefined {
    return this.#plan.persistence.store;
  }

  set store(store: Store | undefined) {
    checkOptions(COMPILE_OPTIONS, { store }, `Graph "${this.name}"`);
    this.#plan = { ...this.#plan, persistence: { ...this.#plan.persistence, store } };
  }

  /**
   * Milliseconds that each of its supersteps may take, for the runs that begin from then on; the
   * `stepTimeout` of a call wins. Default: no limit.
   */
  get stepTimeout(): number | undefined {
    return this.#plan.stepTimeout;
  }

  set stepTimeout(stepTimeout: number | undefined) {
    checkConfig({ stepTimeout });
    this.#plan = { ...this.#plan, stepTimeout };
  }

  /** The builder that it was compiled of; `undefined` of an entrypoint. */
  get builder(): any {
    return this.definition.builder;
  }

  /**
   * Its nodes by name, each to be called alone: `graph.nodes.one.invoke(state)`.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('double', (state) => ({ n: state.n * 2 }))
   *   .addEdge(START, 'double')
   *   .compile();
   * console.log(await graph.nodes['double']!.invoke({ n: 21 })); // { n: 42 }
   * ```
   */
  get nodes(): Readonly<Record<string, NodeHandle>> {
    return (this.#nodes ??= nodeHandles(this.definition));
  }

  /**
   * Runs the graph to its end.
   *
   * @param input Written to the state as an update; keys the input schema lacks are ignored.
   * @returns The state at the end, filtered by the output schema, keys in the order of the schema.
   * @throws The error of the node that failed (see {@link taskOf} for which one it was), or a
   * SuperstepError: EMPTY_INPUT, INVALID_INPUT, INVALID_CONFIG, VALIDATION_FAILED,
   * GRAPH_RECURSION_LIMIT and what can go wrong with updates and routes; AbortError when
   * `config.signal` is aborted.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('double', (state) => ({ n: state.n * 2 }))
   *   .addEdge(START, 'double')
   *   .compile();
   * console.log(await graph.invoke({ n: 21 })); // { n: 42 }
   * ```
   */
  invoke(
    input: Input | Command | null,
    config?: RunConfig<Context> & { streamMode?: 'values' | undefined },
  ): Promise<Output>;
  /** With a stream mode, resolves with the list of chunks that `stream` would yield. */
  invoke<const Mode extends StreamMode | readonly StreamMode[], Subgraphs extends boolean = false>(
    input: Input | Command | null,
    config: StreamConfig<Mode, Context, Subgraphs> & { streamMode: Mode },
  ): Promise<StreamChunk<Mode, Parts<State, Update, Nodes>, Subgraphs>[]>;
  invoke(input: Input | Command | null, config?: StreamConfig<any, Context>): Promise<unknown> {
    if (config === undefined || config === null) return this.#run(input);
    const { streamMode, subgraphs, ...rest } = config;
    if (streamMode === undefined || streamMode === 'values') return this.#run(input, rest);
    return this.#chunks(input, config);
  }

  #run(
    input: Input | Command | null,
    config?: RunConfig<Context>,
    internals?: RunInternals,
  ): Promise<Output> {
    const configs = { defaults: this.defaults, config };
    const brought = this.#internals;
    return execute(
      this.plan,
      input,
      configs,
      brought ? { ...brought, ...internals } : internals,
    ) as Promise<Output>;
  }

  async #chunks(
    input: Input | Command | null,
    config: StreamConfig<any, Context>,
  ): Promise<unknown[]> {
    const chunks: unknown[] = [];
    for await (const chunk of await this.stream(input, config)) chunks.push(chunk);
    return chunks;
  }

  /**
   * Runs the graph and yields what happens, as it happens. Leaving the loop early stops the run.
   *
   * The run starts with the first chunk that is asked for, and does not wait for its reader, unless
   * it is thousands of chunks ahead. What chunks hold is said at {@link StreamMode}; the default is
   * `updates`, and `values` inside a node. A list of modes yields `[mode, chunk]`; `subgraphs: true`
   * puts the namespace (`["node:id", …]`, outermost first) in front. The result is also a web stream:
   * `getReader`, `pipeThrough`, `pipeTo`, `tee`, `cancel`.
   *
   * Inside a node, those who observe or stream the parent run hear of everything too, and leaving the
   * loop stops only the inner run.
   *
   * @throws As `invoke`, from the iteration.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addSequence({ one: () => ({ n: 1 }), two: (state) => ({ n: state.n + 1 }) })
   *   .addEdge(START, 'one')
   *   .compile();
   * for await (const chunk of await graph.stream({})) console.log(chunk); // { one: { n: 1 } } …
   * ```
   */
  async stream<
    const Mode extends StreamMode | readonly StreamMode[] = 'updates',
    Subgraphs extends boolean = false,
  >(
    input: Input | Command | null,
    config?: StreamConfig<Mode, Context, Subgraphs>,
  ): Promise<ChunkStream<StreamChunk<Mode, Parts<State, Update, Nodes>, Subgraphs>>> {
    const merged = mergeConfig(this.defaults, config) as StreamConfig<any, Context>;
    // As in LangGraph, whose users count on whole states inside a node.
    const ownDefault = currentFrame() ? 'values' : 'updates';
    const { streamMode: mode = ownDefault, subgraphs = false, signal, metadata, tags } = merged;
    checkModes(mode as StreamMode | readonly StreamMode[]);
    const start = (observed: RunConfig, internals: RunInternals) =>
      this.#run(input, { ...config, ...observed }, internals);
    return streamChunks(start, {
      mode,
      subgraphs,
      kind: this.plan.kind,
      metadata,
      tags,
      signal,
    }) as ChunkStream<any>;
  }

  /**
   * Runs the graph and yields what begins, streams and ends in it, as LangChain tells of it: graphs and
   * nodes (`on_chain_…`), models (`on_chat_model_…`), tools (`on_tool_…`). For new code `stream` and
   * `onEvent` tell more.
   *
   * @param config As of `stream`, with `version: 'v2'`.
   * @param filter `includeNames`, `includeTypes`, `includeTags` and their opposites choose among the events.
   * @throws {SuperstepError} INVALID_CONFIG for another version
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('one', () => ({ n: 1 }))
   *   .addEdge(START, 'one')
   *   .compile();
   * const events = graph.streamEvents({}, { version: 'v2' }, { includeNames: ['one'] });
   * for await (const { event, name } of events) console.log(event, name); // on_chain_start one …
   * ```
   */
  streamEvents(
    input: Input | Command | null,
    config: StreamConfig<any, Context> & { readonly version: 'v2' },
    filter: EventFilter = {},
  ): ChunkStream<StreamedEvent> {
    const { version, ...rest } = config;
    if (version !== 'v2') {
      throw new SuperstepError(
        'INVALID_CONFIG',
        `Cannot tell the events of ${this.plan.kind} "${this.name}" in version ${show(version)}: pass ` +
          `{ version: "v2" }, or read stream(input, { streamMode: [...] })`,
        { key: 'version', value: version },
      );
    }
    const merged = mergeConfig(this.defaults, rest);
    return streamEvents((own) => this.stream(input, own), merged, filter);
  }

  /**
   * Runs the graph once for each input; outputs come in the order of the inputs.
   *
   * @param config Of every run; a list has one for each input. Its `maxConcurrency` also says how
   * many runs go on at once.
   * @param options.returnExceptions Errors take the places of outputs. Default: the first failure
   * aborts the other runs and rejects.
   * @throws As `invoke`.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('double', (state) => ({ n: state.n * 2 }))
   *   .addEdge(START, 'double')
   *   .compile();
   * console.log(await graph.batch([{ n: 1 }, { n: 2 }])); // [ { n: 2 }, { n: 4 } ]
   * ```
   */
  async batch(
    inputs: readonly Input[],
    config?: RunConfig<Context> | readonly RunConfig<Context>[],
    options?: BatchOptions & { readonly returnExceptions?: false },
  ): Promise<Output[]>;
  async batch(
    inputs: readonly Input[],
    config: RunConfig<Context> | readonly RunConfig<Context>[] | undefined,
    options: BatchOptions & { readonly returnExceptions: true },
  ): Promise<(Output | Error)[]>;
  async batch(
    inputs: readonly Input[],
    config?: RunConfig<Context> | readonly RunConfig<Context>[],
    options: BatchOptions = {},
  ): Promise<(Output | Error)[]> {
    const configOf = (index: number) =>
      (Array.isArray(config) ? config[index] : config) as RunConfig<Context> | undefined;
    const { maxConcurrency = Infinity } = {
      ...mergeConfig(this.defaults, configOf(0)),
      ...options,
    };
    checkConfig({ maxConcurrency });
    const runs = inputs.map((input, index) => ({ input, config: configOf(index) }));
    return runBatch(runs, { ...options, maxConcurrency }, (one, failed) => {
      const { signal } = mergeConfig(this.defaults, one.config);
      const either = signal ? AbortSignal.any([signal, failed]) : failed;
      return this.invoke(one.input, { ...one.config, signal: either });
    });
  }

  /**
   * The same graph with defaults for the config of its calls; values given in a call win. As a node it
   * runs with them too, except for what stops or observes a run as a whole. A `streamMode` is that of
   * `stream`, whose types only know the one of the call.
   */
  withConfig(
    config: StreamConfig<StreamMode | readonly StreamMode[], Context>,
  ): CompiledStateGraph<Output, Input, Nodes, Context, State, Update> {
    const defaults = mergeConfig(this.defaults, config);
    const graph = new CompiledStateGraph<Output, Input, Nodes, Context, State, Update>(
      this.definition,
      this.#plan,
      this.#options,
      defaults,
    );
    graph.#internals = this.#internals;
    return graph;
  }

  /**
   * Forgets all results that are kept in the cache of this graph, those of other graphs that share it
   * too.
   * @example
   * ```ts
   * import { Annotation, InMemoryCache, START, StateGraph } from 'superstep';
   * let runs = 0;
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('slow', () => ({ n: ++runs }), { cachePolicy: true })
   *   .addEdge(START, 'slow')
   *   .compile({ cache: new InMemoryCache() });
   * await graph.invoke({});
   * await graph.clearCache();
   * console.log(await graph.invoke({})); // { n: 2 }
   * ```
   */
  async clearCache(): Promise<void> {
    await this.plan.cache?.clear();
  }
}

/** The types that a graph's chunks are made of. */
interface Parts<State, Update, Nodes extends string> {
  readonly state: State;
  readonly update: Update;
  readonly nodes: Exclude<Nodes, Start>;
}

/** True for compiled graphs of this copy of the library, which can be nodes. */
export function isCompiledGraph(value: unknown): value is CompiledStateGraph {
  return value instanceof CompiledStateGraph;
}
