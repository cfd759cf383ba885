import type { ChannelSpec } from '../state/channel.ts';
import { channelSpecs } from '../state/declare.ts';
import type { StateInit } from '../state/stateTypes.ts';
import { NO_RULES } from '../state/objectRules.ts';
import type { Demand, Missing, StateRule, View } from '../plan/plan.ts';

/**
 * What a declaration of a key asks of its values beyond what its channel has seen to.
 * @param known The channel's own declaration, by which values were checked when they were written.
 */
export function toDemand(spec: ChannelSpec, known: ChannelSpec): Demand | undefined {
  const isChecked = spec.checkValue === undefined || spec.checkValue === known.checkValue;
  const hasDefault = known.initial !== undefined;
  if (isChecked && (hasDefault || !(spec.required || spec.initial))) return undefined;
  return { missing: missingOf(spec), check: isChecked ? undefined : spec.checkValue };
}

function missingOf({ initial, reducer, checkValue }: ChannelSpec): Missing | undefined {
  if (initial) return () => ({ value: initial() });
  // A key that is reduced may begin without a value.
  return reducer || !checkValue ? undefined : () => checkValue(undefined);
}

/** The default of a reduced key is what updates are added to, not one of them. */
export function missingInput(spec: ChannelSpec): Missing | undefined {
  return spec.reducer ? undefined : missingOf(spec);
}

/** The view as what nodes and input have made of the state, complete or not. */
export function withoutDemands(view: View): View {
  return { ...view, demands: [], rules: NO_RULES };
}

/** The check of the state as a whole, which its nodes write key by key. */
export function stateRule(init: StateInit, view: View): StateRule | undefined {
  const { check } = view.rules;
  if (check === undefined) return undefined;
  const needed = channelSpecs(init).map(({ checkValue }) => {
    const missing = checkValue?.(undefined);
    return missing !== undefined && 'issues' in missing;
  });
  return { view, check, required: view.channels.filter((_, i) => needed[i]) };
}
