import type { ChannelSpec } from './channel.ts';
import { declare } from './declare.ts';
import type { Reducer } from './reducers.ts';
import { StateGraphInputError, show } from '../model/errors.ts';
import type { Schema } from './schema.ts';
import { MessagesValue } from './stateSchema.ts';
import {
  FIELD,
  type BareField,
  type DeclaredState,
  type Field,
  type FieldUpdates,
  type FieldValues,
} from './stateTypes.ts';

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
function readOptions(options: GivenOptions): Partial<Pick<ChannelSpec, 'reducer' | 'initial'>> {
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
  // As with LangGraph, whose programs have it: without a reducer a default counts for nothing.
  if (reducer == null && initial !== undefined) return {};
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
  [FIELD]: annotation()[FIELD],
  Root: <F extends Record<string, Field | Schema | BareField>>(fields: F): AnnotationRoot<F> => ({
    ...declare(fields),
    spec: fields,
  }),
});

/** A state with one key, `messages`. */
export const MessagesAnnotation = Annotation.Root({ messages: MessagesValue });

/** The same as {@link MessagesAnnotation}, under the name it has in LangGraph's Python edition. */
export const MessagesState = MessagesAnnotation;
