import type { ChannelSpec } from './channel.ts';
import type { Schema } from './schema.ts';
import type { UPDATE } from './zodMeta.ts';
import type { MaybePromise, NodeConfig, NodeResult } from '../model/node.ts';

/** Where a declared key keeps its law. */
export const FIELD: unique symbol = Symbol.for('superstep.field') as never;
/** Where a declared state keeps its channels. */
export const STATE: unique symbol = Symbol.for('superstep.state') as never;

/** One declared key: its law as data, and its types (which exist for the compiler only). */
export interface Field<Value = any, Update = Value> {
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
export type BareField<Value = any> = () => Field<Value>;

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
