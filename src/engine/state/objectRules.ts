import type { Check } from './channel.ts';
import { toCheck, type Schema } from './schema.ts';

/** What an object schema says of the whole object, beside what its fields say of single keys. */
export interface ObjectRules {
  /** Keys that it does not name are an error. */
  readonly isStrict: boolean;
  /** Its own checks (`refine`, `superRefine`, `check`): of an object whose fields have been checked. */
  readonly check: Check | undefined;
}

/** Says nothing of the whole object. */
export const NO_RULES: ObjectRules = { isStrict: false, check: undefined };

/**
 * The rules of an object schema of zod; those of other libraries cannot be told.
 * @returns As `problem`, what it says of the whole object and no graph can hold it to.
 */
export function objectRules(schema: object): ObjectRules | { readonly problem: string } {
  if ('_zod' in schema) return rulesOfZod4(schema as Zod4Object);
  if ('_def' in schema) return rulesOfZod3(schema as Zod3Object);
  return NO_RULES;
}

/** The part of zod 4 that is the same in its classic and its mini form. */
interface Zod4Object extends Schema {
  readonly _zod: {
    readonly def: {
      readonly catchall?: { readonly _zod: { readonly def: { readonly type: string } } };
      readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[];
    };
    readonly constr: new (def: object) => { _zod: { parse: (payload: unknown) => unknown } };
  };
}

function rulesOfZod4(schema: Zod4Object): ObjectRules | { readonly problem: string } {
  const { catchall, checks = [] } = schema._zod.def;
  const others = catchall?._zod.def.type;
  if (others !== undefined && !['never', 'unknown', 'any'].includes(others)) return CATCHALL;
  if (checks.some(({ _zod }) => _zod.def.check === 'overwrite')) return OVERWRITE;
  const isStrict = others === 'never';
  return { isStrict, check: checks.length > 0 ? checkOfZod4(schema) : undefined };
}

/** The fields have been checked, and perhaps transformed: that must not happen twice. */
function checkOfZod4({ _zod: { constr, def } }: Zod4Object): Check {
  const copy = new constr({ ...def });
  copy._zod.parse = (payload) => payload;
  return toCheck(copy as unknown as Schema);
}

/** An object that zod 3 refines is no object to see: it hides its shape. */
interface Zod3Object extends Schema {
  readonly _def: {
    readonly unknownKeys?: string;
    readonly catchall?: { readonly _def: { readonly typeName: string } };
  };
}

function rulesOfZod3({
  _def: { unknownKeys, catchall },
}: Zod3Object): ObjectRules | { readonly problem: string } {
  const others = catchall?._def.typeName ?? 'ZodNever';
  if (others === 'ZodNever') return { isStrict: unknownKeys === 'strict', check: undefined };
  return others === 'ZodUnknown' || others === 'ZodAny' ? NO_RULES : CATCHALL;
}

const CATCHALL = {
  problem: 'it has a catchall for keys that it does not name, and a graph has named keys only',
};

const OVERWRITE = {
  problem: 'its overwrite changes the whole object, and a state is written key by key',
};
