import type { Schema } from '../../engine/state/schema.ts';
import type { JsonSchema } from './jsonSchema.ts';

/** What schemas of zod 3 say of themselves. */
interface Zod3 {
  readonly description?: string;
  readonly _def?: {
    readonly typeName?: string;
    readonly checks?: readonly {
      readonly kind: string;
      readonly value?: unknown;
      readonly inclusive?: boolean;
    }[];
    readonly shape?: () => Record<string, Zod3>;
    readonly type?: Zod3;
    readonly schema?: Zod3;
    readonly innerType?: Zod3;
    readonly in?: Zod3;
    readonly getter?: () => Zod3;
    readonly options?: readonly Zod3[] | ReadonlyMap<string, Zod3>;
    readonly items?: readonly Zod3[];
    readonly left?: Zod3;
    readonly right?: Zod3;
    readonly valueType?: Zod3;
    readonly value?: unknown;
    readonly values?: readonly string[] | Record<string, unknown>;
    readonly minLength?: { readonly value: number } | null;
    readonly maxLength?: { readonly value: number } | null;
  };
}

/**
 * Zod 3 has no JSON Schema of its own. `undefined` for schemas of other libraries.
 *
 * Written here since `zod-to-json-schema` brings a second zod into what is loaded with the client (116 KB),
 * prints a warning for schemas that are part of themselves, and says `not: {}` for keys that are optional
 * and nullable, which no strict server takes.
 */
export function fromZod3(schema: Schema): JsonSchema | undefined {
  const { _def } = schema as unknown as Zod3;
  return _def?.typeName?.startsWith('Zod') ? convert(schema as unknown as Zod3) : undefined;
}

function convert(schema: Zod3): JsonSchema {
  const json = convertType(schema);
  return schema.description === undefined ? json : { ...json, description: schema.description };
}

function convertType({ _def: def = {} }: Zod3): JsonSchema {
  switch (def.typeName) {
    case 'ZodString':
      return { type: 'string', ...bounds(def.checks, 'minLength', 'maxLength') };
    case 'ZodNumber': {
      const isWhole = def.checks?.some(({ kind }) => kind === 'int');
      return { type: isWhole ? 'integer' : 'number', ...bounds(def.checks, 'minimum', 'maximum') };
    }
    case 'ZodBoolean':
      return { type: 'boolean' };
    case 'ZodNull':
      return { type: 'null' };
    case 'ZodLiteral':
      return { const: def.value };
    case 'ZodEnum':
    case 'ZodNativeEnum':
      return { enum: enumValues(def.values ?? []) };
    case 'ZodArray':
    case 'ZodSet':
      return {
        type: 'array',
        items: convert((def.type ?? def.valueType)!),
        ...(def.minLength && { minItems: def.minLength.value }),
        ...(def.maxLength && { maxItems: def.maxLength.value }),
      };
    case 'ZodTuple':
      return { type: 'array', prefixItems: def.items!.map(convert), items: false };
    case 'ZodRecord':
      return { type: 'object', additionalProperties: convert(def.valueType!) };
    case 'ZodObject': {
      const shape = Object.entries(def.shape!());
      return {
        type: 'object',
        properties: Object.fromEntries(shape.map(([key, value]) => [key, convert(value)])),
        required: shape.filter(([, value]) => !mayBeMissing(value)).map(([key]) => key),
      };
    }
    case 'ZodUnion':
    case 'ZodDiscriminatedUnion':
      return { anyOf: [...(def.options as Iterable<Zod3>)].map(convert) };
    case 'ZodIntersection':
      return { allOf: [convert(def.left!), convert(def.right!)] };
    case 'ZodNullable':
      return { anyOf: [convert(def.innerType!), { type: 'null' }] };
    case 'ZodOptional':
    case 'ZodDefault':
    case 'ZodCatch':
    case 'ZodReadonly':
      return convert(def.innerType!);
    case 'ZodBranded':
      return convert(def.type!);
    case 'ZodEffects':
      return convert(def.schema!);
    case 'ZodPipeline':
      return convert(def.in!);
    default:
      // Of the rest, the schema itself finds out whether it fits. A ZodLazy may never end.
      return {};
  }
}

/** A number of properties is optional in what goes in: those with a default, too. */
function mayBeMissing({ _def: def }: Zod3): boolean {
  if (def?.typeName === 'ZodEffects') return mayBeMissing(def.schema!);
  if (def?.typeName === 'ZodNullable' || def?.typeName === 'ZodReadonly') {
    return mayBeMissing(def.innerType!);
  }
  return ['ZodOptional', 'ZodDefault', 'ZodCatch', 'ZodAny', 'ZodUnknown'].includes(
    def?.typeName ?? '',
  );
}

function bounds(
  checks: NonNullable<Zod3['_def']>['checks'] = [],
  least: string,
  most: string,
): JsonSchema {
  const exclusive = (name: string) => `exclusive${name[0]!.toUpperCase()}${name.slice(1)}`;
  return Object.fromEntries(
    checks.flatMap(({ kind, value, inclusive = true }) => {
      const name = kind === 'min' ? least : kind === 'max' ? most : undefined;
      return name === undefined ? [] : [[inclusive ? name : exclusive(name), value]];
    }),
  );
}

/** Enums of TypeScript also lead back from numbers to names. */
function enumValues(values: readonly string[] | Record<string, unknown>): unknown[] {
  if (Array.isArray(values)) return values;
  return Object.entries(values)
    .filter(([key]) => Number.isNaN(Number(key)))
    .map(([, value]) => value);
}
