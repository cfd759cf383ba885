import { createRequire } from 'node:module';
import type { toJSONSchema } from 'zod';
import type { Schema } from '../../engine/state/schema.ts';
import type { JsonSchema } from './jsonSchema.ts';

/** In the built library, where the copy of zod is that graph files get. */
declare const ZOD_COPY: string | undefined;

/**
 * Zod 4.0 and 4.1 make JSON Schemas by a function of the package, which is the user's; later ones by
 * a method. So it is the function of our copy of zod, loaded only for such schemas. `undefined` for schemas
 * of other libraries.
 */
export function fromZod4(schema: Schema): JsonSchema | undefined {
  if (!('_zod' in schema)) return undefined;
  const path = typeof ZOD_COPY === 'undefined' ? 'zod' : ZOD_COPY;
  const zod = createRequire(import.meta.url)(path) as { toJSONSchema: typeof toJSONSchema };
  return zod.toJSONSchema(schema as never, {
    io: 'input',
    unrepresentable: 'any',
    // The user's copy keeps descriptions where ours does not look for them.
    override({ zodSchema, jsonSchema }) {
      const { description } = zodSchema as { description?: string };
      if (description !== undefined) jsonSchema.description = description;
    },
  });
}
