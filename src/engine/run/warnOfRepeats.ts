import { EMPTY, type Channel } from '../state/channel.ts';
import type { PlanNode } from '../plan/plan.ts';
import type { Frame } from './frame.ts';
import type { Update } from '../plan/outcome.ts';

/**
 * Tells of keys whose values the subgraph was given and hands back, to be reduced a second time: what
 * was there is doubled, or what the subgraph took out of it is in it again.
 *
 * @param handed Without the keys that are `held`: what was taken out of them is taken out outside too.
 */
export function warnOfRepeats(
  frame: Frame,
  node: PlanNode,
  handed: {
    readonly given: Update;
    readonly output: Update;
    readonly held: ReadonlyMap<string, unknown> | undefined;
  },
): void {
  const { given, output, held } = handed;
  const { plan: parent, scope } = frame.run;
  const inner = node.inner!;
  for (const key of inner.output.keys) {
    const index = parent.byKey.get(key);
    if (index === undefined || !inner.input.keys.includes(key) || held?.has(key)) continue;
    const before = given[key];
    const after = output[key];
    const channel = parent.channels[index]!;
    if (before === undefined || after === undefined) continue;
    const kept = isStateful(before, after);
    if (kept ? !growsByItself(channel, before) : !comesBack(channel, before, after)) continue;
    const what = kept
      ? 'adds what was there a second time'
      : 'adds it to what was there, so that nothing is taken out of that';
    scope.emit({
      type: 'warning',
      code: 'REPEATED_WRITES',
      message:
        `Subgraph "${node.name}" was given key "${key}" and hands it back, so the reducer of graph ` +
        `"${parent.name}" ${what}; add the node with { returns: 'updates' }, ` +
        `or give the subgraph an output schema without "${key}"`,
      task: frame.info,
    });
  }
}

/** Whether the parent graph gets more than the subgraph had at its end. */
function comesBack(channel: Channel, before: unknown, after: unknown): boolean {
  const size = sizeOf(after);
  return size >= 0 && sizeOf(reduced(channel, before, after)) > size;
}

/** Whether the value that came back holds the one that was given; lists show it at their beginning. */
function isStateful(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.length >= before.length && before.every((item, i) => after[i] === item);
  }
  return sizeOf(after) >= sizeOf(before);
}

/** Whether reducing a value with itself makes something else: a doubled list, a doubled sum. */
function growsByItself(channel: Channel, value: unknown): boolean {
  if (value === EMPTY) return false;
  const twice = reduced(channel, value, value);
  if (twice === undefined || Object.is(twice, value)) return false;
  return typeof value === 'object' ? sizeOf(twice) !== sizeOf(value) : true;
}

/** `undefined` if there is no reducer, or if it cannot take this. */
function reduced({ spec }: Channel, current: unknown, update: unknown): unknown {
  try {
    return spec.reducer?.(current, update);
  } catch {
    return undefined;
  }
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Set || value instanceof Map) return value.size;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : -1;
}
