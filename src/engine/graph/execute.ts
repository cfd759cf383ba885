import type { RunInternals } from '../run/internals.ts';
import {
  AbortError,
  EmptyInputError,
  GraphValueError,
  SuperstepError,
  TimeoutError,
  show,
} from '../model/errors.ts';
import { toInputUpdate, toReturnValue } from '../plan/entryKeys.ts';
import { isError, toError, toErrorInfo } from '../model/errorInfo.ts';
import { taskOf } from '../run/failure.ts';
import { loadCallbackManager } from '../run/callbackManager.ts';
import { listenToLangChain } from '../run/langchain.ts';
import { ParentCommandSignal, INTERRUPT_KEY, isSignal } from '../model/signals.ts';
import type { Frame } from '../run/frame.ts';
import { currentFrame } from '../run/runContext.ts';
import { GraphRun } from '../run/graphRun.ts';
import { tellStart } from '../run/tellStart.ts';
import { isAway } from '../run/remote/awaySignal.ts';
import { runLoop, type Ended } from '../run/loop.ts';
import { openThread } from '../run/openThread.ts';
import { RunScope } from '../run/runScope.ts';
import type { RunInput } from '../run/resolveStart.ts';
import { isCommand, toCommand, type Command } from '../model/command.ts';
import { withContext } from '../run/withContext.ts';
import { readView, type Plan } from '../plan/plan.ts';
import { checkConfig, inherited, mergeConfig, strayKeys } from '../run/runConfig.ts';
import type { RunConfig } from '../model/runConfig.ts';

/**
 * Runs a plan from its input to its output: the impure shell around the loop.
 *
 * @param input An update, a command, or nothing.
 * @param configs That of the call, and what it does not say.
 */
export async function execute(
  plan: Plan,
  input: unknown,
  configs: { readonly defaults: RunConfig; readonly config: RunConfig | undefined },
  internals: RunInternals = {},
): Promise<unknown> {
  listenToLangChain();
  const config = mergeConfig(configs.defaults, configs.config);
  checkConfig(config);
  checkInput(plan, input);
  const caller = currentFrame();
  const merged = caller ? mergeConfig(inherited(caller.run.scope.config), config) : config;
  const scope = new RunScope(withContext(plan, merged), {
    parentScope: caller?.run.scope,
    maxConcurrency: config.maxConcurrency,
    // A graph that code calls on the way runs where that code does.
    internals: caller ? { ...internals, elsewhere: undefined } : internals,
  });
  const run = new GraphRun(plan, scope, caller);
  const unlink = config.signal && linkSignal(run, config.signal);
  const cancelTimeout =
    config.timeout === undefined ? undefined : startTimeout(run, config.timeout);
  scope.run = run;
  if (scope.isRunForSome) {
    const startedAt = scope.clock.epoch() - scope.now();
    scope.emitOfRun({ type: 'runStarted', graph: plan.name, startedAt, input });
  }
  if (scope.observed) {
    for (const message of strayKeys(config)) {
      scope.emit({ type: 'warning', code: 'UNKNOWN_CONFIG_KEY', message });
    }
  }
  const { callbacks } = scope;
  if (callbacks !== undefined) {
    await loadCallbackManager();
    tellStart(run, input, config);
  }
  try {
    run.throwIfAborted();
    openThread(run, config);
    const given = toRunInput(plan, input);
    if (run.session === undefined && (given === null || isCommand(given))) {
      checkUnkept(plan, given ?? (input as null | undefined));
    }
    const ended = await runLoop(run, given);
    if (ended.parent.length > 0) throw toParent(plan, ended, caller);
    const output = toOutput(plan, ended);
    const { interrupts } = ended;
    callbacks?.ended(run.callbackId!, output);
    // The run around pauses too, whatever the node would do with the result.
    if (interrupts && run.session?.parentThread) {
      throw caller!.run.session!.questions.raise(
        caller!,
        interrupts,
        run.session.checkpoints.thread.namespace,
      );
    }
    if (scope.isRunForSome) {
      scope.emitOfRun({ type: 'runFinished', output, ...(interrupts && { isPaused: true }) });
    }
    run.throwIfAborted();
    return interrupts ? { ...(output as object), [INTERRUPT_KEY]: interrupts } : output;
  } catch (error) {
    if (isSignal(error) || isAway(error)) throw error;
    const reason = run.abortReason ?? toError(error, `A part of ${plan.kind} "${plan.name}"`);
    if (scope.isRunForSome) reportFailure(run, reason);
    callbacks?.failed(run.callbackId!, reason);
    run.abort(reason);
    throw reason;
  } finally {
    unlink?.();
    cancelTimeout?.();
    run.end();
    scope.close();
    if (callbacks !== undefined) await callbacks.settled();
  }
}

/** What a call is given, as the loop takes it: an update, a command, or nothing. */
function toRunInput(plan: Plan, input: unknown): RunInput {
  if (input === null || input === undefined) return null;
  return isCommand(input) ? toCommand(input) : toInputUpdate(plan, input);
}

/** What the run has come to; an entrypoint that has paused has returned nothing yet. */
function toOutput(plan: Plan, { output, interrupts }: Ended): unknown {
  if (interrupts === undefined) return toReturnValue(plan, output);
  return plan.kind === 'graph' ? output : {};
}

function reportFailure({ scope, plan, snapshot }: GraphRun, error: Error): void {
  const task = taskOf(error);
  scope.emitOfRun({
    type: 'runFailed',
    error: toErrorInfo(error),
    cancelled: error instanceof AbortError,
    ...(task && { failure: task }),
    state: readView(plan.state, snapshot.values),
  });
}

/** Aborts the run when the signal is; the returned function takes the listener away. */
function linkSignal(run: GraphRun, signal: AbortSignal): () => void {
  const onAbort = () => {
    const { reason } = signal as { reason: unknown };
    const why = isError(reason) && reason.name !== 'AbortError' ? `: ${reason.message}` : '';
    run.abort(new AbortError('ABORTED', `The run was aborted${why}`, {}, { cause: reason }));
  };
  if (signal.aborted) {
    onAbort();
    return () => {};
  }
  signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}

/** Aborts the run when its time is up; the returned function takes the timer away. */
function startTimeout(run: GraphRun, timeout: number): () => void {
  if (timeout === Infinity) return () => {};
  return run.scope.clock.after(timeout, () => {
    const message = `Run of "${run.plan.name}" was aborted: it was not done within ${timeout} ms; allow it more with config.timeout`;
    run.abort(new TimeoutError('RUN_TIMEOUT', message, { value: timeout }));
  });
}

/** What a graph throws whose nodes ask something of its parent graph: the one whose node calls it. */
function toParent(plan: Plan, { parent, askedBy }: Ended, caller: Frame | undefined): unknown {
  if (caller?.run.plan.kind === 'graph') return new ParentCommandSignal(parent);
  const none = caller ? 'is an entrypoint, without nodes to go to' : 'has none';
  return new SuperstepError(
    'PARENT_AT_ROOT',
    `Node "${askedBy[0]}" returned a Command for the parent of graph "${plan.name}", which ${none}: ` +
      `use it as a node of another graph, or call it in one, or leave out "graph: Command.PARENT"`,
    { nodes: askedBy },
  );
}

/** Without a checkpointer there is nothing to go on with, and nobody who waits for an answer. */
function checkUnkept({ name, kind }: Plan, input: Command | null | undefined): void {
  const what = `${kind} "${name}"`;
  if (input?.resume != null) {
    throw new GraphValueError(
      'MISSING_CHECKPOINTER',
      `Cannot answer an interrupt of ${what}: it has no checkpointer, and so nothing that waits; ` +
        `compile it with { checkpointer: new MemorySaver() }`,
      { value: input.resume },
    );
  }
  if (input) return;
  const cure = kind === 'graph' ? 'an object with the keys of its input, or {}' : 'its input';
  throw new EmptyInputError(
    'EMPTY_INPUT',
    `Cannot run ${what} on ${String(input)}, since there is nothing to resume: pass ${cure}`,
    { value: input },
  );
}

function checkInput({ name, kind }: Plan, input: unknown): void {
  if (kind !== 'graph' || input === null || input === undefined) return;
  if (typeof input === 'object' && !Array.isArray(input)) return;
  throw new SuperstepError(
    'INVALID_INPUT',
    `Cannot run graph "${name}" on ${show(input)}: the input must be an object with keys of its state`,
    { value: input },
  );
}
