import { isOverwrite } from '../model/overwrite.ts';
import { ENTRY_KEYS } from '../plan/entryKeys.ts';
import { Outcome, type TaskResult, type Update } from '../plan/outcome.ts';
import type { TaskFrame } from './taskFrame.ts';

/** The updates of a task that observers are still to see; empty ones are none. */
export function reportedUpdates(
  { node, pushed, run: { plan } }: TaskFrame,
  result: TaskResult,
): readonly Update[] {
  const updates = result instanceof Outcome ? result.updates : result ? [result] : NO_UPDATES;
  if (plan.kind === 'graph') {
    const isNews = (update: Update) => !isEmpty(update) && !pushed?.includes(update);
    return updates.every(isNews) ? updates : updates.filter(isNews);
  }
  const value = updates[0]?.[ENTRY_KEYS.result];
  return [{ [node.name]: isOverwrite(value) ? value.value : value }];
}

const NO_UPDATES: readonly Update[] = [];

function isEmpty(update: Update): boolean {
  for (const _ in update) return false;
  return true;
}
