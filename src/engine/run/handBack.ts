import { Channel } from '../state/channel.ts';
import { append } from '../state/reducers.ts';
import { toReturnValue } from '../plan/entryKeys.ts';
import { Command } from '../model/command.ts';
import { readView, type Plan, type PlanNode } from '../plan/plan.ts';
import type { Frame } from './frame.ts';
import type { GraphRun } from './graphRun.ts';
import { Outcome, checkUpdate, type Update } from '../plan/outcome.ts';
import { warnOfRepeats } from './warnOfRepeats.ts';

/** Key of the channel that collects updates; no node sees it. */
const WRITES = '__writes__';

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

/** The values a run starts with: what earlier runs of its thread wrote was handed back by them. */
export function withoutLog({ writeLog }: Plan, values: readonly unknown[]): readonly unknown[] {
  return writeLog === undefined ? values : values.with(writeLog, []);
}

/** What a subgraph that has come to its end gives to the graph around it, as its node's result. */
export function handBack(frame: Frame, node: PlanNode, inner: GraphRun, input: unknown): unknown {
  const { plan, snapshot } = inner;
  if (plan.writeLog !== undefined) return updatesOf(frame.run.plan, node.name, inner);
  const output = readView(plan.output, snapshot.values);
  if (frame.run.scope.observed && plan.kind === 'graph') {
    warnOfRepeats(frame, node, { given: input as Update, output });
  }
  return toReturnValue(plan, output);
}

/** What `Command.PARENT` asks for, in the parent: it takes the place of the node's own result. */
export function forThisGraph(commands: readonly Command[]): Command[] {
  return commands.map(({ update, goto, resume }) => new Command({ update, goto, resume }));
}

/**
 * The updates that the nodes of a subgraph made to keys that it shares with the graph around it. A
 * key that one of both graphs does not reduce has its last value instead, if it was written.
 */
function updatesOf(outer: Plan, node: string, { plan, snapshot }: GraphRun): Outcome {
  const outcome = new Outcome();
  const last: Record<string, unknown> = {};
  const shared = new Set(plan.output.keys.filter((key) => outer.byKey.has(key)));
  for (const update of snapshot.values[plan.writeLog!] as readonly Update[]) {
    const reduced: Record<string, unknown> = {};
    for (const key of Object.keys(update)) {
      if (!shared.has(key)) continue;
      if (isReduced(plan, key) && isReduced(outer, key)) reduced[key] = update[key];
      else last[key] = snapshot.values[plan.byKey.get(key)!];
    }
    if (Object.keys(reduced).length > 0) outcome.updates.push(checkUpdate(outer, node, reduced));
  }
  if (Object.keys(last).length > 0) outcome.updates.push(checkUpdate(outer, node, last));
  return outcome;
}

function isReduced(plan: Plan, key: string): boolean {
  return plan.channels[plan.byKey.get(key)!]!.spec.reducer !== undefined;
}
