import { systemClock } from '../model/clock.ts';
import { EmptyInputError, SuperstepError, TimeoutError } from '../model/errors.ts';
import { toError } from '../model/errorInfo.ts';
import type { RunEvent } from '../model/events.ts';
import type { Advanced, StoredCall, StoredThread, TaskReply } from '../model/remote.ts';
import type { RunConfig } from '../model/runConfig.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunInternals } from '../run/internals.ts';
import { isAway } from '../run/remote/awaySignal.ts';
import { carriedConfig } from '../run/remote/carriedConfig.ts';
import { checkReplies, checkStored, reading } from '../run/remote/checkRemote.ts';
import { AdvancedCall } from '../run/remote/advancedCall.ts';
import { goesOnHere } from '../run/remote/takenTask.ts';
import { ThreadData } from '../run/remote/threadData.ts';
import { pack, packError, unpack } from '../run/sending.ts';
import { execute } from './execute.ts';

/** What is known when a run is to go on. */
export interface Step {
  /** What the last call of `advance` gave back; absent for a new thread. */
  readonly stored?: StoredThread | undefined;
  /** Begins a call: as for `invoke`, an update, a `Command`, or `null`. Absent: the call under way goes on. */
  readonly input?: unknown;
  /** Of the call that begins. What is a function or an object of a class in it cannot be carried. */
  readonly config?: RunConfig | undefined;
  /** Of tasks that have ended. */
  readonly replies?: readonly TaskReply[] | undefined;
  /** Stops this step, as that of a run does. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the supersteps, as the `onEvent` of a run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** A graph as far as it is run here. */
export interface Advancing {
  readonly plan: Plan;
  readonly defaults: RunConfig;
  readonly internals: RunInternals | undefined;
}

/** Goes on with a run as far as it comes without the tasks that have no reply yet. */
export function advanceGraph(graph: Advancing, step: Step): Promise<Advanced> {
  return reading('a stored thread', () => oneStep(graph, step));
}

async function oneStep(graph: Advancing, step: Step): Promise<Advanced> {
  checkCarried(graph.plan);
  if (step.stored !== undefined) checkStored(step.stored);
  const come = step.replies === undefined ? [] : checkReplies(step.replies);
  const { onEvent, signal } = step;
  const watch = { ...(onEvent && { onEvent }), ...(signal && { signal }) };
  const begins = step.input !== undefined;
  const begun = begins ? begin(graph.plan, step) : goOn(graph.plan, step.stored);
  const replies = [...begun.call.failures, ...come];
  const failures = replies.filter(({ status }) => status === 'failed');
  const others = replies.filter(({ status }) => status !== 'failed');
  const round = (at: Begun, given: Partial<Round>) =>
    goRound(graph, at, { input: null, isContinued: !begins, replies: [], watch, ...given });
  if (failures.length === 0) return round(begun, { input: step.input ?? null, replies: others });
  // What has ended well must be kept before the run fails.
  const { onError } = unpack(begun.call.config) as RunConfig;
  const before = await round(begun, { replies: others });
  if (before.status !== 'tasks') return before;
  const failed = new Set(failures.map(({ id }) => id));
  const left = before.tasks.filter(({ id }) => !failed.has(id));
  const { stored } = before;
  if (onError === 'settle' && left.length > 0) {
    return { ...before, stored: { ...stored, call: { ...stored.call!, failures } }, tasks: left };
  }
  return round(
    { calls: stored.calls, call: stored.call!, graphs: stored.graphs },
    { replies: failures },
  );
}

/** A thread with a call under way. */
type Begun = Pick<StoredThread, 'calls' | 'graphs'> & { readonly call: StoredCall };

function begin(plan: Plan, { stored, config = {} }: Step): Begun {
  const carried = carriedConfig(config);
  const configurable = { thread_id: crypto.randomUUID(), ...carried.configurable };
  return {
    calls: (stored?.calls ?? 0) + 1,
    graphs: stored?.graphs ?? {},
    call: {
      startedAt: systemClock.epoch(),
      config: pack({ ...carried, configurable }, `the config of graph "${plan.name}"`),
      answers: pack(new Map(), 'answers'),
      firstSteps: {},
      failures: [],
    },
  };
}

function goOn({ name }: Plan, stored: StoredThread | undefined): Begun {
  if (stored?.call !== undefined) return { ...stored, call: stored.call };
  throw new EmptyInputError(
    'EMPTY_INPUT',
    `Cannot go on with graph "${name}": no call of it is under way; pass an input, or null to go on ` +
      `with what is not done`,
  );
}

interface Round {
  readonly input: unknown;
  readonly isContinued: boolean;
  readonly replies: readonly TaskReply[];
  readonly watch: Pick<RunConfig, 'signal' | 'onEvent'>;
}

async function goRound(
  { plan, defaults, internals }: Advancing,
  { call, calls, graphs }: Begun,
  { input, isContinued, replies, watch }: Round,
): Promise<Advanced> {
  const data = new ThreadData(graphs);
  const current = replies.filter(
    ({ namespace, checkpointId }) => data.newestId(namespace) === checkpointId,
  );
  for (const { inside } of current) {
    for (const [namespace, graph] of Object.entries(inside)) data.add(namespace, graph);
  }
  const answers = unpack(call.answers) as ReadonlyMap<string, unknown>;
  const parts = { call, calls, isContinued, answers, data, replies: current };
  const elsewhere = new AdvancedCall(parts);
  const persistence = { ...plan.persistence, checkpointer: data };
  const { timeout, ...config } = unpack(call.config) as RunConfig;
  const deadline = timeout === undefined ? undefined : call.startedAt + timeout;
  const configs = {
    defaults: { ...defaults, timeout: undefined },
    config: { ...config, ...watch },
  };
  const kept = (under?: StoredCall): StoredThread => {
    data.prune();
    return { version: 1, calls, ...(under && { call: under }), graphs: data.graphs() };
  };
  try {
    if (deadline !== undefined && systemClock.epoch() > deadline) throw late(plan, timeout!);
    const value = await execute({ ...plan, persistence }, input, configs, {
      ...internals,
      elsewhere,
    });
    const isPaused = typeof value === 'object' && value !== null && '__interrupt__' in value;
    const text = pack(value, `what graph "${plan.name}" has come to`);
    return { status: isPaused ? 'paused' : 'done', stored: kept(), value: text };
  } catch (thrown) {
    if (watch.signal?.aborted) throw thrown;
    if (!isAway(thrown)) {
      const error = packError(toError(thrown, `Graph "${plan.name}"`));
      return { status: 'failed', stored: kept(), error };
    }
    const { tasks, firstSteps } = elsewhere;
    const given = pack(elsewhere.allAnswers, 'answers');
    const stored = kept({ ...call, answers: given, firstSteps, failures: [] });
    return { status: 'tasks', stored, tasks, ...(deadline !== undefined && { deadline }) };
  }
}

function late({ name }: Plan, timeout: number): TimeoutError {
  const message = `Run of "${name}" was aborted: it was not done within ${timeout} ms; allow it more with config.timeout`;
  return new TimeoutError('RUN_TIMEOUT', message, { value: timeout });
}

/** @throws {SuperstepError} NOT_REMOTE */
function checkCarried(plan: Plan): void {
  const untracked = plan.channels.find(({ spec }) => spec.isUntracked);
  if (untracked !== undefined) {
    const { key } = untracked;
    throw new SuperstepError(
      'NOT_REMOTE',
      `Cannot run graph "${plan.name}" on other machines: key "${key}" of its state is an UntrackedValue, ` +
        `which is kept nowhere and so gets lost between two supersteps; make it a key like the others`,
      { key },
    );
  }
  for (const node of plan.nodes)
    if (node.inner && goesOnHere(node, undefined)) checkCarried(node.inner);
}
