import type { ChannelSpec } from './channel.ts';
import type { Reducer } from './reducers.ts';
import { StateGraphInputError, show } from '../model/errors.ts';
import { addMessages, checkMessages, type MessagesUpdate } from './addMessages.ts';
import type { BaseMessage } from '../model/messages.ts';
import { NO_RULES, objectRules, type ObjectRules } from './objectRules.ts';
import { describeSchema, isSchema, toCheck, type Schema } from './schema.ts';
import { registry, type UPDATE } from './zodMeta.ts';
import type { MaybePromise, NodeConfig, NodeResult } from '../model/node.ts';

const FIELD: unique symbol = Symbol.for('superstep.field') as never;
const STATE: unique symbol = Symbol.for('superstep.state') as never;

/** One declared key: its law as data, and its types (which exist for the compiler only). */
interface Field<Value = any, Update = Value> {
  readonly [FIELD]: Omit<ChannelSpec, 'key'>;
  readonly ValueType?: Value;
  readonly UpdateType?: Update;
}

/** A whole declared state. Its names are types only: `typeof MyState.State`. */
export interface DeclaredState<Value = any, Update = any> {
  readonly [STATE]: readonly ChannelSpec[];
  /** What nodes read. */
  readonly State: Value;
  /** What nodes write. */
  readonly Update: Update;
  /** A node of a graph with this state. */
  readonly Node: (state: Value, config: NodeConfig) => MaybePromise<NodeResult<Update>>;
}

/** An object schema such as `z.object({ … })`: any Standard Schema that shows its `shape`. */
export interface ObjectSchema<Input = any, Output = any> extends Schema<Input, Output> {
  readonly shape: Readonly<Record<string, unknown>>;
}

/** Everything a state (or a part of it: input, output, context) can be declared with. */
export type StateInit = DeclaredState | ObjectSchema;

/** What nodes read of a state. */
export type StateOf<S> = 0 extends 1 & S
  ? any
  : S extends { readonly State: infer V; readonly Update: unknown }
    ? V
    : S extends Schema<any, infer O>
      ? O
      : never;

/** What nodes may write to a state; every key is optional. */
export type UpdateOf<S> = 0 extends 1 & S
  ? any
  : S extends { readonly State: unknown; readonly Update: infer U }
    ? U
    : S extends Schema<infer I, any>
      ? Partial<S extends { readonly shape: infer Shape } ? ReducedUpdates<I, Shape> : I>
      : never;

/** The updates of keys whose schemas have been given a reducer. */
type ReducedUpdates<I, Shape> = {
  [K in keyof I]: K extends keyof Shape
    ? Shape[K] extends { readonly [UPDATE]: infer U }
      ? U | Overwritten<Shape[K]>
      : I[K]
    : I[K];
};

/** `Annotation<T>` without the call. */
type BareField<Value = any> = () => Field<Value>;

type Flat<T> = { [K in keyof T]: T[K] } & {};

type FieldValue<F> =
  F extends BareField<infer V>
    ? V
    : F extends { readonly ValueType?: infer V; readonly UpdateType?: unknown }
      ? Exclude<V, undefined> extends never
        ? unknown
        : Exclude<V, undefined>
      : F extends Schema<any, infer O>
        ? O
        : never;
type FieldUpdate<F> =
  F extends BareField<infer V>
    ? V
    : F extends { readonly ValueType?: unknown; readonly UpdateType?: infer U }
      ? Exclude<U, undefined>
      : F extends Schema<infer I, any>
        ? I
        : never;

/** Types of a record of fields, as read and as written. */
export type FieldValues<F> = Flat<{
  -readonly [K in keyof F]: FieldValue<F[K]>;
}>;
export type FieldUpdates<F> = Flat<{
  -readonly [K in keyof F]?: FieldUpdate<F[K]> | Overwritten<F[K]>;
}>;

/** Stands for `Overwrite` of the field's value. */
type Overwritten<F> = { readonly value: FieldValue<F> };

/** How a key declared by {@link Annotation} combines its updates. */
export interface AnnotationOptions<Value, Update = Value> {
  /** Combines the present value with an update; must return a new value. */
  reducer: Reducer<Value, Update>;
  /** Makes the value that each run starts with. */
  default?: () => Value;
}

/** A key declared by `Annotation`: the last value wins, or a reducer combines. */
export type AnnotationField<Value = any, Update = Value> = Field<Value, Update>;

/** A state declared by `Annotation.Root`. */
export interface AnnotationRoot<
  F extends Record<string, Field | Schema | BareField>,
> extends DeclaredState<FieldValues<F>, FieldUpdates<F>> {
  /** The fields, for use in another root: `Annotation.Root({ ...Base.spec, more: … })`. */
  readonly spec: F;
}

function annotation<Value = any>(): Field<Value>;
function annotation<Value = any, Update = Value>(
  options: AnnotationOptions<Value, Update>,
): Field<Value, Update>;
function annotation<Value = any, Update = Value>(
  options: Omit<AnnotationOptions<Value, Update>, 'reducer'> & {
    /** The former name of `reducer`. */
    value: Reducer<Value, Update>;
  },
): Field<Value, Update>;
function annotation(options?: GivenOptions): Field {
  return {
    [FIELD]: {
      ...(options && readOptions(options)),
      type: 'any',
      required: false,
    },
  };
}

interface GivenOptions {
  readonly reducer?: unknown;
  /** The former name of `reducer`. */
  readonly value?: unknown;
  readonly default?: unknown;
}

/** Left out or misspelt, a reducer would be missed only when values are lost. */
function readOptions(options: GivenOptions): Pick<ChannelSpec, 'reducer' | 'initial'> {
  const fail = (why: string) =>
    new StateGraphInputError(
      'INVALID_SCHEMA',
      `Cannot use ${show(options)} as the options of an Annotation: ${why}; pass { reducer, default }, ` +
        `or nothing for the last value`,
      { value: options },
    );
  const { value, default: initial, ...others } = options;
  const { reducer = value, ...unknown } = others;
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw fail(`it has no option "${key}"`);
  if (typeof reducer !== 'function') throw fail('the reducer is not a function');
  if (initial !== undefined && typeof initial !== 'function') {
    throw fail('the default is not a function that makes a value');
  }
  return {
    reducer: reducer as Reducer<unknown>,
    ...(initial && { initial: initial as () => unknown }),
  };
}

/**
 * Declares state without validation: `Annotation<T>()` keeps the last value,
 * `Annotation<T>({ reducer, default })` combines; `Annotation.Root({ … })` makes a state of fields.
 *
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * const State = Annotation.Root({
 *   topic: Annotation<string>(),
 *   jokes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('joke', (state) => ({ jokes: [`About ${state.topic}`] }))
 *   .addEdge(START, 'joke')
 *   .compile();
 * console.log(await graph.invoke({ topic: 'cats' })); // { topic: 'cats', jokes: [ 'About cats' ] }
 * ```
 */
export const Annotation: typeof annotation & {
  Root<F extends Record<string, Field | Schema | BareField>>(fields: F): AnnotationRoot<F>;
} = Object.assign(annotation, {
  Root: <F extends Record<string, Field | Schema | BareField>>(fields: F): AnnotationRoot<F> => ({
    ...declare(fields),
    spec: fields,
  }),
});

/** How a {@link ReducedValue} combines. */
export interface ReducedValueOptions<Value, Update> {
  reducer: (current: Value, update: Update) => Value;
  /** Checks single updates; without it the schema of the value does. */
  inputSchema?: Schema<any, Update>;
}

/**
 * A key of a {@link StateSchema} whose updates a reducer combines.
 *
 * @example
 * ```ts
 * import { ReducedValue, START, StateGraph, StateSchema } from 'superstep';
 * import { z } from 'zod';
 * const State = new StateSchema({
 *   total: new ReducedValue(z.number().default(0), { reducer: (a, b: number) => a + b }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('one', () => ({ total: 1 }))
 *   .addNode('two', () => ({ total: 2 }))
 *   .addEdge(START, 'one')
 *   .addEdge(START, 'two')
 *   .compile();
 * console.log(await graph.invoke({})); // { total: 3 }
 * ```
 */
export class ReducedValue<Value = any, Update = Value> implements Field<Value, Update> {
  /** True for every value of this class. */
  static isInstance(value: unknown): value is ReducedValue {
    return value instanceof ReducedValue;
  }

  readonly [FIELD]: Omit<ChannelSpec, 'key'>;
  readonly valueSchema: Schema<any, Value>;
  readonly inputSchema: Schema<any, Update> | undefined;
  readonly reducer: (current: Value, update: Update) => Value;
  declare readonly ValueType?: Value;
  declare readonly UpdateType?: Update;

  constructor(schema: Schema<any, Value>, options: ReducedValueOptions<Value, Update>) {
    const described = describeSchema(schema);
    this.valueSchema = schema;
    this.inputSchema = options.inputSchema;
    this.reducer = options.reducer;
    this[FIELD] = {
      ...described,
      required: false,
      reducer: options.reducer,
      checkUpdate: options.inputSchema ? toCheck(options.inputSchema) : described.checkValue,
    };
  }
}

/** A field that holds a conversation: see {@link addMessages}. */
export const MessagesValue: Field<BaseMessage[], MessagesUpdate> = {
  [FIELD]: {
    reducer: addMessages,
    initial: () => [],
    checkValue: checkMessages,
    checkUpdate: checkMessages,
    type: 'messages',
    required: false,
  },
};

/**
 * Declares validated state: plain schemas keep the last value, {@link ReducedValue} combines,
 * {@link MessagesValue} holds a conversation. Any Standard Schema (zod, valibot, …) will do.
 *
 * @throws {StateGraphInputError} INVALID_SCHEMA when a field is none of these.
 * @example
 * ```ts
 * import { MessagesValue, StateSchema } from 'superstep';
 * import { z } from 'zod';
 * const State = new StateSchema({ messages: MessagesValue, turns: z.number().default(0) });
 * type State = typeof State.State; // { messages: BaseMessage[]; turns: number }
 * ```
 */
export class StateSchema<F extends Record<string, Field | Schema>> implements DeclaredState<
  FieldValues<F>,
  FieldUpdates<F>
> {
  /** True for every state of this class. */
  static isInstance(value: unknown): value is StateSchema<any> {
    return value instanceof StateSchema;
  }

  readonly [STATE]: readonly ChannelSpec[];
  readonly fields: F;
  declare readonly State: FieldValues<F>;
  declare readonly Update: FieldUpdates<F>;
  declare readonly Node: DeclaredState<FieldValues<F>, FieldUpdates<F>>['Node'];

  constructor(fields: F) {
    this.fields = fields;
    this[STATE] = declare(fields)[STATE];
  }
}

/** A state with one key, `messages`. */
export const MessagesAnnotation = Annotation.Root({ messages: MessagesValue });

/** The same as {@link MessagesAnnotation}, under the name it has in LangGraph's Python edition. */
export const MessagesState = MessagesAnnotation;

function declare<F extends Record<string, Field | Schema | BareField>>(
  fields: F,
): DeclaredState<FieldValues<F>, FieldUpdates<F>> {
  const specs = Object.entries(fields).map(([key, field]) => toSpec(key, field));
  // `State` and `Update` have no value: they are there for `typeof`.
  return { [STATE]: specs } as unknown as DeclaredState<FieldValues<F>, FieldUpdates<F>>;
}

/** A state of channels that are at hand already. */
export function declaredBy(specs: readonly ChannelSpec[]): DeclaredState {
  return { [STATE]: specs } as unknown as DeclaredState;
}

function toSpec(key: string, field: unknown): ChannelSpec {
  if (key === '__proto__') {
    throw new StateGraphInputError(
      'INVALID_SCHEMA',
      'Cannot use "__proto__" as a key of a state: it is the prototype of every object; choose another',
      { key },
    );
  }
  if (typeof field === 'object' && field !== null && FIELD in field) {
    return { key, ...(field as Field)[FIELD] };
  }
  if (isSchema(field)) return { key, ...describeSchema(field), ...metaOf(field) };
  if (field === annotation) return { key, type: 'any', required: false };
  throw new StateGraphInputError(
    'INVALID_SCHEMA',
    `Cannot use ${show(field)} as the field "${key}" of a state: pass a schema (z.string()), ` +
      `Annotation<T>(), new ReducedValue(…) or MessagesValue`,
    { key, value: field },
  );
}

/** What else is said of a schema: its reducer and its default. */
function metaOf(schema: Schema): Partial<ChannelSpec> {
  const meta = registry.get(schema);
  if (meta === undefined) return {};
  const { reducer, default: initial } = meta;
  return {
    ...(initial && { initial }),
    ...(reducer && {
      reducer: reducer.fn,
      checkUpdate: toCheck(reducer.schema ?? schema),
      required: false,
    }),
  };
}

/**
 * A key whose values are not kept by checkpointers: it starts anew when a thread goes on.
 *
 * @example
 * ```ts
 * import { START, StateGraph, StateSchema, UntrackedValue } from 'superstep';
 * import { z } from 'zod';
 * const State = new StateSchema({ n: z.number(), session: new UntrackedValue(z.string()) });
 * const graph = new StateGraph(State)
 *   .addNode('a', ({ session }) => ({ n: session.length }))
 *   .addEdge(START, 'a')
 *   .compile();
 * console.log(await graph.invoke({ session: 'abc' })); // { n: 3, session: 'abc' }
 * ```
 */
export class UntrackedValue<Value = any> implements Field<Value> {
  /** True for every value of this class. */
  static isInstance(value: unknown): value is UntrackedValue {
    return value instanceof UntrackedValue;
  }

  readonly [FIELD]: Omit<ChannelSpec, 'key'>;
  readonly schema: Schema<any, Value> | undefined;
  declare readonly ValueType?: Value;
  declare readonly UpdateType?: Value;

  /**
   * @param schema Checks values. Default: any value.
   * @param options `guard`: with `false`, several tasks of a superstep may write the key, and the
   * last one wins; else that is an error.
   */
  constructor(schema?: Schema<any, Value>, { guard = true }: { guard?: boolean } = {}) {
    const described = schema && describeSchema(schema);
    this.schema = schema;
    this[FIELD] = {
      type: 'any',
      required: false,
      ...described,
      isUntracked: true,
      ...(!guard && { reducer: lastOf, checkUpdate: described?.checkValue }),
    } as Omit<ChannelSpec, 'key'>;
  }
}

function lastOf(_: unknown, update: unknown): unknown {
  return update;
}

/**
 * The channels that a state declaration stands for, in its order.
 * @throws {StateGraphInputError} INVALID_SCHEMA
 */
export function channelSpecs(init: unknown, what = 'state'): readonly ChannelSpec[] {
  if (typeof init === 'object' && init !== null) {
    if (STATE in init) return (init as DeclaredState)[STATE];
    const shape: unknown = (init as Partial<ObjectSchema>).shape;
    if (isSchema(init) && typeof shape === 'object' && shape !== null) {
      const rules = objectRules(init);
      if ('problem' in rules) throw cannotUse(init, what, `: ${rules.problem}; leave that out`);
      return Object.entries(shape).map(([key, field]) => toSpec(key, field));
    }
  }
  const forms = 'Annotation.Root({ … }), new StateSchema({ … }) or z.object({ … })';
  throw cannotUse(init, what, `: pass ${forms}${adviceOn(init)}`);
}

function cannotUse(init: unknown, what: string, why: string): StateGraphInputError {
  const message = `Cannot use ${show(init)} as the ${what} of a graph${why}`;
  return new StateGraphInputError('INVALID_SCHEMA', message, { value: init });
}

/** What a declaration that {@link channelSpecs} accepts says of the whole object. */
export function rulesOf(init: StateInit): ObjectRules {
  const rules = STATE in init ? NO_RULES : objectRules(init);
  return 'problem' in rules ? NO_RULES : rules;
}

/** What hides the keys of a schema that cannot be taken. */
function adviceOn(init: unknown): string {
  const hides = (init as { _def?: { typeName?: unknown } } | null)?._def?.typeName === 'ZodEffects';
  return hides
    ? '; zod 3 hides the keys of an object with refine or transform: use that of zod 4, or check in a node'
    : '';
}

/** True for the fields of a state that nobody made one of, such as the `spec` of another. */
export function isStateSpec(value: object): value is Record<string, Field> {
  const fields: unknown[] = Object.values(value);
  return fields.length > 0 && fields.every(isField);
}

function isField(value: unknown): boolean {
  return value === annotation || (typeof value === 'object' && value !== null && FIELD in value);
}

/** True for everything that {@link channelSpecs} accepts, without looking at its fields. */
export function isStateInit(value: unknown): value is StateInit {
  if (typeof value !== 'object' || value === null) return false;
  return STATE in value || (isSchema(value) && 'shape' in value);
}
