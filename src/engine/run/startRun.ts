import { INPUT, type Writer } from '../state/writer.ts';
import { isCommand } from '../model/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { MaybePromise } from '../model/node.ts';
import { applyInput, valuesWith } from '../plan/applyWrites.ts';
import { toStored } from '../plan/checkpoints.ts';
import { checkKeys, checkState, checkWhole, type Refuse } from '../plan/readChecked.ts';
import { SuperstepError, show } from '../model/errors.ts';
import { chooseRoutes } from './chooseRoutes.ts';
import type { GraphRun } from './graphRun.ts';
import { withoutLog } from './handBack.ts';
import { Outcome, takenOver, type Update } from '../plan/outcome.ts';
import { startFromCommand, resolveStart, type RunInput } from './resolveStart.ts';
import { startFrame } from './taskFrame.ts';
import type { ThreadSession } from './threadSession.ts';

/** Brings a run to where its first superstep can begin: at once, or when the promise resolves. */
export function startRun(run: GraphRun, input: RunInput): MaybePromise<void> {
  if (run.session !== undefined) return startInThread(run, run.session, input);
  return isCommand(input) ? startFromCommand(run, input, undefined) : writeInput(run, input ?? {});
}

async function startInThread(
  run: GraphRun,
  session: ThreadSession,
  input: RunInput,
): Promise<void> {
  const update = await resolveStart(run, session, input);
  if (update !== undefined) await writeInput(run, update);
}

/** Writes the input to the state, and follows START's edges and routers. */
function writeInput(run: GraphRun, input: Update): MaybePromise<void> {
  const { plan, session } = run;
  const update = checkedInput(plan, input);
  const started = written(plan, run.snapshot.values, update);
  // Stored as it was given, since it will be checked again; unless it comes from there.
  if (session === undefined || session.checkpoints.head?.next.input === input)
    return start(run, started);
  const keys = Object.keys(update).filter((key) => Object.hasOwn(input, key));
  const given = Object.fromEntries(keys.map((key) => [key, input[key]]));
  const stored = { source: 'input', written: [], input: toStored(plan, given) } as const;
  const put = session.put(run.snapshot, stored);
  return put === undefined ? start(run, started) : put.then(() => start(run, started));
}

/** The keys of the input that the graph takes, as they are written. */
function checkedInput(plan: Plan, input: Update): Update {
  const { missing } = plan;
  if (plan.input.rules.isStrict) checkKeys(plan.input, input, refusalOf(plan, input));
  const update: Record<string, unknown> = {};
  const { declared } = plan.input;
  for (let i = 0; i < declared.length; i++) {
    const channel = declared[i]!;
    const { key } = channel;
    // An inherited `constructor` or `toString` is no input.
    const isGiven = Object.hasOwn(input, key);
    let given: unknown;
    const absent = missing?.[i];
    if (absent !== undefined && (!isGiven || input[key] === undefined)) {
      const result = absent();
      if ('issues' in result) throw refusalOf(plan, input)(result.issues.join('; '), key);
      if (result.value === undefined && !isGiven) continue;
      given = result.value;
    } else {
      if (!isGiven) continue;
      given = channel.check(input[key], INPUT);
    }
    update[key] = channel.spec.isShared ? given : takenOver(key, INPUT, given);
  }
  // That of a state is checked together with what the state has already.
  if (missing !== undefined) checkWhole(plan.input, update, refusalOf(plan, input));
  return update;
}

function refusalOf({ name }: Plan, input: Update): Refuse {
  return (why, key) =>
    new SuperstepError(
      'VALIDATION_FAILED',
      `Cannot start graph "${name}" with the input ${show(input)}: ${key === undefined ? '' : `key "${key}": `}` +
        `${why}; pass what its schema takes`,
      { ...(key !== undefined && { key }), value: key === undefined ? input : input[key] },
    );
}

/**
 * The state with an input that nothing has read yet, and the keys that it has written.
 * @throws {SuperstepError} VALIDATION_FAILED
 */
export function withInput(plan: Plan, values: readonly unknown[], input: Update): Started {
  return written(plan, values, checkedInput(plan, input));
}

function written(plan: Plan, values: readonly unknown[], update: Update): Started {
  const written = Object.keys(update);
  const before = withoutLog(plan, values);
  if (written.length === 0) return { values: before, written };
  const after = valuesWith(plan, before, { updates: [update], writer: INPUT });
  checkState(plan, after, byInput);
  return { values: after, written };
}

const byInput = (): readonly Writer[] => [INPUT];

/** A state that has its input. */
export interface Started {
  readonly values: readonly unknown[];
  /** Keys of the input. */
  readonly written: string[];
}

function start(run: GraphRun, { values, written }: Started): MaybePromise<void> {
  const { plan } = run;
  if (plan.start.routers.length === 0) return enter(run, { values, route: undefined, written });
  return routeFromStart(run, values).then((route) => enter(run, { values, route, written }));
}

async function routeFromStart(run: GraphRun, values: readonly unknown[]): Promise<Outcome> {
  const route = new Outcome();
  const at = { routers: run.plan.start.routers, source: '', values };
  const frame = startFrame(run);
  const choice = chooseRoutes(frame, route, at);
  if (choice instanceof Promise) await run.orAborted(choice);
  const calls = frame.calls?.allEnded();
  if (calls !== undefined) await run.orAborted(calls);
  return route;
}

function enter(
  run: GraphRun,
  start: Started & { readonly route: Outcome | undefined },
): MaybePromise<void> {
  const { written } = start;
  run.snapshot = applyInput(run.plan, run.snapshot, start);
  if (written.length > 0) run.superstepFinished({ keys: () => written });
  return run.session?.put(run.snapshot, { source: 'loop', written });
}
