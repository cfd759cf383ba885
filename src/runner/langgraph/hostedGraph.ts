import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import type { RunEvent, TaskInfo } from '../../engine/model/events.ts';
import { GRAPH, type GraphHandle, type GraphHost } from '../../engine/model/graphHandle.ts';
import { INTERRUPT_KEY } from '../../engine/model/signals.ts';
import { UNNAMED } from '../../loader/graphName.ts';
import { modelCallbacks } from './modelCallbacks.ts';
import { TheirEvents } from './theirEvents.ts';
import { isObject, type TheirGraph, type TheirLibrary } from './theirLibrary.ts';

/** What is used of our own library, as graph files find it. */
export interface OurLibrary {
  asLangGraphSaver(checkpointer: Checkpointer): unknown;
}

interface Libraries {
  readonly theirs: TheirLibrary;
  readonly ours: OurLibrary;
}

/** All that its streams tell of a run; messages are heard by callbacks, which know the task. */
const STREAMS = ['debug', 'updates', 'values'] as const;

/**
 * A graph of LangGraph.js as the runner wants its graphs: LangGraph.js runs it, and what its streams tell
 * becomes our events.
 */
export class HostedGraph {
  readonly [GRAPH]: GraphHandle;
  readonly #graph: TheirGraph;
  readonly #theirs: TheirLibrary;
  /** Of the run that goes on. */
  #events: TheirEvents | undefined;
  #name: string | undefined;

  constructor(graph: TheirGraph, { theirs, ours }: Libraries) {
    this.#graph = graph;
    this.#theirs = theirs;
    const { checkpointer } = graph;
    if (isObject(checkpointer) && !('getTuple' in checkpointer)) {
      graph.checkpointer = ours.asLangGraphSaver(checkpointer as unknown as Checkpointer);
    }
    const handle: GraphHandle = {
      version: 1,
      kind: graph.builder ? 'graph' : 'entrypoint',
      // What it takes is told by a look at the file, which is ours.
      inputFields: () => [],
      currentTask: () => this.#currentTask(),
      needsThread: () => Boolean(graph.checkpointer),
      takesCheckpointer: () => graph.checkpointer === undefined,
      forHost: ({ checkpointer }: GraphHost) => {
        if (checkpointer) graph.checkpointer = ours.asLangGraphSaver(checkpointer);
        return this;
      },
    };
    this[GRAPH] = handle;
  }

  get name(): string {
    const { name } = this.#graph;
    return this.#name ?? (name === undefined || name === 'LangGraph' ? UNNAMED : name);
  }

  set name(name: string) {
    this.#name = name;
  }

  async invoke(
    input: unknown,
    {
      signal,
      onEvent,
      configurable,
    }: {
      readonly signal: AbortSignal;
      readonly onEvent: (event: RunEvent) => void;
      readonly configurable?: object;
    },
  ): Promise<unknown> {
    const graph = this.#graph;
    const events = new TheirEvents({ name: this.name, graph, input, onEvent });
    this.#events = events;
    try {
      const stream = await graph.stream(this.#toTheirs(input), {
        signal,
        ...(configurable && { configurable }),
        streamMode: [...STREAMS],
        subgraphs: true,
        writer: (value: unknown) => events.custom(this.#currentTask(), value),
        callbacks: [modelCallbacks(events)],
      });
      for await (const chunk of stream) events.add(chunk);
      const { output, interrupts } = events.end();
      return interrupts && isObject(output) ? { ...output, [INTERRUPT_KEY]: interrupts } : output;
    } catch (error) {
      events.fail(error, { cancelled: signal.aborted });
      throw error;
    }
  }

  async getState(config: object, options?: object): Promise<unknown> {
    return this.#graph.getState(config, options);
  }

  getStateHistory(config: object, options?: object): AsyncIterable<unknown> {
    return this.#graph.getStateHistory(config, options);
  }

  async updateState(config: object, values: unknown, asNode?: string): Promise<unknown> {
    return this.#graph.updateState(config, values, asNode);
  }

  getGraph(options: object): unknown {
    return this.#graph.getGraph(options);
  }

  /** A command of ours, with which the runner goes on, becomes one of theirs. */
  #toTheirs(input: unknown): unknown {
    if (!isObject(input) || input['lg_name'] !== 'Command') return input;
    const { resume, update, goto } = input;
    const isEmpty = Array.isArray(goto) && goto.length === 0;
    return new this.#theirs.Command({
      ...(resume !== undefined && { resume }),
      ...(update !== undefined && { update }),
      ...(!isEmpty && { goto }),
    });
  }

  #currentTask(): TaskInfo | undefined {
    return this.#events?.taskOf(this.#theirs.getConfig()?.metadata);
  }
}
