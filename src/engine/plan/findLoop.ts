import type { Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** How many supersteps before the limit are remembered: enough for two rounds of a loop of six. */
export const STEPS_TO_TELL = 12;

/** A loop that a run is caught in. */
export interface Loop {
  /** The nodes of one round, in order. */
  readonly nodes: readonly string[];
  /** A sentence that names the loop, and what a round of it leaves as it was; ends with a blank. */
  readonly text: string;
}

/**
 * The shortest round that the last supersteps have gone twice.
 * @param recent Snapshots of successive supersteps; the tasks of the last have not run.
 */
export function findLoop(plan: Plan, recent: readonly Snapshot[]): Loop | undefined {
  const steps = recent.map((snapshot) => namesOf(plan, snapshot));
  const last = steps.length - 1;
  const isRound = (length: number) => {
    for (let i = 0; i < length; i++) {
      if (steps[last - i]!.join('|') !== steps[last - i - length]!.join('|')) return false;
    }
    return true;
  };
  for (let length = 1; 2 * length <= steps.length; length++) {
    // Told from the node that would run next.
    const round = [steps[last]!, ...steps.slice(-length, -1)];
    if (isRound(length)) return toLoop(plan, round, recent.slice(-length - 1));
  }
  return undefined;
}

function toLoop(plan: Plan, round: readonly string[][], recent: readonly Snapshot[]): Loop {
  const shown = [...round, round[0]!].map((names) => names.map((name) => `"${name}"`).join(' + '));
  const before = recent[0]!.values;
  const after = recent.at(-1)!.values;
  const same: string[] = [];
  const changed: string[] = [];
  plan.state.keys.forEach((key, i) => {
    const channel = plan.state.channels[i]!;
    (isSame(before[channel], after[channel]) ? same : changed).push(`"${key}"`);
  });
  const effect =
    changed.length === 0
      ? 'the last round changed nothing in the state'
      : `the last round changed ${list(changed, 'and')}` +
        (same.length > 0 ? ` but not ${list(same, 'or')}` : '');
  return {
    nodes: [...new Set(round.flat())],
    text: `It goes round ${shown.join(' → ')}, and ${effect}. `,
  };
}

/** Of tasks that are sent, each node once. */
function namesOf(plan: Plan, { triggered, sends, deferred }: Snapshot): string[] {
  const names = new Set(triggered.map((index) => plan.nodes[index]!.name));
  for (const { node } of sends) names.add(node);
  if (names.size === 0) for (const index of deferred) names.add(plan.nodes[index]!.name);
  return [...names].slice(0, 5);
}

function list(keys: readonly string[], conjunction: 'and' | 'or'): string {
  const shown = keys.slice(0, 5);
  if (keys.length > shown.length) shown.push(`${keys.length - shown.length} more`);
  const last = shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(', ')} ${conjunction} ${last}`;
}

/** Equal at first sight: the same, or lists of the same items. */
function isSame(before: unknown, after: unknown): boolean {
  if (Object.is(before, after)) return true;
  if (!Array.isArray(before) || !Array.isArray(after)) return false;
  return before.length === after.length && before.every((item, i) => Object.is(item, after[i]));
}
