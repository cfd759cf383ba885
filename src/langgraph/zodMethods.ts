import { withLangGraph, type SchemaMeta } from '../engine/index.ts';

/** A schema of zod 3. */
interface Zod3Schema {
  readonly langgraph?: unknown;
}

/**
 * Gives schemas of zod 3 the property `langgraph`, as LangGraph.js does whose `/zod` is imported. Those of
 * zod 4 have `register`.
 */
export function addZodMethods({ ZodType }: { readonly ZodType?: { prototype: Zod3Schema } }): void {
  if (ZodType === undefined || 'langgraph' in ZodType.prototype) return;
  Object.defineProperty(ZodType.prototype, 'langgraph', {
    get(this: any) {
      return {
        metadata: (jsonSchemaExtra: Record<string, unknown>) =>
          withLangGraph(this, { jsonSchemaExtra }),
        reducer: (
          fn: NonNullable<SchemaMeta['reducer']>['fn'],
          schema?: NonNullable<SchemaMeta['reducer']>['schema'],
        ) => withLangGraph(this, { reducer: { fn, ...(schema && { schema }) } }),
      };
    },
  });
}
