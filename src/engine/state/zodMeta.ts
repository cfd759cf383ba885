import type { Check } from './channel.ts';
import type { BaseMessage } from '../model/messages.ts';
import { checkMessages, messagesStateReducer, type MessagesUpdate } from './addMessages.ts';
import type { Schema } from './schema.ts';

/** What a key of a `z.object` state is besides its type. */
export interface SchemaMeta<Value = any, Update = Value> {
  /** Combines updates; `schema` checks single ones. Without it, the last value wins. */
  reducer?: {
    fn: (current: Value, update: Update) => Value;
    schema?: Schema<any, Update>;
  };
  /** Makes the value that a run starts with. Default: that of the schema. */
  default?: () => Value;
  /** For other tools; nothing here uses it. */
  jsonSchemaExtra?: Record<string, unknown>;
}

/** Where a schema's type says what may be written to its key. Exists for the compiler only. */
export declare const UPDATE: unique symbol;

/** A schema whose key is reduced. */
export type ReducedSchema<S, Update> = S & { readonly [UPDATE]: Update };

/**
 * Says of schemas how a state treats the keys that they are of: for `schema.register` of zod 4.
 *
 * @example
 * ```ts
 * import { MessagesZodMeta, START, StateGraph, registry, type BaseMessage } from 'superstep';
 * import { z } from 'zod';
 * const State = z.object({
 *   messages: z.array(z.custom<BaseMessage>()).register(registry, MessagesZodMeta),
 *   calls: z.number().register(registry, { reducer: { fn: (a, b) => a + b }, default: () => 0 }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('a', ({ messages }) => ({ calls: messages.length }))
 *   .addNode('b', () => ({ calls: 1 }))
 *   .addEdge(START, 'a')
 *   .addEdge(START, 'b')
 *   .compile();
 * console.log((await graph.invoke({ messages: [] })).calls); // 1
 * ```
 */
export class SchemaMetaRegistry {
  /** Types only, as zod wants them. */
  declare readonly _meta: SchemaMeta;
  declare readonly _schema: any;
  declare readonly _map: WeakMap<any, any>;
  declare readonly _idmap: Map<string, any>;
  #metas = new WeakMap<object, SchemaMeta>();

  add(schema: object, meta: SchemaMeta): this {
    this.#metas.set(schema, meta);
    return this;
  }

  get(schema: object): SchemaMeta | undefined {
    return this.#metas.get(schema);
  }

  has(schema: object): boolean {
    return this.#metas.has(schema);
  }

  remove(schema: object): this {
    this.#metas.delete(schema);
    return this;
  }

  clear(): this {
    this.#metas = new WeakMap();
    return this;
  }
}

/** The {@link SchemaMetaRegistry} that graphs look into. */
export const registry = new SchemaMetaRegistry();

/**
 * Gives a schema a reducer or a default, for its place in a `z.object` state: with any version of zod.
 *
 * @returns The same schema.
 * @example
 * ```ts
 * import { START, StateGraph, withLangGraph } from 'superstep';
 * import { z } from 'zod';
 * const State = z.object({
 *   lines: withLangGraph(z.array(z.string()), {
 *     reducer: { fn: (a, b: string) => [...a, b], schema: z.string() },
 *     default: () => [],
 *   }),
 * });
 * const graph = new StateGraph(State)
 *   .addNode('a', () => ({ lines: 'from a' }))
 *   .addEdge(START, 'a')
 *   .compile();
 * console.log(await graph.invoke({ lines: 'first' })); // { lines: [ 'first', 'from a' ] }
 * ```
 */
export function withLangGraph<S extends Schema, Value extends OutputOf<S>, Update = Value>(
  schema: S & Schema<any, Value>,
  meta: SchemaMeta<Value, Update>,
): ReducedSchema<S, Update> {
  registry.add(schema, meta as SchemaMeta);
  return schema as unknown as ReducedSchema<S, Update>;
}

type OutputOf<S> = S extends Schema<any, infer Output> ? Output : never;

/**
 * What makes a list of messages of a key of a `z.object` state: `z.array(z.custom<BaseMessage>())
 * .register(registry, MessagesZodMeta)`.
 */
export const MessagesZodMeta: SchemaMeta<BaseMessage[], MessagesUpdate> = {
  reducer: { fn: messagesStateReducer, schema: asSchema(checkMessages) },
  default: () => [],
};

function asSchema(check: Check): Schema<any, any> {
  return {
    '~standard': {
      version: 1,
      vendor: 'superstep',
      validate: (value) => {
        const result = check(value);
        return 'value' in result
          ? result
          : { issues: result.issues.map((message) => ({ message })) };
      },
    },
  };
}
