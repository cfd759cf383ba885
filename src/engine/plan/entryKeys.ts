import { END, START } from '../model/constants.ts';
import type { Plan } from './plan.ts';

/** Where the input, the result and the remembered value of an entrypoint are kept. */
export const ENTRY_KEYS = { input: START, result: END, previous: '__previous__' } as const;

/** The update of the state that an input stands for. */
export function toInputUpdate(plan: Plan, input: unknown): Record<string, unknown> {
  if (plan.kind === 'graph') return input as Record<string, unknown>;
  return { [ENTRY_KEYS.input]: input };
}

/** What callers get of the output of a run. */
export function toReturnValue(plan: Plan, output: Record<string, unknown>): unknown {
  return plan.kind === 'graph' ? output : output[ENTRY_KEYS.result];
}
