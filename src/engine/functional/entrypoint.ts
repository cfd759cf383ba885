import { EMPTY, type ChannelSpec } from '../state/channel.ts';
import { buildPlan } from '../graph/buildPlan.ts';
import { CompiledStateGraph } from '../graph/compiledGraph.ts';
import { END, START } from '../model/constants.ts';
import type { ContextInit, ContextOf, GivenContextOf } from '../state/context.ts';
import type { GraphDefinition, NodeDefinition } from '../graph/definition.ts';
import { type CompileOptions, COMPILE_OPTIONS } from '../graph/graphOptions.ts';
import { checkOptions, type OptionTable } from '../model/checkOptions.ts';
import type { Plan } from '../plan/plan.ts';
import { NO_RULES } from '../state/objectRules.ts';
import { describeSchema, type Schema } from '../state/schema.ts';
import { declaredBy } from '../state/declare.ts';
import type { NodeAction, NodeConfig } from '../model/node.ts';
import type { RetryPolicy } from '../model/policies/retry.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
import { ENTRY_KEYS } from '../plan/entryKeys.ts';
import { toFinal, toResultUpdate, type EntrypointFinal } from '../plan/entryResult.ts';
import { checkFunction } from './task.ts';
import { requireFrame } from './taskContext.ts';

/** How an entrypoint is run; what concerns checkpoints, stores and caches is as for `compile`. */
export interface EntrypointOptions<
  Input = any,
  Context extends ContextInit = ContextInit,
> extends Omit<CompileOptions, 'name'> {
  /** The workflow's name in diagrams, events and messages. */
  name: string;
  /** Checks the input, and tells hosts what to ask for. Default: any value. */
  input?: Schema<any, Input>;
  /** What a run must be given as `config.context`; checked, with its defaults, before it starts. */
  context?: Context;
  /** Runs the body again when it fails. Default: no. */
  retry?: RetryPolicy;
  /** Milliseconds, or a policy, for each run of the body. Default: no limit. */
  timeout?: number | TimeoutPolicy;
}

const OPTIONS: OptionTable<EntrypointOptions> = {
  names: {
    ...COMPILE_OPTIONS.names,
    input: true,
    context: true,
    retry: true,
    timeout: true,
  },
};

/** What `invoke` resolves with. */
export type EntrypointResult<Returned> =
  Awaited<Returned> extends EntrypointFinal<infer Value, unknown> ? Value : Awaited<Returned>;

function makeEntrypoint<Input, Returned, Context extends ContextInit = ContextInit>(
  nameOrOptions: string | EntrypointOptions<Input, Context>,
  action: (input: Input, config: NodeConfig<ContextOf<Context>>) => Returned,
): CompiledStateGraph<EntrypointResult<Returned>, Input, string, GivenContextOf<Context>> {
  const given: EntrypointOptions<Input, Context> =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  const { name, input, context, retry, timeout, ...options } = given;
  checkFunction('entrypoint', name, action);
  checkOptions(OPTIONS, given, `Entrypoint "${name}"`);
  const node: NodeDefinition = {
    name,
    action: toNode(action),
    subgraph: undefined,
    options: { retryPolicy: retry ?? false, timeout: timeout ?? false },
    identity: { changesInput: false },
  };
  const definition: GraphDefinition = {
    state: declaredBy(channelsOf(input)),
    input: undefined,
    output: undefined,
    context,
    nodes: new Map([[name, node]]),
    edges: [
      [START, name],
      [name, END],
    ],
    barriers: [],
    routers: [],
  };
  const plan: Plan = {
    ...buildPlan(definition, { ...options, name }),
    kind: 'entrypoint',
    // It has no state to show: only an input and a result.
    state: { keys: [], channels: [], declared: [], demands: [], rules: NO_RULES },
  };
  return new CompiledStateGraph(definition, plan, { ...options, name });
}

function channelsOf(input: Schema | undefined): ChannelSpec[] {
  const any = { type: 'any', required: false, isShared: true };
  return [
    { ...any, required: true, ...(input && describeSchema(input)), key: ENTRY_KEYS.input },
    { ...any, key: ENTRY_KEYS.result },
    { ...any, key: ENTRY_KEYS.previous },
  ];
}

/** The body as a node: it reads the input, and writes result and remembered value. */
function toNode(action: (input: any, config: NodeConfig) => unknown): NodeAction {
  return async (state: Record<string, unknown>, config) =>
    toResultUpdate(await action(state[ENTRY_KEYS.input], config));
}

/**
 * Makes a workflow of plain code: a function whose pieces of work are {@link task}s. What it returns
 * is run like a compiled graph: `invoke`, `stream`, `batch`, and a checkpointer to resume it with, for
 * which it runs again from the top and gets the results of the tasks that had finished.
 *
 * `entrypoint.final({ value, save })`, returned from the body, resolves with one value and remembers
 * another for {@link getPreviousState}.
 *
 * @param nameOrOptions The name, or the name with checkpointer, store, cache, schema of the input and
 * policies.
 * @param action `(input, config)`; may be asynchronous or not.
 * @throws {SuperstepError} INVALID_TASK for generators and what is not a function; INVALID_POLICY,
 * UNKNOWN_OPTION
 * @example
 * ```ts
 * import { entrypoint, task } from 'superstep';
 * const draft = task('draft', async (topic: string) => `On ${topic}`);
 * const title = task('title', async (text: string) => text.toUpperCase());
 * const workflow = entrypoint('workflow', async (topic: string) => title(await draft(topic)));
 * console.log(await workflow.invoke('cats')); // ON CATS
 * ```
 */
export const entrypoint: typeof makeEntrypoint & {
  final<Value, Saved>(result: { value?: Value; save?: Saved }): EntrypointFinal<Value, Saved>;
} = Object.assign(makeEntrypoint, { final: toFinal });

/**
 * What the entrypoint returned (or saved) at its last run on this thread; `undefined` at the first
 * run, and without a checkpointer.
 *
 * @throws {SuperstepError} OUTSIDE_RUN
 * @example
 * ```ts
 * import { entrypoint, getPreviousState } from 'superstep';
 * const workflow = entrypoint('count', () => (getPreviousState<number>() ?? 0) + 1);
 * console.log(await workflow.invoke({})); // 1
 * ```
 */
export function getPreviousState<State = any>(): State | undefined {
  const frame = requireFrame('getPreviousState');
  const { plan, snapshot } = frame.run;
  if (plan.kind !== 'entrypoint') return undefined;
  const value = snapshot.values[plan.byKey.get(ENTRY_KEYS.previous)!];
  return value === EMPTY ? undefined : (value as State);
}
