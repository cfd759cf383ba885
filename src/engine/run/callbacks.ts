import type { TaskInfo } from '../model/events.ts';
import type { RunConfig } from '../model/runConfig.ts';
import { withParent, type Handler } from './callbackHandler.ts';
import { managerOf, type CallbackManager } from './callbackManager.ts';
import type { Frame } from './frame.ts';
import { isThenable } from '../model/thenable.ts';

/** What LangChain's chains and tools pass on: handlers, and the run that they are part of. */
interface Manager {
  readonly handlers: readonly Handler[];
  readonly parentRunId?: string;
  readonly getParentRunId?: () => string | undefined;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What handlers are told of something that begins. */
interface Beginning {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly made: object;
  readonly inputs: unknown;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A graph, as callbacks see it: of a call, or in a node. */
interface ToldGraph {
  readonly name: string;
  readonly input: unknown;
  /** The task that it is called in. */
  readonly caller: Frame | undefined;
  readonly config: Pick<RunConfig, 'tags' | 'metadata' | 'runId'>;
}

/** A task, as callbacks see it. */
interface ToldTask {
  readonly info: TaskInfo;
  readonly name: string;
  readonly input: unknown;
  readonly config: { readonly metadata: Readonly<Record<string, unknown>> };
}

/** By what LangChain knows our parts. */
const GRAPH = { lc: 1, type: 'not_implemented', id: ['langgraph', 'pregel', 'CompiledStateGraph'] };
const NODE = {
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'runnables', 'RunnableSequence'],
};
const ROUTER = {
  lc: 1,
  type: 'not_implemented',
  id: ['langchain_core', 'runnables', 'RunnableLambda'],
};
const HIDDEN = 'langsmith:hidden';
const INTEGRATION = { ls_integration: 'langgraph' };

/**
 * Tells LangChain's callback handlers of graphs, nodes, routers and functional tasks, and gives those in
 * a task to the models and tools that it calls. There is one for each call with callbacks, and none
 * otherwise: nobody pays for it who does not listen.
 */
export class Callbacks {
  readonly #handlers: readonly Handler[];
  readonly #above: string | undefined;
  readonly #given: Pick<Manager, 'tags' | 'metadata'>;
  readonly #tasks = new WeakMap<TaskInfo, string>();
  readonly #open = new Set<TaskInfo>();
  /** Of runs that have begun and not ended, the run around. */
  readonly #parents = new Map<string, string | undefined>();
  readonly #inside = new Map<string, readonly Handler[]>();
  #pending: PromiseLike<unknown>[] = [];

  /** Those of a call; `undefined` if it has none. */
  static of({ callbacks }: RunConfig): Callbacks | undefined {
    const manager = callbacks as Manager | readonly Handler[] | undefined | null;
    if (!manager) return undefined;
    const all = 'handlers' in manager ? manager.handlers : manager;
    const handlers = all.filter((handler) => !handler.isEngine);
    return handlers.length === 0
      ? undefined
      : new Callbacks(handlers, 'handlers' in manager ? manager : undefined);
  }

  private constructor(handlers: readonly Handler[], manager: Manager | undefined) {
    this.#handlers = handlers;
    this.#above = manager?.getParentRunId?.() ?? manager?.parentRunId;
    this.#given = manager ?? {};
  }

  /**
   * The handlers for what a task calls: they take its run for that around.
   * @param engine What the engine itself listens with.
   */
  inside({ info }: Frame, engine: readonly Handler[]): readonly Handler[] | CallbackManager {
    const id = this.#tasks.get(info);
    if (id === undefined) return [...engine, ...this.#handlers];
    const manager = managerOf([...engine, ...this.#handlers], id);
    if (manager !== undefined) return manager;
    let handlers = this.#inside.get(id);
    if (handlers === undefined) {
      handlers = this.#handlers.map((handler) => withParent(handler, id));
      this.#inside.set(id, handlers);
    }
    return [...engine, ...handlers];
  }

  /** @returns Names the run of the graph. */
  graphStarted({ name, input, caller, config }: ToldGraph): string {
    const parent = (caller && this.#tasks.get(caller.info)) ?? this.#above;
    const place = caller && this.#tasks.has(caller.info) ? placeOf(caller) : {};
    const id = config.runId ?? crypto.randomUUID();
    const tags = [...(config.tags ?? []), ...(caller ? [] : (this.#given.tags ?? []))];
    const metadata = { ...INTEGRATION, ...this.#given.metadata, ...config.metadata, ...place };
    const inputs = toRecord(input, 'input');
    // LangGraph's name for graphs that were given none.
    const shown = name === 'graph' ? 'LangGraph' : name;
    this.#begin({ id, parent, name: shown, made: GRAPH, inputs, tags, metadata });
    return id;
  }

  /** The input is written to the state. */
  inputWritten(
    graph: string,
    input: unknown,
    at: Pick<ToldGraph, 'config'> & { readonly step: number; readonly place: readonly string[] },
  ): void {
    const id = crypto.randomUUID();
    const { config, step } = at;
    const namespace = [...at.place, `__start__:${id}`].join('|');
    const place = {
      langgraph_step: step,
      langgraph_node: '__start__',
      langgraph_triggers: ['__start__'],
      langgraph_path: ['__pregel_pull', '__start__'],
      langgraph_checkpoint_ns: namespace,
      checkpoint_ns: namespace,
    };
    const tags = [`graph:step:${step}`, ...(config.tags ?? []), HIDDEN];
    const metadata = { ...INTEGRATION, ...config.metadata, ...place };
    this.#begin({
      id,
      parent: graph,
      name: '__start__',
      made: NODE,
      inputs: input,
      tags,
      metadata,
    });
    this.#end(id, input);
  }

  ended(id: string, output: unknown): void {
    this.#end(id, toRecord(output, 'output'));
  }

  failed(id: string, error: unknown): void {
    this.#fail(id, error);
  }

  /** @param graph Names the run of its graph. */
  taskStarted(task: ToldTask, graph: string | undefined, config: ToldGraph['config']): void {
    // Another attempt goes on with the same run.
    if (this.#open.has(task.info)) return;
    const id = crypto.randomUUID();
    this.#tasks.set(task.info, id);
    this.#open.add(task.info);
    const metadata = { ...INTEGRATION, ...placeOf(task) };
    const tags = [`graph:step:${task.info.superstep}`, ...(config.tags ?? [])];
    const inputs = toRecord(task.input, 'input');
    this.#begin({ id, parent: graph, name: task.name, made: NODE, inputs, tags, metadata });
  }

  taskEnded({ info }: ToldTask, returned: unknown): void {
    const id = this.#close(info);
    if (id !== undefined) this.#end(id, toRecord(returned, 'output'));
  }

  taskFailed({ info }: ToldTask, error: unknown): void {
    const id = this.#close(info);
    if (id !== undefined) this.#fail(id, error);
  }

  /** A router of a task has chosen. */
  routed(task: Frame, state: unknown, chosen: unknown): void {
    const parent = this.#tasks.get(task.info);
    if (parent === undefined) return;
    const id = crypto.randomUUID();
    const metadata = { ...INTEGRATION, ...placeOf(task) };
    const { tags } = task.config;
    const name = 'RunnableLambda';
    this.#begin({ id, parent, name, made: ROUTER, inputs: state, tags, metadata });
    this.#end(id, toRecord(chosen, 'output'));
  }

  /** When handlers that take their time have done what they were told to. */
  async settled(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await Promise.allSettled(pending);
  }

  #close(info: TaskInfo): string | undefined {
    if (!this.#open.delete(info)) return undefined;
    const id = this.#tasks.get(info)!;
    this.#inside.delete(id);
    return id;
  }

  #begin({ id, parent, name, made, inputs, tags, metadata }: Beginning): void {
    this.#parents.set(id, parent);
    this.#tell('handleChainStart', [
      made,
      inputs,
      id,
      parent,
      [...tags],
      metadata,
      undefined,
      name,
    ]);
  }

  #end(id: string, outputs: unknown): void {
    this.#tell('handleChainEnd', [outputs, id, this.#takeParent(id)]);
  }

  #fail(id: string, error: unknown): void {
    this.#tell('handleChainError', [error, id, this.#takeParent(id)]);
  }

  #takeParent(id: string): string | undefined {
    const parent = this.#parents.get(id);
    this.#parents.delete(id);
    return parent;
  }

  #tell(method: `handle${string}`, args: readonly unknown[]): void {
    for (const handler of this.#handlers) {
      const handle = handler[method];
      if (typeof handle !== 'function') continue;
      const lost = (error: unknown) => {
        if (handler.raiseError) throw error;
        console.error(`Error in handler ${handler.name ?? ''}, ${method}: ${String(error)}`);
      };
      try {
        const returned: unknown = Reflect.apply(handle, handler, args);
        if (isThenable(returned)) this.#pending.push(returned.then(undefined, lost));
      } catch (error) {
        lost(error);
      }
    }
  }
}

/** What callbacks are told of where a task is; LangGraph does not tell its id. */
export function placeOf({ config }: Pick<ToldTask, 'config'>): Record<string, unknown> {
  const { langgraph_task_id: _id, ...place } = config.metadata;
  return place;
}

/** As LangChain tells of values that have no names. */
function toRecord(value: unknown, key: string): unknown {
  const hasNames =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date);
  return hasNames ? value : { [key]: value };
}
