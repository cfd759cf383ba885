import { explained } from '../failure.ts';
import { toError, toErrorInfo } from '../../model/errorInfo.ts';
import { nextTurn, sleep } from '../../model/clock.ts';
import type { Frame } from '../frame.ts';
import { isSignal } from '../../model/signals.ts';
import { AttemptFrame } from './attemptFrame.ts';
import type { Policy } from '../../model/policies/policy.ts';
import { retryDelay } from '../../model/policies/retry.ts';
import { withinTimeout } from './timeout.ts';
import type { WorkerPlace } from '../../model/workerPlace.ts';
import { workersFor } from '../workers/workers.ts';

/**
 * Runs a task as often as its retry policy allows, each attempt within its timeout. What a failed
 * attempt left running is aborted before the next begins.
 *
 * @param task `attempt` is kept up to date in it.
 * @param worker Where the task runs, if that is on a worker thread: each attempt waits for one before it begins.
 * @throws What the last attempt threw; at once, when the run is aborted.
 */
export async function runAttempts<T>(
  task: Frame & { attempt: number },
  {
    policy: { retry, timeout },
    worker,
  }: {
    readonly policy: Pick<Policy, 'retry' | 'timeout'>;
    readonly worker: WorkerPlace | undefined;
  },
  call: (frame: AttemptFrame) => Promise<T>,
): Promise<T> {
  const { scope } = task.run;
  for (;;) {
    const frame = new AttemptFrame(task, task.attempt);
    try {
      const attempt = async () => {
        const value = await call(frame);
        await frame.calls?.allEnded();
        return value;
      };
      return await (timeout ? withinTimeout(frame, timeout, attempt) : attempt());
    } catch (caught) {
      if (isSignal(caught)) {
        await nextTurn();
        await frame.calls?.drained();
        throw caught;
      }
      const thrown = explained(caught, frame);
      frame.owner.abort(toError(thrown, `Node "${task.info.node}"`));
      if (task.owner.abortReason !== undefined || !retry) throw thrown;
      const failed = { error: thrown, attempt: task.attempt };
      const { random, clock } = scope.effects;
      const delayMs = retryDelay(retry, failed, { random, epoch: () => clock.epoch() });
      if (delayMs === undefined) throw thrown;
      if (scope.observed) {
        const error = toErrorInfo(thrown);
        scope.emit({
          type: 'taskRetrying',
          task: task.info,
          attempt: task.attempt,
          delayMs,
          error,
        });
      }
      await sleep(clock, delayMs, task.owner.signal);
      task.run.session?.attemptFailed(task.key);
      task.seat = await workersFor(scope, worker)?.seat(task);
      task.attempt++;
      if (scope.observed) {
        const { info, attempt, input } = task;
        scope.emit({ type: 'taskStarted', task: info, attempt, input });
      }
    } finally {
      frame.end();
    }
  }
}
