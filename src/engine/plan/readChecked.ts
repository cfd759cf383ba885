import { EMPTY } from '../state/channel.ts';
import { describeWriter, nodesAmong, type Writer } from '../state/writer.ts';
import { isolate } from '../state/isolate.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { type Demand, type Plan, readView, type StateRule, type View } from './plan.ts';

/** Makes the error about what does not fit a schema. */
export type Refuse = (why: string, key?: string) => SuperstepError;

/**
 * What a view that asks more than the state shows of it, as its own schema has it: with its defaults,
 * and checked.
 * @throws {SuperstepError} What `refuse` makes.
 */
export function readChecked(
  view: View,
  values: readonly unknown[],
  refuse: Refuse,
): Record<string, unknown> {
  const { demands } = view;
  const result: Record<string, unknown> = {};
  for (let i = 0; i < view.keys.length; i++) {
    const demand = demands[i];
    let value = values[view.channels[i]!];
    if (demand !== undefined) value = met(demand, value, (why) => refuse(why, view.keys[i]));
    if (value !== EMPTY) result[view.keys[i]!] = value;
  }
  checkWhole(view, result, refuse);
  return Object.freeze(result);
}

function met({ missing, check }: Demand, value: unknown, refuse: Refuse): unknown {
  const result = value === EMPTY ? missing?.() : check?.(value);
  if (result === undefined) return value;
  if ('issues' in result) throw refuse(result.issues.join('; '));
  if (result.value === undefined && value === EMPTY) return EMPTY;
  return result.value === value ? value : isolate(result.value);
}

/** @throws {SuperstepError} What `refuse` makes, for the checks that a schema has of the whole object. */
export function checkWhole({ rules }: View, object: object, refuse: Refuse): void {
  const result = rules.check?.(object);
  if (result && 'issues' in result) throw refuse(result.issues.join('; '));
}

/** @throws {SuperstepError} What `refuse` makes, for keys that a strict schema does not name. */
export function checkKeys({ rules, keys }: View, object: object, refuse: Refuse): void {
  if (!rules.isStrict) return;
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw refuse('its schema is strict and has no such key', unknown);
}

/**
 * Checks the state as a whole.
 * @param writers Who has written since it was last checked.
 * @throws {SuperstepError} VALIDATION_FAILED
 */
export function checkState(
  plan: Plan,
  values: readonly unknown[],
  writers: () => readonly Writer[],
): void {
  if (plan.stateRule !== undefined) checkRule(plan as Ruled, values, writers);
}

type Ruled = Plan & { readonly stateRule: StateRule };

/** By itself, so that states without a rule need not make room for what its closure holds. */
function checkRule(
  { stateRule, name }: Ruled,
  values: readonly unknown[],
  writers: () => readonly Writer[],
): void {
  // A state may be made bit by bit, as long as keys are missing there is nothing to compare.
  if (stateRule.required.some((i) => values[i] === EMPTY || values[i] === undefined)) return;
  const state = readView(stateRule.view, values);
  checkWhole(stateRule.view, state, (why) => {
    const all = [...new Set(writers())];
    return new SuperstepError(
      'VALIDATION_FAILED',
      `Invalid state of graph "${name}" after what ${all.map(describeWriter).join(' and ')} wrote: ${why} ` +
        `(got ${show(state)}); write values that its schema takes together`,
      { nodes: nodesAmong(all), value: state },
    );
  });
}
