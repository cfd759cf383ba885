import type { MaybePromise } from '../model/node.ts';
import type { RunConfig } from '../model/runConfig.ts';

/** What follows in a chain: a graph, a model, anything of LangChain that can be invoked, or a function. */
export type Following<In = any, Out = any> =
  | { invoke(input: In, config?: any): MaybePromise<Out> }
  | ((input: In, config?: any) => MaybePromise<Out>);

/** What `withListeners` calls. */
export interface RunListeners<In = any, Out = any> {
  onStart?: (run: { readonly name: string; readonly inputs: In }) => unknown;
  onEnd?: (run: { readonly name: string; readonly inputs: In; readonly outputs: Out }) => unknown;
  onError?: (run: {
    readonly name: string;
    readonly inputs: In;
    readonly error: unknown;
  }) => unknown;
}

/**
 * What LangChain asks of all that can be invoked, so that a graph stands wherever a runnable may: in its
 * chains, and at the head of one. Nothing of LangChain is loaded for it.
 */
export abstract class Runnable<In = any, Out = any> {
  /** By this LangChain knows its own. */
  declare readonly lc_runnable: true;
  /** As LangChain asks for it. */
  declare readonly lc_namespace: string[];

  abstract invoke(input: In, config?: any): Promise<unknown>;
  abstract stream(input: In, config?: any): Promise<AsyncGenerator<any>>;

  /** The name under which it is shown; another one with a suffix. */
  getName(suffix = ''): string {
    return (this as { name?: string }).name + suffix;
  }

  /**
   * A chain: what this results in goes to the next.
   * @example
   * ```ts
   * import { Annotation, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('double', (state) => ({ n: state.n * 2 }))
   *   .addEdge(START, 'double')
   *   .compile();
   * console.log(await graph.pipe(({ n }) => `${n}!`).invoke({ n: 21 })); // 42!
   * ```
   */
  pipe<Next>(next: Following<Out, Next>): Runnable<In, Next> {
    const last = new Link(this.getName(), {
      invoke: async (input: Out, config) =>
        typeof next === 'function' ? next(input, config) : next.invoke(input, config),
      stream: streamOf(next),
    });
    return new Link(this.getName(), {
      invoke: async (input: In, config) => last.invoke(await this.invoke(input, config), config),
      stream: async (input: In, config) => last.stream(await this.invoke(input, config), config),
    });
  }

  /** The same, tried again when it fails: `stopAfterAttempt` times in all (default 3). */
  withRetry({ stopAfterAttempt = 3 }: { stopAfterAttempt?: number } = {}): Runnable<In, Out> {
    return this.#wrapped(async (input, config) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.invoke(input, config);
        } catch (error) {
          if (attempt >= stopAfterAttempt || config?.signal?.aborted) throw error;
        }
      }
    });
  }

  /** The same, with others that take its place when it fails, in their order. */
  withFallbacks(
    others: readonly Following<In, Out>[] | { readonly fallbacks: readonly Following<In, Out>[] },
  ): Runnable<In, Out> {
    const fallbacks = 'fallbacks' in others ? others.fallbacks : others;
    return this.#wrapped(async (input, config) => {
      let first: unknown;
      for (const each of [this, ...fallbacks]) {
        try {
          return await (typeof each === 'function'
            ? each(input, config)
            : each.invoke(input, config));
        } catch (error) {
          if (config?.signal?.aborted) throw error;
          first ??= error;
        }
      }
      throw first;
    });
  }

  /** The same, telling of its start and end. */
  withListeners({ onStart, onEnd, onError }: RunListeners<In, Out>): Runnable<In, Out> {
    const name = this.getName();
    return this.#wrapped(async (inputs, config) => {
      await onStart?.({ name, inputs });
      try {
        const outputs = (await this.invoke(inputs, config)) as Out;
        await onEnd?.({ name, inputs, outputs });
        return outputs;
      } catch (error) {
        await onError?.({ name, inputs, error });
        throw error;
      }
    });
  }

  /** A tool for a model, which runs this on the arguments. */
  asTool<Schema>({ name, description, schema }: ToolFields<Schema>): RunnableTool<In, Schema> {
    return Object.assign(
      this.#wrapped((input, config) => {
        const { type, args } = (input ?? {}) as { type?: unknown; args?: In };
        return this.invoke(type === 'tool_call' ? args! : input, config);
      }),
      { name: name ?? this.getName(), description: description ?? '', schema },
    );
  }

  /** As a part of LangChain's chains: takes its input in pieces, and gives what `stream` gives. */
  async *transform(pieces: AsyncIterable<any>, config?: RunConfig): AsyncGenerator<any> {
    let input: unknown;
    for await (const piece of pieces) input = input === undefined ? piece : joined(input, piece);
    yield* await this.stream(input as In, config);
  }

  #wrapped(invoke: (input: In, config?: RunConfig) => Promise<unknown>): Runnable<In, Out> {
    return new Link<In, Out>(this.getName(), { invoke, stream: streamOf({ invoke }) });
  }
}
Object.defineProperties(Runnable.prototype, {
  lc_runnable: { value: true },
  lc_namespace: { value: ['langgraph', 'pregel'] },
});

/** How a tool that is made of a graph is called, and what it takes. */
export interface ToolFields<Schema = unknown> {
  readonly name?: string;
  readonly description?: string;
  readonly schema: Schema;
}

/** A graph as a tool. */
export type RunnableTool<In, Schema> = Runnable<In> & Required<ToolFields<Schema>>;

/** Made of other things that can be invoked. */
class Link<In, Out> extends Runnable<In, Out> {
  name: string;
  readonly #does: Steps<In>;

  constructor(name: string, does: Steps<In>) {
    super();
    this.name = name;
    this.#does = does;
  }

  invoke(input: In, config?: any): Promise<Out> {
    return this.#does.invoke(input, config) as Promise<Out>;
  }

  stream(input: In, config?: any): Promise<AsyncGenerator<any>> {
    return this.#does.stream(input, config);
  }

  batch(inputs: readonly In[], config?: any): Promise<Out[]> {
    return Promise.all(inputs.map((input) => this.invoke(input, config)));
  }

  withConfig(defaults: Record<string, unknown>): Link<In, Out> {
    return new Link(this.name, {
      invoke: (input, config) => this.#does.invoke(input, { ...defaults, ...config }),
      stream: (input, config) => this.#does.stream(input, { ...defaults, ...config }),
    });
  }
}

interface Steps<In> {
  invoke(input: In, config?: any): Promise<unknown>;
  stream(input: In, config?: any): Promise<AsyncGenerator<any>>;
}

/** What does not stream gives its result as one piece. */
function streamOf(step: Following): Steps<any>['stream'] {
  const { stream } = step as { stream?: (input: unknown, config?: unknown) => unknown };
  if (typeof stream === 'function') {
    return (input, config) => stream.call(step, input, config) as Promise<AsyncGenerator<any>>;
  }
  const invoke = typeof step === 'function' ? step : step.invoke.bind(step);
  const once = async function* (input: unknown, config: unknown) {
    yield (await invoke(input, config)) as unknown;
  };
  return (input, config) => Promise.resolve(once(input, config));
}

function joined(first: any, next: any): unknown {
  if (typeof first === 'string' && typeof next === 'string') return first + next;
  if (typeof first?.concat === 'function') return first.concat(next) as unknown;
  const areObjects = typeof first === 'object' && typeof next === 'object';
  return areObjects ? { ...first, ...next } : next;
}
