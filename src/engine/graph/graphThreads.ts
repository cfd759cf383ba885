import type { Command } from '../model/command.ts';
import type { End } from '../model/constants.ts';
import type { Plan } from '../plan/plan.ts';
import { mergeConfig } from '../run/runConfig.ts';
import type { StateSnapshot, ThreadConfig } from '../model/stateSnapshot.ts';
import { getState, getStateHistory, type HistoryOptions } from './threadState.ts';
import type { RunConfig } from '../model/runConfig.ts';
import { GraphParts } from './graphParts.ts';
import { updateState } from './updateState.ts';

/** The threads of a graph that has a checkpointer: to look at, and to change by hand. */
export abstract class GraphThreads<
  State,
  Update,
  Nodes extends string,
  Context,
  Input = any,
  Output = any,
> extends GraphParts<Input, Output> {
  /** The form in which the graph runs. */
  abstract readonly plan: Plan;
  /** What `withConfig` has set. */
  abstract readonly defaults: RunConfig<Context>;

  /**
   * Where a thread stands: its state, what runs next, what waits for an answer.
   *
   * @param config Names the thread, `{ configurable: { thread_id } }`, and perhaps one `checkpoint_id`.
   * @param options.subgraphs Puts the state of subgraphs that are under way into `tasks[i].state`
   * instead of their config. Default `false`.
   * @throws {SuperstepError} MISSING_CHECKPOINTER, MISSING_THREAD_ID, UNKNOWN_CHECKPOINT
   * @example
   * ```ts
   * import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addSequence({ one: () => ({ n: 1 }), two: () => ({ n: 2 }) })
   *   .addEdge(START, 'one')
   *   .compile({ checkpointer: new MemorySaver(), interruptBefore: ['two'] });
   * const config = { configurable: { thread_id: '1' } };
   * await graph.invoke({}, config);
   * const { values, next } = await graph.getState(config);
   * console.log(values, next); // { n: 1 } [ 'two' ]
   * ```
   */
  async getState(
    config: RunConfig<Context>,
    options: { subgraphs?: boolean } = {},
  ): Promise<StateSnapshot<State>> {
    const merged = mergeConfig(this.defaults, config);
    return getState(this.plan, merged, { subgraphs: options.subgraphs ?? false });
  }

  /**
   * All states of a thread, newest first. Any of their configs can be passed to `invoke(null, config)`
   * to run on from there, on a branch of its own.
   *
   * @param options `limit`, `before` (a config), `filter` (of the metadata).
   * @throws As {@link getState}, and INVALID_CONFIG for a `limit` that is no count, from the iteration.
   * @example
   * ```ts
   * import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addNode('one', () => ({ n: 1 }))
   *   .addEdge(START, 'one')
   *   .compile({ checkpointer: new MemorySaver() });
   * const config = { configurable: { thread_id: '1' } };
   * await graph.invoke({}, config);
   * for await (const { metadata, values } of graph.getStateHistory(config)) {
   *   console.log(metadata?.step, values); // 1 { n: 1 } …
   * }
   * ```
   */
  getStateHistory(
    config: RunConfig<Context>,
    options: HistoryOptions = {},
  ): AsyncGenerator<StateSnapshot<State>> {
    return getStateHistory(this.plan, mergeConfig(this.defaults, config), options);
  }

  /**
   * Writes an update to a thread as if a node had made it; nothing is run. What was recorded stays: the
   * update is a checkpoint of its own. What follows from the node runs next, instead of what would
   * have run; writes of tasks that are done are kept. A question stays open if its node is to run again.
   *
   * @param config Names the thread, and perhaps a `checkpoint_id` to update instead of the newest.
   * @param values An update, checked as that of a node; `null` writes nothing. Of an entrypoint: what
   * its body would have returned, which `getPreviousState` tells the next run.
   * @param asNode The node that writes; START for an input, END to leave nothing to run; as with
   * LangGraph, `__input__` for what a call would begin with, and `__copy__` (without values) for the same
   * once more. Default: the node that ran last.
   * @returns The config of the new checkpoint.
   * @throws {InvalidUpdateError} AMBIGUOUS_UPDATE when several nodes ran last
   * @throws {SuperstepError} MISSING_CHECKPOINTER, MISSING_THREAD_ID, UNKNOWN_CHECKPOINT, UNKNOWN_NODE
   * @example
   * ```ts
   * import { Annotation, MemorySaver, START, StateGraph } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
   *   .addSequence({ one: () => ({ n: 1 }), twice: (state) => ({ n: state.n * 2 }) })
   *   .addEdge(START, 'one')
   *   .compile({ checkpointer: new MemorySaver(), interruptBefore: ['twice'] });
   * const config = { configurable: { thread_id: '1' } };
   * await graph.invoke({}, config);
   * await graph.updateState(config, { n: 21 });
   * console.log(await graph.invoke(null, config)); // { n: 42 }
   * ```
   */
  async updateState(
    config: RunConfig<Context>,
    values: Update | Command | null | undefined,
    asNode?: Nodes | End | '__input__' | '__copy__',
  ): Promise<ThreadConfig> {
    const merged = mergeConfig(this.defaults, config);
    return updateState(this.plan, merged, [[{ values, asNode }]]);
  }

  /**
   * Writes several supersteps of updates, each a checkpoint of its own: for making a thread anew from
   * what is known of it. The updates of one superstep are applied together, as those of nodes that ran
   * at once.
   *
   * @param config As of {@link updateState}.
   * @param supersteps One list of updates for each.
   * @returns The config of the last checkpoint.
   * @throws As {@link updateState}; AMBIGUOUS_UPDATE for a superstep without updates, or with one as
   * START or END among others.
   * @example
   * ```ts
   * import { Annotation, MemorySaver, START, StateGraph, append } from 'superstep';
   * const graph = new StateGraph(Annotation.Root({ log: Annotation<string[]>({ reducer: append }) }))
   *   .addNode('one', () => ({ log: ['1'] }))
   *   .addNode('two', () => ({ log: ['2'] }))
   *   .addEdge(START, 'one')
   *   .addEdge(START, 'two')
   *   .compile({ checkpointer: new MemorySaver() });
   * const config = { configurable: { thread_id: '1' } };
   * await graph.bulkUpdateState(config, [
   *   { updates: [{ values: { log: ['in'] }, asNode: START }] },
   *   { updates: [{ values: { log: ['a'] }, asNode: 'one' }, { values: { log: ['b'] }, asNode: 'two' }] },
   * ]);
   * console.log((await graph.getState(config)).values); // { log: [ 'in', 'a', 'b' ] }
   * ```
   */
  async bulkUpdateState(
    config: RunConfig<Context>,
    supersteps: readonly {
      readonly updates: readonly {
        readonly values?: Update | Command | null | undefined;
        readonly asNode?: Nodes | End | '__input__' | '__copy__';
      }[];
    }[],
  ): Promise<ThreadConfig> {
    const lists = supersteps.map(({ updates }) => updates);
    return updateState(this.plan, mergeConfig(this.defaults, config), lists);
  }
}
