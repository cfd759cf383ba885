import type { HostPauses } from '../../engine/model/graphHandle.ts';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import { compileCondition, type Condition } from '../condition.ts';

/**
 * Says where a run pauses.
 * @param onFault Called once for a breakpoint whose condition throws, where the run goes on.
 */
export function pausesAt(
  breakpoints: readonly GraphBreakpoint[],
  onFault: (breakpoint: GraphBreakpoint, error: unknown) => void,
): HostPauses {
  const conditions = new Map<GraphBreakpoint, Condition>();
  const told = new Set<GraphBreakpoint>();
  const holds = (breakpoint: GraphBreakpoint, input: () => unknown): boolean => {
    const { condition } = breakpoint;
    if (condition === undefined) return true;
    try {
      const known = conditions.get(breakpoint) ?? compileCondition(condition);
      conditions.set(breakpoint, known);
      return Boolean(known(namesIn(input())));
    } catch (error) {
      if (!told.has(breakpoint)) onFault(breakpoint, error);
      told.add(breakpoint);
      return false;
    }
  };
  return (when, id, input) =>
    breakpoints.some((each) => each.when === when && each.node === id && holds(each, input));
}

/** What an expression finds: the keys of a value, and `input` for the value itself; else what all code finds. */
function namesIn(input: unknown): object {
  const keys = Object(input) as object;
  const values = new Map<PropertyKey, unknown>([['input', input]]);
  return new Proxy(keys, {
    // A name that is nowhere is undefined: not every branch has every key.
    has: (_keys, name) => typeof name === 'string',
    get: (_keys, name) =>
      name in keys
        ? (keys as Record<PropertyKey, unknown>)[name]
        : values.has(name)
          ? values.get(name)
          : (globalThis as Record<PropertyKey, unknown>)[name],
    // An expression looks, and changes nothing.
    set: () => false,
  });
}
