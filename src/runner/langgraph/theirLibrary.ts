/** What the runner uses of LangGraph.js, which it knows by what it does: the copy is the user's. */
export interface TheirLibrary {
  readonly Command: new (fields: Record<string, unknown>) => object;
  /** Of the task that the calling code belongs to. */
  readonly getConfig: () => TheirConfig | undefined;
}

/** The part of a config that names a task. */
export interface TheirConfig {
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A compiled graph or an entrypoint. */
export interface TheirGraph {
  readonly lg_is_pregel: true;
  readonly name?: string;
  /** Absent for an entrypoint. */
  readonly builder?: object;
  readonly nodes: Readonly<Record<string, unknown>>;
  /** The keys of what `invoke` gives, or the one channel that holds it. */
  readonly outputChannels: string | readonly string[];
  checkpointer?: unknown;
  stream(input: unknown, config: object): Promise<AsyncIterable<TheirChunk>>;
  getState(config: object, options?: object): Promise<unknown>;
  getStateHistory(config: object, options?: object): AsyncIterable<unknown>;
  updateState(config: object, values: unknown, asNode?: string): Promise<unknown>;
  getGraph(options: object): unknown;
}

/** A graph that nobody has compiled yet. */
export interface TheirBuilder {
  readonly compiled: boolean;
  compile(): TheirGraph;
}

/** Of `stream` with several modes and `subgraphs: true`. */
export type TheirChunk = readonly [namespace: readonly string[], mode: string, payload: unknown];

/** What the mode `debug` tells of a task. */
export type TheirTaskChunk =
  | {
      readonly type: 'task';
      readonly step: number;
      readonly payload: {
        readonly id: string;
        readonly name: string;
        readonly input: unknown;
        readonly triggers: readonly string[];
      };
    }
  | {
      readonly type: 'task_result';
      readonly step: number;
      readonly payload: {
        readonly id: string;
        readonly name: string;
        readonly interrupts: readonly { readonly id?: string; readonly value: unknown }[];
        readonly error?: unknown;
      };
    };

/** Whether a value is a compiled graph of LangGraph.js. */
export function isTheirGraph(value: unknown): value is TheirGraph {
  return isObject(value) && value['lg_is_pregel'] === true;
}

/** Whether a value is a builder of LangGraph.js. */
export function isTheirBuilder(value: unknown): value is TheirBuilder {
  return (
    isObject(value) &&
    typeof value['compile'] === 'function' &&
    typeof value['compiled'] === 'boolean'
  );
}

/** Whether a value has keys at all. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
