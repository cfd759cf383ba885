import { isCommand, toCommand } from '../model/command.ts';
import type { NodeAction } from '../model/node.ts';
import type { NodeIdentity, Plan, PlanNode } from '../plan/plan.ts';
import { mayChangeInput, seemsToChangeInput } from '../state/changesInput.ts';
import { isContainer } from '../state/isolate.ts';
import { thawed, thawedWithin, type WatchedCopy } from '../state/thaw.ts';
import { ReadOnlyStateError } from '../model/errors.ts';
import { sameData } from '../state/sameData.ts';
import { isError } from '../model/errorInfo.ts';
import { explained } from './failure.ts';
import type { Frame } from './frame.ts';
import { callInTask } from './runContext.ts';
import { promiseOf } from '../model/thenable.ts';

/** Tasks whose code has been given a copy. */
const onCopy = new WeakSet<Frame>();

/** How a node is tried of which its text does not tell whether it changes what it is given. */
interface Trial {
  /** Runs in which it may be given a copy. */
  runs: number;
  /** Objects and entries that may be copied for that. */
  size: number;
}

const trials = new WeakMap<NodeIdentity, Trial>();

/**
 * Calls a node that changes what it is given, or of which that is not known yet, on a copy of its own, so
 * that neither its siblings nor a checkpoint see what it does. All other nodes share what they are given,
 * and pay nothing for these; a node that has changed nothing in its first runs is one of them.
 */
export function callWithCare(frame: Frame, node: PlanNode, input: unknown): unknown {
  const { identity } = node;
  const action = node.action!;
  if (identity.changesInput === undefined && !trials.has(identity)) {
    readText(identity, action, frame.run.plan);
  }
  if (identity.changesInput === false) return callInTask(frame, action, input);
  if (identity.changesInput === true) {
    return callOnCopy(frame, action, { before: input, copy: thawed(input) });
  }
  const watched = nextCopy(trials.get(identity)!, input);
  if (watched !== undefined) {
    return callOnCopy(frame, action, { before: input, copy: watched.copy, watched, identity });
  }
  identity.changesInput = false;
  return callInTask(frame, action, input);
}

function readText(identity: NodeIdentity, action: NodeAction, { kind }: Plan): void {
  if (kind !== 'graph') identity.changesInput = false;
  else if (seemsToChangeInput(action)) identity.changesInput = true;
  else if (mayChangeInput(action)) trials.set(identity, { runs: 3, size: 10_000 });
  else identity.changesInput = false;
}

function nextCopy(trial: Trial, input: unknown): WatchedCopy | undefined {
  const watched = trial.runs > 0 ? thawedWithin(input, trial.size) : undefined;
  if (watched === undefined) return undefined;
  trial.runs--;
  trial.size -= watched.size;
  return watched;
}

interface Copied {
  readonly before: unknown;
  readonly copy: unknown;
  /** On trial: what tells whether the copy was changed, and who is to learn of it. */
  readonly watched?: WatchedCopy;
  readonly identity?: NodeIdentity;
}

function callOnCopy(frame: Frame, action: NodeAction, copied: Copied): unknown {
  onCopy.add(frame);
  const { observed } = frame.run.scope;
  if (!observed && copied.watched === undefined) return callInTask(frame, action, copied.copy);
  let returned: unknown;
  try {
    returned = callInTask(frame, action, copied.copy);
  } catch (error) {
    learn(copied);
    throw error;
  }
  const ended = (result: unknown) => {
    if (!learn(copied) || !observed) return;
    try {
      warnOfLosses(frame, copied, result);
    } catch {
      // A result that cannot be looked at: who takes it tells of that.
    }
  };
  const promise = promiseOf(returned);
  if (promise === undefined) ended(returned);
  // Beside those who wait for it, and before them.
  else void promise.then(ended, () => learn(copied));
  return promise ?? returned;
}

/** False if it is known that nothing was changed. */
function learn({ watched, identity }: Copied): boolean {
  if (watched === undefined) return true;
  let isChanged = true;
  try {
    isChanged = watched.isChanged();
  } catch {
    // It was given a part that throws when it is looked at.
  }
  if (isChanged) identity!.changesInput = true;
  return isChanged;
}

/**
 * Learns from what a node threw that it changes what it is given. Its task is to begin again then, on a
 * copy: what was refused has changed nothing.
 */
export function learnsToCopy(frame: Frame, node: PlanNode, thrown: unknown): boolean {
  const isNode = node.action !== undefined && frame.run.plan.kind === 'graph';
  if (!isNode || onCopy.has(frame)) return false;
  if (frame.run.abortReason !== undefined || frame.run.session?.questions.hasRaised(frame))
    return false;
  const refusal = isError(thrown) && explained(thrown, frame);
  if (!(refusal instanceof ReadOnlyStateError)) return false;
  const isNew = node.identity.changesInput !== true;
  node.identity.changesInput = true;
  frame.calls?.abort(refusal);
  frame.calls = undefined;
  if (isNew)
    frame.run.scope.emit({
      type: 'warning',
      code: 'CHANGED_IN_PLACE',
      message:
        `${refusal.message}. It is run once more from its top, and from now on, on a copy of its own; what ` +
        `it does beside that has been begun twice`,
      task: frame.info,
    });
  return true;
}

/** Tells of keys that were changed in the copy and are not in what the node returned. */
function warnOfLosses(frame: Frame, { before, copy: after }: Copied, result: unknown): void {
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before)) return;
  const written = new Set(writtenKeys(result));
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const values = [before, after] as unknown as readonly Record<string, unknown>[];
  for (const key of keys) {
    if (written.has(key) || sameData(values[0]![key], values[1]![key])) continue;
    const { node } = frame.info;
    frame.run.scope.emit({
      type: 'warning',
      code: 'CHANGE_LOST',
      message:
        `Node "${node}" changed key "${key}" of its state in place and did not return it: the change is ` +
        `lost, since other nodes share the state; return { ${key}: … }`,
      task: frame.info,
    });
  }
}

function writtenKeys(result: unknown): string[] {
  if (Array.isArray(result)) return result.flatMap(writtenKeys);
  if (isCommand(result)) {
    const { update } = toCommand(result) as { update: unknown };
    if (Array.isArray(update)) return update.map((pair) => String((pair as unknown[])[0]));
    return writtenKeys(update);
  }
  return isContainer(result) ? Object.keys(result) : [];
}
