import { checkOptions, type OptionTable } from '../checkOptions.ts';
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

const OPTIONS: OptionTable<TimeoutPolicy> = {
  names: {
    runTimeout: true,
    idleTimeout: true,
    refreshOn: true,
  },
};

/** @throws {SuperstepError} INVALID_POLICY, UNKNOWN_OPTION */
export function toTimeout(timeout: number | TimeoutPolicy, node: string): TimeoutPolicy {
  const policy = typeof timeout === 'object' ? timeout : { runTimeout: timeout };
  checkOptions(OPTIONS, policy, `The timeout policy of "${node}"`);
  for (const key of ['runTimeout', 'idleTimeout'] as const) {
    if (policy[key] !== undefined) checkNumber(key, policy[key], { node, min: 0 });
  }
  return policy;
}
