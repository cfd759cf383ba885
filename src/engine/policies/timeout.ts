import { NodeTimeoutError } from '../errors.ts';
import { checkOptions } from '../graph/options.ts';
import type { AttemptFrame } from './attemptFrame.ts';
import { checkNumber } from './checkNumber.ts';

/** How long one attempt of a node or task may take. Durations in milliseconds. */
export interface TimeoutPolicy {
  /** For the attempt as a whole. */
  runTimeout?: number;
  /**
   * Without progress: a value written by `config.writer`, a task called or ended, a superstep of a
   * graph inside, or `config.heartbeat()`.
   */
  idleTimeout?: number;
  /** `heartbeat`: only `config.heartbeat()` counts as progress. Default `auto`. */
  refreshOn?: 'auto' | 'heartbeat';
}

/** @throws {SuperstepError} INVALID_POLICY, UNKNOWN_OPTION */
export function toTimeout(timeout: number | TimeoutPolicy, node: string): TimeoutPolicy {
  const policy = typeof timeout === 'object' ? timeout : { runTimeout: timeout };
  checkOptions('timeout', policy, `The timeout policy of "${node}"`);
  for (const key of ['runTimeout', 'idleTimeout'] as const) {
    if (policy[key] !== undefined) checkNumber(key, policy[key], { node, min: 0 });
  }
  return policy;
}

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
  const expire = (kind: 'run' | 'idle', timeout: number) => {
    const elapsed = clock.now() - startedAt;
    frame.owner.abort(new NodeTimeoutError({ node: frame.info.node, kind, timeout, elapsed }));
  };
  return new Promise<T>((resolve, reject) => {
    frame.owner.onAbort = reject;
    if (runTimeout !== undefined) {
      cancelRun = clock.after(runTimeout, () => expire('run', runTimeout));
    }
    if (idleTimeout !== undefined) {
      let progressAt = startedAt;
      // Progress only notes the time: setting a timer for each of many writes would be slow.
      const watch = (ms: number) => {
        cancelIdle = clock.after(ms, () => {
          const rest = progressAt + idleTimeout - clock.now();
          if (rest > 0) watch(rest);
          else expire('idle', idleTimeout);
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
