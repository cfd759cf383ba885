import { SuperstepError, show } from '../../model/errors.ts';
import type { RunConfig } from '../../model/runConfig.ts';

/** What of a config goes with the tasks of its run. */
const CARRIED = [
  ...(['recursionLimit', 'timeout', 'maxConcurrency', 'threads', 'onError', 'context'] as const),
  ...(['configurable', 'tags', 'metadata', 'interruptBefore', 'interruptAfter'] as const),
];

/** What of it would be missed, and what to do instead. */
const LEFT: Partial<Record<keyof RunConfig, string>> = {
  store: 'compile the graph with its store, or give it to runTask',
  cache: 'compile the graph with its cache, or give it to runTask',
  callbacks: 'listen with onEvent of advance and runTask',
  control: 'stop asking advance to go on',
  signal: 'pass it to advance and runTask beside the config',
  onEvent: 'pass it to advance and runTask beside the config',
};

/**
 * The part of a config that can be carried to other machines.
 * @throws {SuperstepError} NOT_REMOTE, INVALID_CONFIG
 */
export function carriedConfig(config: RunConfig): RunConfig {
  for (const [key, cure] of Object.entries(LEFT)) {
    if (config[key as keyof RunConfig] === undefined) continue;
    throw new SuperstepError(
      'NOT_REMOTE',
      `Cannot carry ${key} of the config to other machines: ${cure}`,
      { key },
    );
  }
  for (const key of ['checkpoint_id', 'checkpoint_ns']) {
    const value: unknown = config.configurable?.[key];
    if (value === undefined) continue;
    throw new SuperstepError(
      'NOT_REMOTE',
      `Cannot begin at ${key} ${show(value)}: of a thread that is run on other machines only the newest ` +
        `state is kept`,
      { key, value },
    );
  }
  const given = CARRIED.filter((key) => config[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, config[key] as unknown]));
}
