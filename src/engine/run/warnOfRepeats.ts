import { EMPTY, type Channel } from '../state/channel.ts';
import type { PlanNode } from '../plan/plan.ts';
import type { Frame } from './frame.ts';
import type { Update } from '../plan/outcome.ts';

/** Tells of keys whose values the subgraph was given and hands back, to be reduced a second time. */
export function warnOfRepeats(
  frame: Frame,
  node: PlanNode,
  { given, output }: { readonly given: Update; readonly output: Update },
): void {
  const { plan: outer, scope } = frame.run;
  const inner = node.inner!;
  for (const key of inner.output.keys) {
    const index = outer.byKey.get(key);
    if (index === undefined || !inner.input.keys.includes(key)) continue;
    const before = given[key];
    const channel = outer.channels[index]!;
    if (before === undefined || output[key] === undefined || !isKept(before, output[key])) continue;
    if (!growsByItself(channel, before)) continue;
    scope.emit({
      type: 'warning',
      code: 'REPEATED_WRITES',
      message:
        `Subgraph "${node.name}" was given key "${key}" and hands it back, so the reducer of graph ` +
        `"${outer.name}" adds what was there a second time; add the node with { returns: 'updates' }, ` +
        `or give the subgraph an output schema without "${key}"`,
      task: frame.info,
    });
  }
}

/** Whether the value that came back holds the one that was given; lists show it at their beginning. */
function isKept(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return true;
  return after.length >= before.length && before.every((item, i) => after[i] === item);
}

/** Whether reducing a value with itself makes something else: a doubled list, a doubled sum. */
function growsByItself(channel: Channel, value: unknown): boolean {
  const { reducer } = channel.spec;
  if (reducer === undefined || value === EMPTY) return false;
  let twice: unknown;
  try {
    twice = reducer(value, value);
  } catch {
    return false;
  }
  if (Object.is(twice, value)) return false;
  return typeof value === 'object' ? sizeOf(twice) !== sizeOf(value) : true;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Set || value instanceof Map) return value.size;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : -1;
}
