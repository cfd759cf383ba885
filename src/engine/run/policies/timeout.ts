import { NodeTimeoutError } from '../../model/errors.ts';
import type { AttemptFrame } from './attemptFrame.ts';
import type { TimeoutPolicy } from '../../model/policies/timeoutPolicy.ts';

/**
 * Calls, and rejects with a `NodeTimeoutError` if that takes too long; the attempt is aborted then.
 * Rejects at once if the attempt is aborted from outside. Leaves no timer behind.
 */
export function withinTimeout<T>(
  frame: AttemptFrame,
  policy: TimeoutPolicy,
  call: () => Promise<T>,
): Promise<T> {
  const { clock } = frame.run.scope;
  const startedAt = clock.now();
  const { runTimeout, idleTimeout } = policy;
  let cancelRun = () => {};
  let cancelIdle = () => {};
  const expire = (kind: 'run' | 'idle') => {
    const at = { node: frame.info.node, elapsed: clock.now() - startedAt };
    frame.owner.abort(new NodeTimeoutError({ ...at, kind, runTimeout, idleTimeout }));
  };
  return new Promise<T>((resolve, reject) => {
    frame.owner.onAbort = reject;
    if (runTimeout !== undefined) {
      cancelRun = clock.after(runTimeout, () => expire('run'));
    }
    if (idleTimeout !== undefined) {
      let progressAt = startedAt;
      // Progress only notes the time: setting a timer for each of many writes would be slow.
      const watch = (ms: number) => {
        cancelIdle = clock.after(ms, () => {
          const rest = progressAt + idleTimeout - clock.now();
          if (rest > 0) watch(rest);
          else expire('idle');
        });
      };
      watch(idleTimeout);
      frame.onProgress = (isHeartbeat) => {
        if (isHeartbeat || policy.refreshOn !== 'heartbeat') progressAt = clock.now();
      };
    }
    call().then(resolve, reject);
  }).finally(() => {
    cancelRun();
    cancelIdle();
    frame.owner.onAbort = undefined;
    frame.onProgress = undefined;
  });
}
