import { INPUT } from '../channels/channel.ts';
import { isCommand } from '../graph/command.ts';
import { applyInput, valuesWith } from './applyWrites.ts';
import { toStored } from './checkpoints.ts';
import { chooseRoutes } from './chooseRoutes.ts';
import type { GraphRun } from './graphRun.ts';
import { withoutLog } from './handBack.ts';
import { Outcome, takenOver, type Update } from './outcome.ts';
import { startFromCommand, takeUp, type RunInput } from './takeUp.ts';
import { startFrame } from './taskFrame.ts';

/** Brings a run to where its first superstep can begin. */
export async function begin(run: GraphRun, input: RunInput): Promise<void> {
  if (run.log !== undefined) {
    const update = await takeUp(run, run.log, input);
    if (update !== undefined) await writeInput(run, update);
  } else if (isCommand(input)) {
    await startFromCommand(run, input, undefined);
  } else {
    await writeInput(run, input ?? {});
  }
  run.firstStep = run.snapshot.step;
}

/** Writes the input to the state, and follows START's edges and routers. */
async function writeInput(run: GraphRun, input: Update): Promise<void> {
  const { plan, log } = run;
  const update: Record<string, unknown> = {};
  let any = false;
  for (const channel of plan.input.declared) {
    const { key } = channel;
    // An inherited `constructor` or `toString` is no input.
    if (!Object.hasOwn(input, key)) continue;
    const given = channel.check(input[key], INPUT);
    update[key] = channel.spec.isShared ? given : takenOver(key, INPUT, given);
    any = true;
  }
  // Stored as it was given, since it will be checked again; unless it comes from there.
  if (log !== undefined && log.head?.next.input !== input) {
    const given = Object.fromEntries(Object.keys(update).map((key) => [key, input[key]]));
    await log.put(run.snapshot, { source: 'input', written: [], input: toStored(plan, given) });
  }
  const before = withoutLog(plan, run.snapshot.values);
  const values = any ? valuesWith(plan, before, { updates: [update], writer: INPUT }) : before;
  let route: Outcome | undefined;
  if (plan.start.routers.length > 0) {
    route = new Outcome();
    const at = { routers: plan.start.routers, source: '', values };
    const frame = startFrame(run);
    const choice = chooseRoutes(frame, route, at);
    if (choice instanceof Promise) await run.orAborted(choice);
    const calls = frame.calls?.allEnded();
    if (calls !== undefined) await run.orAborted(calls);
  }
  run.snapshot = applyInput(plan, run.snapshot, { values, route });
  const written = () => Object.keys(update);
  if (any) run.superstepFinished(written);
  await log?.put(run.snapshot, { source: 'loop', written: written() });
}
