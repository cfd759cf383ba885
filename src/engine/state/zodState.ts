import type { ChannelSpec } from './channel.ts';
import { channelSpecs } from './declare.ts';
import { MessagesValue, StateSchema } from './stateSchema.ts';
import type { FieldUpdates, FieldValues, ObjectSchema } from './stateTypes.ts';

type Fields = ConstructorParameters<typeof StateSchema>[0];

/** An object schema that more keys can be added to, as to a `z.object`. */
export interface ExtensibleState<F extends Fields> extends ObjectSchema<
  FieldUpdates<F>,
  FieldValues<F>
> {
  readonly shape: F;
  extend<More extends Fields>(more: More): ExtensibleState<Omit<F, keyof More> & More>;
}

/**
 * A state with one key, `messages`, in the form of an object schema: `extend` adds keys.
 *
 * @example
 * ```ts
 * import { MessagesZodState, START, StateGraph } from 'superstep';
 * import { z } from 'zod';
 * const State = MessagesZodState.extend({ calls: z.number().default(0) });
 * const graph = new StateGraph(State)
 *   .addNode('answer', ({ calls }) => ({ messages: ['Hi'], calls: calls + 1 }))
 *   .addEdge(START, 'answer')
 *   .compile();
 * console.log((await graph.invoke({})).calls); // 1
 * ```
 */
export const MessagesZodState: ExtensibleState<{ messages: typeof MessagesValue }> = extensible({
  messages: MessagesValue,
});

function extensible<F extends Fields>(shape: F): ExtensibleState<F> {
  const specs = channelSpecs(new StateSchema(shape));
  return {
    shape,
    extend: (more) => extensible({ ...shape, ...more }),
    '~standard': { version: 1, vendor: 'superstep', validate: (value) => validate(specs, value) },
  };
}

type Result = ReturnType<ObjectSchema['~standard']['validate']>;

function validate(specs: readonly ChannelSpec[], value: unknown): Result {
  if (typeof value !== 'object' || value === null) {
    return { issues: [{ message: 'expected an object' }] };
  }
  const checked: Record<string, unknown> = {};
  for (const { key, checkValue } of specs) {
    const given = (value as Record<string, unknown>)[key];
    const result = checkValue?.(given) ?? { value: given };
    if ('issues' in result)
      return { issues: result.issues.map((message) => ({ message, path: [key] })) };
    if (result.value !== undefined) checked[key] = result.value;
  }
  return { value: checked };
}
