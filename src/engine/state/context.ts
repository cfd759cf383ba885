import { isSchema, toCheck, type Schema } from './schema.ts';
import { channelSpecs, isStateInit } from './declare.ts';
import type { StateInit, StateOf, UpdateOf } from './stateTypes.ts';

/** What the context of a graph can be declared with: a schema of objects, or a declared state. */
export type ContextInit = StateInit | Schema;

/** `config.context` as a node sees it. */
export type ContextOf<C> = [ContextInit] extends [C] ? any : StateOf<C>;

/** `config.context` as a caller passes it: what has a default may be left out. */
export type GivenContextOf<C> = [ContextInit] extends [C]
  ? any
  : C extends Schema<infer Given, any>
    ? Given
    : UpdateOf<C>;

/** True for everything that {@link toContextCheck} accepts, without looking at its fields. */
export function isContextInit(value: unknown): value is ContextInit {
  return isStateInit(value) || isSchema(value);
}

/** Checks a context and fills in defaults; says which key is wrong. */
export type ContextCheck = (
  given: Readonly<Record<string, unknown>>,
) => { readonly value: unknown } | { readonly key: string | undefined; readonly problem: string };

/** @throws {StateGraphInputError} INVALID_SCHEMA */
export function toContextCheck(init: ContextInit): ContextCheck {
  if (isSchema(init)) {
    const check = toCheck(init);
    return (given) => {
      const result = check(given);
      if ('value' in result) return result;
      return { key: result.path?.[0], problem: result.issues.join('; ') };
    };
  }
  const specs = channelSpecs(init, 'context');
  return (given) => {
    const value: Record<string, unknown> = { ...given };
    for (const { key, checkValue, initial } of specs) {
      const result = checkValue?.(value[key]);
      if (result && 'issues' in result) {
        return { key, problem: `${key}: ${result.issues.join('; ')}` };
      }
      const checked = result ? result.value : value[key];
      if (checked !== undefined) value[key] = checked;
      else if (initial) value[key] = initial();
    }
    return { value };
  };
}
