import { Channel, EMPTY } from '../state/channel.ts';
import { append } from '../state/reducers.ts';
import { keyOf } from '../plan/cacheKey.ts';
import { toReturnValue } from '../plan/entryKeys.ts';
import { isMessageList, type TakenOut } from '../plan/takenOut.ts';
import { Command } from '../model/command.ts';
import { RemoveMessage, type BaseMessage } from '../model/messages.ts';
import { Overwrite } from '../model/overwrite.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import type { Frame, RunView } from './frame.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, checkUpdate, type Update } from '../plan/outcome.ts';
import { warnOfRepeats } from './warnOfRepeats.ts';

/** Key of the channel that collects updates; no node sees it. */
const WRITES = '__writes__';

/** Key of the channel that remembers what was taken out; no node sees it either. */
const TAKEN_OUT = '__taken_out__';

/** The same graph, collecting the updates of its nodes on the way. */
export function withWriteLog(plan: Plan): Plan {
  const log = new Channel({
    key: WRITES,
    reducer: append,
    initial: () => [],
    type: 'any',
    required: false,
  });
  return { ...plan, channels: [...plan.channels, log], writeLog: plan.channels.length };
}

/** The same graph, remembering on the way what its nodes take out of its keys. */
export function withTakenOut(plan: Plan): Plan {
  const { channels } = plan;
  if (channels.every(({ spec }) => spec.reducer === undefined)) return plan;
  const record = new Channel({ key: TAKEN_OUT, type: 'any', required: false });
  return { ...plan, channels: [...channels, record], takenOut: channels.length };
}

/** The values a run starts with: what earlier runs of its thread wrote was handed back by them. */
export function withoutLog(plan: Plan, values: readonly unknown[]): readonly unknown[] {
  const { writeLog, takenOut } = plan;
  if (writeLog !== undefined) return values.with(writeLog, []);
  return takenOut === undefined ? values : values.with(takenOut, EMPTY);
}

/** What a subgraph that has come to its end gives to its parent graph, as its node's result. */
export function handBack(
  frame: Frame,
  node: PlanNode,
  ended: { readonly run: GraphRun; readonly input: unknown; readonly output: Update },
): unknown {
  const { run: inner, input } = ended;
  const { plan } = inner;
  if (plan.writeLog !== undefined) return updatesOf(frame.run.plan, node.name, inner);
  if (plan.kind !== 'graph') return toReturnValue(plan, ended.output);
  const output = frame.run.plan.isStrict ? sharedKeys(frame.run.plan, ended.output) : ended.output;
  const given = input as Update;
  const held = heldOutside(frame.run, inner, { given, output });
  if (frame.run.scope.observed) warnOfRepeats(frame, node, { given, output, held });
  return held === undefined ? output : asUpdates(frame.run.plan, node.name, { output, held });
}

/**
 * By key, the writes by which the parent graph loses what the nodes of the subgraph took out of what it
 * gave them; the reducer would only combine the old and the new. `undefined` if there is nothing.
 */
function heldOutside(
  parent: RunView,
  { plan, snapshot }: GraphRun,
  { given, output }: { readonly given: Update; readonly output: Update },
): ReadonlyMap<string, readonly unknown[]> | undefined {
  const record = plan.takenOut === undefined ? EMPTY : snapshot.values[plan.takenOut];
  if (record === EMPTY) return undefined;
  const held = new Map<string, readonly unknown[]>();
  for (const [key, what] of Object.entries(record as TakenOut)) {
    const index = parent.plan.byKey.get(key);
    if (index === undefined || !Object.hasOwn(output, key)) continue;
    const channel = parent.plan.channels[index]!;
    const present = parent.snapshot.values[index];
    if (channel.spec.reducer === undefined || present === EMPTY) continue;
    if (what !== true && isMessageList(channel)) {
      const lists = { present: present as Messages, final: output[key] as Messages };
      const updates = withRemovals(new Set(what), lists);
      if (updates !== undefined) held.set(key, updates);
    } else if (isSame(given[key], present)) {
      // A list of its own, as a Send may have given it, says nothing of the one outside.
      held.set(key, [new Overwrite(output[key])]);
    }
  }
  return held.size > 0 ? held : undefined;
}

type Messages = readonly BaseMessage[];

/** The updates of a list of messages that take some out of it and lead to the final list. */
function withRemovals(
  taken: ReadonlySet<string>,
  { present, final }: { readonly present: Messages; readonly final: Messages },
): Messages[] | undefined {
  const gone = present.filter(({ id }) => id !== undefined && taken.has(id));
  if (gone.length === 0) return undefined;
  const removals = gone.map(({ id }) => new RemoveMessage({ id: id! }));
  const left = new Set(present.filter(({ id }) => id === undefined || !taken.has(id)));
  const added = final.filter((message) => !left.has(message));
  // In one update, what comes back would take the place that it had.
  const comesBack = added.some(({ id }) => id !== undefined && taken.has(id));
  return comesBack ? [removals, added] : [[...removals, ...added]];
}

/** Stored values are equal to those that they were stored of, and not the same. */
function isSame(given: unknown, present: unknown): boolean {
  if (Object.is(given, present)) return true;
  if (typeof given !== 'object' || typeof present !== 'object') return false;
  try {
    return keyOf(given, '') === keyOf(present, '');
  } catch {
    return false;
  }
}

/** One update, or two where the order counts: what is taken out first, then the rest. */
function asUpdates(
  parent: Plan,
  node: string,
  {
    output,
    held,
  }: { readonly output: Update; readonly held: ReadonlyMap<string, readonly unknown[]> },
): Outcome {
  const first: Record<string, unknown> = {};
  const rest: Record<string, unknown> = { ...output };
  for (const [key, updates] of held) {
    if (updates.length > 1) first[key] = updates[0];
    rest[key] = updates.at(-1);
  }
  const outcome = new Outcome();
  if (Object.keys(first).length > 0) outcome.updates.push(checkUpdate(parent, node, first));
  outcome.updates.push(checkUpdate(parent, node, rest));
  return outcome;
}

/** A strict graph takes what it shares with a subgraph, and does not mind the rest. */
function sharedKeys({ byKey }: Plan, output: Update): Update {
  return Object.fromEntries(Object.entries(output).filter(([key]) => byKey.has(key)));
}

/** What `Command.PARENT` asks for, in the parent: it takes the place of the node's own result. */
export function forThisGraph(commands: readonly Command[]): Command[] {
  return commands.map(({ update, goto, resume }) => new Command({ update, goto, resume }));
}

/**
 * The updates that the nodes of a subgraph made to keys that it shares with its parent graph. A
 * key that one of both graphs does not reduce has its last value instead, if it was written.
 */
function updatesOf(parent: Plan, node: string, { plan, snapshot }: GraphRun): Outcome {
  const outcome = new Outcome();
  const last: Record<string, unknown> = {};
  const shared = new Set(plan.output.keys.filter((key) => parent.byKey.has(key)));
  for (const update of snapshot.values[plan.writeLog!] as readonly Update[]) {
    const reduced: Record<string, unknown> = {};
    for (const key of Object.keys(update)) {
      if (!shared.has(key)) continue;
      if (isReduced(plan, key) && isReduced(parent, key)) reduced[key] = update[key];
      else last[key] = snapshot.values[plan.byKey.get(key)!];
    }
    if (Object.keys(reduced).length > 0) outcome.updates.push(checkUpdate(parent, node, reduced));
  }
  if (Object.keys(last).length > 0) outcome.updates.push(checkUpdate(parent, node, last));
  return outcome;
}

function isReduced(plan: Plan, key: string): boolean {
  return plan.channels[plan.byKey.get(key)!]!.spec.reducer !== undefined;
}
