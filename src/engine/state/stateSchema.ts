import type { ChannelSpec } from './channel.ts';
import { addMessages, checkMessages, type MessagesUpdate } from './addMessages.ts';
import { declare } from './declare.ts';
import type { BaseMessage } from '../model/messages.ts';
import { describeSchema, toCheck, type Schema } from './schema.ts';
import {
  FIELD,
  STATE,
  type DeclaredState,
  type Field,
  type FieldUpdates,
  type FieldValues,
} from './stateTypes.ts';

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
