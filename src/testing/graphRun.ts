import type { CompiledStateGraph } from '../engine/index.ts';
import type { GraphDefinition } from '../engine/graph/definition.ts';
import type { Trace } from '../trace/trace.ts';
import type { TaskSpan } from '../trace/spans.ts';
import { coverageOf, type GraphCoverage } from './coverage.ts';
import type { Question } from './runGraph.ts';

/** One run of a node. */
export interface RanTask {
  /** The node, after those of the subgraphs around it: `review:judge`. */
  readonly node: string;
  /** The superstep of its graph, counted from 1. */
  readonly superstep: number;
  readonly status: 'waiting' | 'done' | 'failed' | 'cancelled';
  readonly input: unknown;
  /** What it wrote, in order; most nodes write once. */
  readonly updates: readonly Readonly<Record<string, unknown>>[];
  /** How often it was tried. */
  readonly attempts: number;
}

/** What a run came to. */
interface Outcome {
  readonly status: GraphRun['status'];
  readonly state: any;
  readonly error?: unknown;
  readonly questions: readonly Question[];
  readonly warnings: readonly Warning[];
}

/** Something that the engine took for a mistake, and went on. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/**
 * What happened in a run: made by `runGraph`. Nodes are named by their ids, such as `judge`, or
 * `review:judge` in a subgraph.
 */
export class GraphRun<State = any> {
  /** `waiting`: for answers that were not given. */
  readonly status: 'waiting' | 'done' | 'failed' | 'cancelled';
  /** The final state; of a run that failed or waits the state so far. */
  readonly state: State;
  /** Why it failed: what was thrown. */
  readonly error: unknown;
  /** What it waits for. */
  readonly questions: readonly Question[];
  /** What the engine warned of, such as `CHANGE_LOST`. */
  readonly warnings: readonly Warning[];
  readonly #trace: Trace;
  readonly #definition: GraphDefinition;

  /** @internal */
  constructor(graph: CompiledStateGraph, trace: Trace, outcome: Outcome) {
    this.#definition = graph.definition;
    this.#trace = trace;
    this.status = outcome.status;
    this.state = outcome.state as State;
    this.error = outcome.error;
    this.questions = outcome.questions;
    this.warnings = outcome.warnings;
  }

  /** Every run of a node, in the order in which they began. */
  get tasks(): readonly RanTask[] {
    return this.#spans().map(toRanTask);
  }

  /** The ids of the nodes, in the order in which they began; once for each run. */
  get order(): readonly string[] {
    return this.#spans().map(({ task }) => task.nodeId);
  }

  /** How often a node ran; once for a run that asked, and began again with the answer. */
  ran(node: string): number {
    return this.#spansOf(node).length;
  }

  /** What a node wrote, run by run. */
  updates(node: string): readonly Readonly<Record<string, unknown>>[] {
    return this.#spansOf(node).flatMap(({ updates }) => updates);
  }

  /** How often the edge from one node to another was taken; `__start__` and `__end__` are nodes here. */
  took(source: string, target: string): number {
    const { edges } = this.#trace;
    const chosen = edges.chosen(source, target)?.count ?? 0;
    return chosen + (this.#isDeclared(source, target) ? edges.ended(source) : 0);
  }

  /** Whether two nodes ran in one superstep, so that neither waited for the other. */
  ranTogether(one: string, other: string): boolean {
    return this.#trace.supersteps.some(({ tasks }) =>
      [one, other].every((id) => tasks.some((span) => span.task.nodeId === id)),
    );
  }

  /** Whether a node began only when another had ended, each time that both ran, and both did. */
  ranAfter(later: string, earlier: string): boolean {
    const [begun, ended] = [this.#spansOf(later), this.#spansOf(earlier)];
    // Synchronous nodes of one superstep run one after another, and nobody waited.
    const isAfter = (span: TaskSpan, other: TaskSpan) =>
      span.superstep !== other.superstep && (other.endMs ?? Infinity) <= span.startMs;
    return (
      begun.length > 0 &&
      ended.length > 0 &&
      begun.every((span) => ended.every((other) => isAfter(span, other)))
    );
  }

  /** Whether it has asked anything, answered or not. */
  get hasAsked(): boolean {
    return this.questions.length > 0 || this.#trace.pauses.length > 0;
  }

  /** What of the graph it has reached, and what not. */
  get coverage(): GraphCoverage {
    return coverageOf(this.#definition, this);
  }

  /** Requests to models that were sent, cached ones not among them. */
  get modelCalls(): number {
    return this.#calls().length;
  }

  /** Tokens of all requests to models, in both directions. */
  get tokens(): number {
    return this.#calls().reduce((sum, { tokensIn, tokensOut }) => sum + tokensIn + tokensOut, 0);
  }

  /** Supersteps of the graph itself; those of its subgraphs are not counted. */
  get supersteps(): number {
    const own = this.#trace.supersteps.filter(({ path }) => path.length === 0);
    // One that waited for an answer is gone on with.
    return new Set(own.flatMap(({ superstep, planned }) => (planned > 0 ? [superstep] : []))).size;
  }

  /**
   * Of nodes only: tasks that functions call, and entrypoints, are no nodes. What asked and was run again
   * with the answer is one run.
   */
  #spans(): readonly TaskSpan[] {
    const { tasks, pauses } = this.#trace;
    const goneOnMs = pauses.at(-1)?.endMs ?? 0;
    return tasks.filter(
      ({ task, isRecalled, status, startMs }) =>
        !task.kind && !isRecalled && !(status === 'waiting' && startMs < goneOnMs),
    );
  }

  #spansOf(node: string): readonly TaskSpan[] {
    return this.#spans().filter(({ task }) => task.nodeId === node);
  }

  #calls() {
    return this.#trace.tasks.flatMap(({ calls }) => calls).filter(({ isCached }) => !isCached);
  }

  /** Whether there is an edge without a condition, from one source or from several. */
  #isDeclared(source: string, target: string): boolean {
    const around = source.split(':').slice(0, -1);
    let definition: GraphDefinition | undefined = this.#definition;
    for (const node of around) definition = definition?.nodes.get(node)?.subgraph?.definition;
    if (!definition || source.endsWith('__start__')) return false;
    const prefix = around.map((node) => `${node}:`).join('');
    const idOf = (name: string) => prefix + name;
    return (
      definition.edges.some(([from, to]) => idOf(from) === source && idOf(to) === target) ||
      definition.barriers.some(
        (barrier) =>
          idOf(barrier.target) === target && barrier.sources.some((from) => idOf(from) === source),
      )
    );
  }
}

function toRanTask({ task, status, input, updates, attempts }: TaskSpan): RanTask {
  return {
    node: task.nodeId,
    superstep: task.superstep,
    status: status === 'running' ? 'cancelled' : status,
    input,
    updates,
    attempts: attempts.length,
  };
}
