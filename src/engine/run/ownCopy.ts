import { isCommand, toCommand } from '../model/command.ts';
import type { PlanNode } from '../plan/plan.ts';
import { seemsToChangeInput } from '../state/changesInput.ts';
import { isContainer, thawed } from '../state/isolate.ts';
import { ReadOnlyStateError } from '../model/errors.ts';
import { sameData } from '../state/sameData.ts';
import { isError } from '../model/errorInfo.ts';
import { explained } from './failure.ts';
import type { Frame } from './frame.ts';
import { callInTask } from './runContext.ts';
import { promiseOf } from '../model/thenable.ts';

/** Tasks whose code has been given a copy. */
const onCopy = new WeakSet<Frame>();

/**
 * Calls a node that changes what it is given, or of which that is not known yet: the former on a copy of
 * its own, so that neither its siblings nor a checkpoint see what it does. All other nodes share what
 * they are given, and pay nothing for these.
 */
export function callWithCare(frame: Frame, node: PlanNode, input: unknown): unknown {
  const action = node.action!;
  node.identity.changesInput ??= frame.run.plan.kind === 'graph' && seemsToChangeInput(action);
  if (!node.identity.changesInput) return callInTask(frame, action, input);
  const copy = thawed(input);
  onCopy.add(frame);
  const returned = callInTask(frame, action, copy);
  if (!frame.run.scope.observed) return returned;
  const look = (result: unknown) => {
    warnOfLosses(frame, { before: input, after: copy, result });
    return result;
  };
  return promiseOf(returned)?.then(look) ?? look(returned);
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
function warnOfLosses(
  frame: Frame,
  {
    before,
    after,
    result,
  }: { readonly before: unknown; readonly after: unknown; readonly result: unknown },
): void {
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
