import type { Schema } from '../../engine/state/schema.ts';
import type { JsonSchema } from './jsonSchema.ts';

/** What schemas of zod 4 say of themselves. */
interface Zod4 {
  readonly description?: string;
  readonly _zod: {
    /** Set if what goes in may be missing. */
    readonly optin?: string;
    readonly def: {
      readonly type: string;
      readonly format?: string;
      readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
      readonly shape?: Readonly<Record<string, Zod4>>;
      readonly catchall?: Zod4;
      readonly element?: Zod4;
      readonly innerType?: Zod4;
      readonly in?: Zod4;
      readonly options?: readonly Zod4[];
      readonly items?: readonly Zod4[];
      readonly left?: Zod4;
      readonly right?: Zod4;
      readonly valueType?: Zod4;
      readonly entries?: Readonly<Record<string, unknown>>;
      readonly values?: readonly unknown[];
      readonly getter?: () => Zod4;
    };
  };
}

interface Check {
  readonly check: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly format?: string;
}

/**
 * Zod 4.0 and 4.1 make JSON Schemas by a function of the package, which is the user's; later ones by
 * a method. `undefined` for schemas of other libraries.
 */
export function fromZod4(schema: Schema): JsonSchema | undefined {
  return '_zod' in schema ? convert(schema as unknown as Zod4, []) : undefined;
}

/** @param around The getters that lead here: a schema that is part of itself has no end. */
function convert(schema: Zod4, around: readonly unknown[]): JsonSchema {
  const json = convertType(schema, around);
  const { description } = schema;
  return description === undefined ? json : { ...json, description };
}

function convertType({ _zod: { def } }: Zod4, around: readonly unknown[]): JsonSchema {
  const inner = (each: Zod4 | undefined) => (each === undefined ? {} : convert(each, around));
  const checks = (def.checks ?? []).map((each) => each._zod.def);
  switch (def.type) {
    case 'string':
      return { type: 'string', ...bounds(checks, 'minLength', 'maxLength') };
    case 'number':
    case 'int': {
      const isWhole = [def, ...checks].some(({ format }) => /int/.test(format ?? ''));
      return { type: isWhole ? 'integer' : 'number', ...bounds(checks, '', '') };
    }
    case 'boolean':
    case 'null':
      return { type: def.type };
    case 'literal':
      return def.values?.length === 1 ? { const: def.values[0] } : { enum: def.values };
    case 'enum':
      return { enum: enumValues(def.entries ?? {}) };
    case 'array':
      return {
        type: 'array',
        items: inner(def.element),
        ...bounds(checks, 'minItems', 'maxItems'),
      };
    case 'tuple':
      return { type: 'array', prefixItems: def.items?.map(inner), items: false };
    case 'record':
      return { type: 'object', additionalProperties: inner(def.valueType) };
    case 'object': {
      if (around.includes(def)) return {};
      const within = [...around, def];
      const shape = Object.entries(def.shape ?? {});
      return {
        type: 'object',
        properties: Object.fromEntries(shape.map(([key, each]) => [key, convert(each, within)])),
        required: shape.filter(([, each]) => each._zod.optin === undefined).map(([key]) => key),
      };
    }
    case 'union':
      return { anyOf: def.options?.map(inner) };
    case 'intersection':
      return { allOf: [inner(def.left), inner(def.right)] };
    case 'nullable':
      return { anyOf: [inner(def.innerType), { type: 'null' }] };
    case 'lazy':
      return around.includes(def.getter) ? {} : convert(def.getter!(), [...around, def.getter]);
    default:
      // What wraps another schema, or goes on from one; the rest the schema itself checks.
      return inner(def.innerType ?? def.in);
  }
}

/** @param least What the bound of a length is called, at this type. */
function bounds(checks: readonly Check[], least: string, most: string): JsonSchema {
  const found = checks.map(({ check, minimum, maximum, value, inclusive }) => {
    switch (check) {
      case 'min_length':
        return [least, minimum];
      case 'max_length':
        return [most, maximum];
      case 'greater_than':
        return [inclusive ? 'minimum' : 'exclusiveMinimum', value];
      case 'less_than':
        return [inclusive ? 'maximum' : 'exclusiveMaximum', value];
      case 'multiple_of':
        return ['multipleOf', value];
      default:
        return ['', undefined];
    }
  });
  return Object.fromEntries(found.filter(([, value]) => typeof value === 'number')) as JsonSchema;
}

/** Enums of TypeScript also lead back from numbers to names. */
function enumValues(entries: Readonly<Record<string, unknown>>): unknown[] {
  const numbers = Object.values(entries).filter((value) => typeof value === 'number');
  return Object.entries(entries)
    .filter(([key]) => !numbers.includes(Number(key)))
    .map(([, value]) => value);
}
