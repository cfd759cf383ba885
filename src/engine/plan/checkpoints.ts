import type { Checkpoint, SavedResult, Scheduled } from '../model/checkpointer.ts';
import { EMPTY } from '../state/channel.ts';
import { deepFreeze } from '../state/isolate.ts';
import { checkNext } from './goneNodes.ts';
import type { Plan } from './plan.ts';
import { Outcome, type TaskResult, type Update } from './outcome.ts';
import type { Snapshot } from './snapshot.ts';

/** The values of a snapshot by key, as they are stored: private keys too, but none that is untracked. */
export function valuesByKey(plan: Plan, values: readonly unknown[]): Record<string, unknown> {
  const byKey: Record<string, unknown> = {};
  for (let i = 0; i < values.length; i++) {
    const { key, spec } = plan.channels[i]!;
    if (values[i] !== EMPTY && !spec.isUntracked) byKey[key] = values[i];
  }
  return byKey;
}

/** What a snapshot has scheduled, in names. */
export function toScheduled(plan: Plan, snapshot: Snapshot): Scheduled {
  const name = (index: number) => plan.nodes[index]!.name;
  const nodes = snapshot.triggered.map(name);
  const { sends, deferred, arrived: joins } = snapshot;
  if (deferred.length === 0 && joins.size === 0) return { nodes, sends, deferred: [], joins: [] };
  return {
    nodes,
    sends,
    deferred: deferred.map(name),
    joins: Array.from(joins, ([index, arrived]) => {
      const { target, sources } = plan.barriers[index]!;
      return {
        target: name(target),
        sources: sources.map(name),
        arrived: Array.from(arrived, name),
        ...(plan.nodes[target]!.defer && { isDeferred: true }),
      };
    }),
  };
}

/**
 * The snapshot that a checkpoint stands for in the graph as it is now: keys that are new have their
 * defaults, keys that are gone are left out, joins that are gone are forgotten.
 *
 * @throws {SuperstepError} UNKNOWN_NODE when a node that is to run is gone.
 */
export function toSnapshot(plan: Plan, checkpoint: Checkpoint): Snapshot {
  checkNext(plan, checkpoint);
  const { step, values, next } = checkpoint;
  const index = (name: string) => plan.byName.get(name)!;
  return {
    step,
    values: plan.channels.map((channel) => {
      if (!Object.hasOwn(values, channel.key)) return channel.initial();
      const value = values[channel.key];
      return channel.spec.isShared ? value : deepFreeze(value);
    }),
    triggered: next.nodes.map(index),
    sends: next.sends,
    deferred: next.deferred.map(index),
    arrived: toArrived(plan, next.joins),
  };
}

function toArrived(plan: Plan, joins: Scheduled['joins']): Snapshot['arrived'] {
  const arrived = new Map<number, ReadonlySet<number>>();
  for (const join of joins) {
    const found = plan.barriers.findIndex(
      ({ target, sources }) =>
        plan.nodes[target]!.name === join.target &&
        sources.length === join.sources.length &&
        sources.every((source) => join.sources.includes(plan.nodes[source]!.name)),
    );
    if (found >= 0) arrived.set(found, new Set(join.arrived.map((name) => plan.byName.get(name)!)));
  }
  return arrived;
}

/** An update without the keys that are not stored. */
export function toStored(plan: Plan, update: Update): Update {
  const isKept = (key: string) => {
    const index = plan.byKey.get(key);
    return index === undefined || !plan.channels[index]!.spec.isUntracked;
  };
  const keys = Object.keys(update);
  if (keys.every(isKept)) return update;
  return Object.fromEntries(keys.filter(isKept).map((key) => [key, update[key]]));
}

/** A task's result, in names. */
export function toSavedResult(plan: Plan, result: TaskResult): SavedResult {
  const { updates, targets, sends, parent, isHandled } = Outcome.of(result);
  return {
    updates: updates.map((update) => toStored(plan, update)),
    goto: targets.map((index) => plan.nodes[index]!.name),
    sends,
    parent,
    ...(isHandled && { isHandled }),
  };
}

export function fromSavedResult(plan: Plan, saved: SavedResult): TaskResult {
  const { updates, goto, sends, parent, isHandled = false } = saved;
  const outcome = new Outcome();
  for (const update of updates) outcome.updates.push(deepFreeze(update));
  for (const name of goto) {
    const index = plan.byName.get(name);
    if (index !== undefined) outcome.goTo(index);
  }
  for (const send of sends) outcome.send(send);
  outcome.parent.push(...parent);
  outcome.isHandled = isHandled;
  return outcome;
}
