import type { ChannelSpec } from './channel.ts';
import { StateGraphInputError, show } from '../model/errors.ts';
import { NO_RULES, objectRules, type ObjectRules } from './objectRules.ts';
import { foreignFields, readForeignField } from './foreignChannel.ts';
import { describeSchema, isSchema, toCheck, type Schema } from './schema.ts';
import {
  FIELD,
  STATE,
  type BareField,
  type DeclaredState,
  type Field,
  type FieldUpdates,
  type FieldValues,
  type ObjectSchema,
  type StateInit,
} from './stateTypes.ts';
import { registry } from './zodMeta.ts';

/** The state of these fields. */
export function declare<F extends Record<string, Field | Schema | BareField>>(
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
  if (isField(field)) return { key, ...field[FIELD] };
  if (isSchema(field)) return { key, ...describeSchema(field), ...metaOf(field) };
  const foreign = readForeignField(field);
  if (foreign) return { key, ...foreign };
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
 * The channels that a state declaration stands for, in its order.
 * @throws {StateGraphInputError} INVALID_SCHEMA
 */
export function channelSpecs(init: unknown, what = 'state'): readonly ChannelSpec[] {
  if (typeof init === 'object' && init !== null) {
    if (STATE in init) return (init as DeclaredState)[STATE];
    const foreign = foreignFields(init);
    if (foreign) return Object.entries(foreign).map(([key, field]) => toSpec(key, field));
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
  const isOfFields = STATE in init || foreignFields(init) !== undefined;
  const rules = isOfFields ? NO_RULES : objectRules(init as ObjectSchema);
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
  return fields.length > 0 && fields.every((field) => isField(field) || readForeignField(field));
}

/** `Annotation` itself stands for the field that a call without options makes. */
function isField(value: unknown): value is Field {
  const isObject = typeof value === 'object' || typeof value === 'function';
  return isObject && value !== null && FIELD in value;
}

/** True for everything that {@link channelSpecs} accepts, without looking at its fields. */
export function isStateInit(value: unknown): value is StateInit {
  if (typeof value !== 'object' || value === null) return false;
  return (
    STATE in value || (isSchema(value) && 'shape' in value) || foreignFields(value) !== undefined
  );
}
