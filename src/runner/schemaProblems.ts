import { isRecord } from '../protocol/formFields.ts';
import { describeIssue } from '../openai/structured/issues.ts';
import { validateJson } from '../openai/structured/validateJson.ts';
import type { GraphValues } from './valueSchema.ts';

export { toPathText } from '../openai/structured/issues.ts';

/** What is wrong inside of a value. */
export interface SchemaProblem {
  /** As `toPathText` writes it. */
  readonly path: string;
  /** Such as `steps[1].title: expected string (got 3)`. */
  readonly problem: string;
}

/** Holds the keys of an input or a state against the JSON Schemas that libraries have made of theirs. */
export function schemaProblems(
  { kind, schemas }: GraphValues,
  value: Readonly<Record<string, unknown>>,
): SchemaProblem[] {
  if (kind === 'entrypoint') return [];
  return Object.entries(schemas).flatMap(([key, schema]) => {
    if (!Object.hasOwn(value, key) || !isRecord(schema)) return [];
    return validateJson(value[key], schema).map((issue) => {
      const { path: inside } = issue;
      const path = `${key}${inside === '' || inside.startsWith('[') ? inside : `.${inside}`}`;
      return { path, problem: describeIssue({ ...issue, path }) };
    });
  });
}
