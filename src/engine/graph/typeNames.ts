// What programs for LangGraph.js name in their types, made of the types that are here.
import type { interrupt } from '../run/interrupt.ts';
import type { CommandFields } from '../model/command.ts';
import type { MaybePromise, NodeAction, NodeResult } from '../model/node.ts';
import type { TimeoutPolicy } from '../model/policies/timeoutPolicy.ts';
import type { ContextInit } from '../state/context.ts';
import type { ReducedValueOptions } from '../state/stateSchema.ts';
import type { StreamConfig } from '../model/runConfig.ts';
import type {
  Operation,
  GetOperation,
  PutOperation,
  SearchOperation,
} from '../store/storeOperations.ts';
import type { SearchItem, StoreItem } from '../model/store.ts';
import type { Schema } from '../state/schema.ts';
import type { AnnotationOptions } from '../state/annotation.ts';
import type { MessagesUpdate } from '../state/addMessages.ts';
import type { Reducer } from '../state/reducers.ts';
import type { StateSchema } from '../state/stateSchema.ts';
import type {
  BareField,
  Field,
  FieldUpdates,
  FieldValues,
  StateInit,
  StateOf,
  UpdateOf,
} from '../state/stateTypes.ts';
import type { CompiledStateGraph } from './compiledGraph.ts';
import type { NodeOptions, StateGraphOptions } from './graphOptions.ts';
import type { ChannelForm } from './stateForms.ts';

/** The fields of a state, as {@link Annotation}`.Root` is given them: `typeof State.spec`. */
export type StateDefinition = Record<string, Field | Schema | BareField>;

/** What nodes read of a state with these fields. */
export type StateType<Definition extends StateDefinition> = FieldValues<Definition>;

/** What nodes write to a state with these fields. */
export type UpdateType<Definition extends StateDefinition> = FieldUpdates<Definition>;

/** One key of a state, whose values and updates have these types. */
export type BaseChannel<Value = any, Update = Value> = Field<Value, Update>;

/** How a key combines its updates, as {@link Annotation} is given it; `null` for the last value. */
export type SingleReducer<Value, Update = Value> =
  | AnnotationOptions<Value, Update>
  | { value: Reducer<Value, Update>; default?: () => Value }
  | null;

/** A reducer that is no more than a function. */
export type BinaryOperator<Value, Update = Value> = (current: Value, update: Update) => Value;

/** The form of an {@link Overwrite} in JSON. */
export interface OverwriteValue<Value> {
  readonly __overwrite__: Value;
}

/** What may be written to a list of messages. */
export type Messages = MessagesUpdate;

/** The oldest form of a state: for each key `null`, a reducer, or `{ value, default }`. */
export interface StateGraphArgs<State> {
  readonly channels: { readonly [Key in keyof State]: ChannelForm };
}

/** A {@link StateSchema} with whatever fields. */
export type AnyStateSchema = StateSchema<any>;

/** What nodes read of a state, however it is declared. */
export type ExtractStateType<State extends StateInit> = StateOf<State>;

/** What nodes write to a state, however it is declared. */
export type ExtractUpdateType<State extends StateInit> = UpdateOf<State>;

/** What nodes read of a {@link StateSchema}. */
export type InferStateSchemaValue<State extends AnyStateSchema> = StateOf<State>;

/** What nodes write to a {@link StateSchema}. */
export type InferStateSchemaUpdate<State extends AnyStateSchema> = UpdateOf<State>;

/** A graph that was compiled. */
export type CompiledGraph<
  Nodes extends string = any,
  State = any,
  Update = any,
  Context = any,
  Input = any,
  Output = any,
> = CompiledStateGraph<Output, Input, Nodes, Context, State, Update>;

/** A graph that was compiled, by the names of its types: `{ node, state, update, context, input, output }`. */
export type CompiledGraphType<Types extends object = object> = CompiledGraph<
  Types extends { node: infer Node extends string } ? Node : any,
  Types extends { state: infer State } ? State : any,
  Types extends { update: infer Update } ? Update : any,
  Types extends { context: infer Context } ? Context : any,
  Types extends { input: infer Input } ? Input : any,
  Types extends { output: infer Output } ? Output : any
>;

/** A graph that was compiled. */
export type Pregel = CompiledStateGraph;

/** The config of a call that streams. */
export type PregelOptions = StreamConfig<any>;

/** What `getState` is told besides its config. */
export interface GetStateOptions {
  readonly subgraphs?: boolean;
}

/** How a node is run. */
export type AddNodeOptions = NodeOptions;

/** How a node is run. */
export type StateGraphAddNodeOptions = NodeOptions;

/** What a {@link Command} is made of. */
export type CommandParams<Resume = unknown, Update = Record<string, unknown>> = Omit<
  CommandFields<Update>,
  'resume'
> & { resume?: Resume };

/** One thing kept in a store. */
export type Item = StoreItem;

/** A node of a graph whose state has these fields. */
export type NodeType<Definition extends StateDefinition> = NodeAction<
  StateType<Definition>,
  UpdateType<Definition>
>;

/** What a node returns, or a promise of it. */
export type GraphNodeReturnValue<Update, Nodes extends string = string> = MaybePromise<
  NodeResult<Update, Nodes>
>;

/** A state, however it is declared. */
export type StateDefinitionInit = StateInit;

/** A context, however it is declared. */
export type ContextSchemaInit = ContextInit;

/** What a graph is made of, in one object. */
export interface StateGraphInit<
  State extends StateInit = StateInit,
  Input extends StateInit = StateInit,
  Output extends StateInit = StateInit,
  Context extends ContextInit = ContextInit,
> extends StateGraphOptions<Input, Output, Context> {
  state?: State;
}

/** An older form of the same. */
export interface StateGraphArgsWithStateSchema<
  State extends StateInit = StateInit,
  Input extends StateInit = StateInit,
  Output extends StateInit = StateInit,
> {
  stateSchema: State;
  input?: Input;
  output?: Output;
}

/** An older form of the same, without a state of its own. */
export interface StateGraphArgsWithInputOutputSchemas<
  Input extends StateInit = StateInit,
  Output extends StateInit = StateInit,
> {
  input: Input;
  output: Output;
}

/** One key of a {@link StateSchema}. */
export type StateSchemaField<Value = any, Update = Value> =
  Field<Value, Update> | Schema<Update, Value>;

/** The keys of a {@link StateSchema}. */
export type StateSchemaFields = Record<string, StateSchemaField>;

/** How a reduced key of a {@link StateSchema} is declared. */
export type ReducedValueInit<Value = unknown, Update = Value> = ReducedValueOptions<Value, Update>;

/** How an untracked key of a {@link StateSchema} is declared. */
export interface UntrackedValueInit {
  /** Two updates in one superstep are an error. Default `true`; else the last one counts. */
  guard?: boolean;
}

/** What a {@link Send} may have besides its node and arguments. */
export interface SendOptions {
  /** Milliseconds, or a policy, in place of the node's. */
  timeout?: number | TimeoutPolicy;
}

/** What an `interrupt` whose types are given asks. */
export type InferInterruptInputType<Ask> = Ask extends typeof interrupt<infer Value, unknown>
  ? Value
  : unknown;

/** What an `interrupt` whose types are given returns. */
export type InferInterruptResumeType<Ask> = Ask extends typeof interrupt<never, infer Answer>
  ? Answer
  : unknown;

/** What a `writer` whose type is given takes. */
export type InferWriterType<Write> = Write extends (value: infer Chunk) => void ? Chunk : any;

/** Where a store keeps something, from the outside in. */
export type NameSpacePath = string[];

/** Whether a condition is for the beginning or for the end of a namespace. */
export type NamespaceMatchType = 'prefix' | 'suffix';

/** What a store that is asked for several things at once gives, in their order. */
export type OperationResults<Operations extends readonly Operation[]> = {
  [Index in keyof Operations]: Operations[Index] extends PutOperation
    ? void
    : Operations[Index] extends SearchOperation
      ? SearchItem[]
      : Operations[Index] extends GetOperation
        ? StoreItem | null
        : string[][];
};
