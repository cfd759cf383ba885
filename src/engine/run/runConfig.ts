import { checkCount } from '../model/checkCount.ts';
import { SuperstepError, didYouMean, show } from '../model/errors.ts';
import type { RunConfig, StreamMode } from '../model/runConfig.ts';

/** Values of the call win; records and tags are joined. */
export function mergeConfig(defaults: RunConfig, config: RunConfig | null | undefined): RunConfig {
  if (config === undefined || config === null) return defaults;
  const merged: Record<string, unknown> & RunConfig = { ...defaults };
  for (const [key, value] of Object.entries(config)) {
    if (value !== undefined) merged[key] = value;
  }
  if (defaults.metadata && config.metadata) {
    merged.metadata = { ...defaults.metadata, ...config.metadata };
  }
  if (defaults.configurable && config.configurable) {
    merged.configurable = { ...defaults.configurable, ...config.configurable };
  }
  if (Array.isArray(defaults.callbacks) && Array.isArray(config.callbacks)) {
    merged.callbacks = [...new Set([...defaults.callbacks, ...config.callbacks])];
  }
  if (defaults.tags && config.tags) {
    merged.tags = [...new Set([...defaults.tags, ...config.tags])];
  }
  return merged;
}

/** What a graph called inside a node takes over: its parent run stops and observes it by itself. */
export function inherited(config: RunConfig): RunConfig {
  const { signal, onEvent, timeout, stepTimeout, control, store, ...others } = config;
  const { interruptBefore, interruptAfter, ...rest } = others;
  // Heard of by their own.
  for (const key of ['callbacks', 'runName', 'runId'] as const) delete rest[key];
  return rest;
}

/** @throws {SuperstepError} INVALID_CONFIG */
export function checkConfig({
  recursionLimit,
  maxConcurrency,
  threads,
  timeout,
  stepTimeout,
  onError,
  durability,
}: RunConfig): void {
  if (recursionLimit !== undefined) checkCount('recursionLimit', recursionLimit, 1);
  if (maxConcurrency !== undefined) checkCount('maxConcurrency', maxConcurrency, 1);
  if (threads !== undefined) checkCount('threads', threads, 1);
  if (timeout !== undefined && !(timeout >= 0)) {
    throw invalid('timeout', timeout, 'a number of milliseconds, at least 0');
  }
  if (stepTimeout !== undefined && !(stepTimeout > 0)) {
    throw invalid('stepTimeout', stepTimeout, 'a number of milliseconds above 0');
  }
  if (onError !== undefined && onError !== 'failFast' && onError !== 'settle') {
    throw invalid('onError', onError, '"failFast" or "settle"');
  }
  if (durability !== undefined && !DURABILITIES.has(durability)) {
    throw invalid('durability', durability, '"sync", "async" or "exit"');
  }
}

const DURABILITIES: ReadonlySet<string> = new Set(['sync', 'async', 'exit']);

function invalid(key: string, value: unknown, what: string): SuperstepError {
  return new SuperstepError('INVALID_CONFIG', `${key} must be ${what}, got ${show(value)}`, {
    key,
    value,
  });
}

const MODES = new Set<unknown>([
  ...['values', 'updates', 'messages', 'custom', 'tasks', 'checkpoints', 'debug'],
]);

/** @throws {SuperstepError} INVALID_CONFIG */
export function checkModes(mode: StreamMode | readonly StreamMode[]): void {
  for (const each of typeof mode === 'string' ? [mode] : mode) {
    if (!MODES.has(each)) throw invalid('streamMode', each, `one of ${[...MODES].join(', ')}`);
  }
}

/** All that a config may hold. */
const KNOWN: ReadonlySet<string> = new Set<string>([
  ...['signal', 'timeout', 'stepTimeout', 'recursionLimit', 'maxConcurrency', 'threads'],
  ...['onError', 'context', 'control'],
  ...['configurable', 'tags', 'metadata', 'cache', 'store', 'durability'],
  ...['interruptBefore', 'interruptAfter', 'streamMode', 'subgraphs', 'onEvent'],
  ...['callbacks', 'runName', 'runId'],
  // Of LangChain; nothing here uses them, and nothing is lost without them.
  ...['inputKeys', 'debug', 'version'],
]);

/** Of LangChain too, and missed by whoever sets them: what does the same here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['outputKeys', 'give the graph an output schema'],
  ['encoding', 'encode the chunks of stream() yourself'],
]);

/** What a node's config has in addition: a node may pass its own config on to a graph it calls. */
const GIVEN_TO_NODES: ReadonlySet<string> = new Set([
  ...['writer', 'heartbeat', 'interrupt', 'executionInfo', 'serverInfo'],
]);

/** Belong into `configurable`, and are easily put beside it. */
const CONFIGURABLE: ReadonlySet<string> = new Set(['thread_id', 'checkpoint_id', 'checkpoint_ns']);

/** Sentences about keys of a config that have no effect where they are. */
export function strayKeys(config: RunConfig): string[] {
  return Object.keys(config).flatMap((key) => {
    if (KNOWN.has(key) || GIVEN_TO_NODES.has(key)) return [];
    if (CONFIGURABLE.has(key)) {
      return `Config key "${key}" has no effect here: pass { configurable: { ${key}: … } }`;
    }
    const instead = ELSEWHERE.get(key);
    if (instead !== undefined) {
      const value = (config as Record<string, unknown>)[key];
      const isSet = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
      return isSet ? `Config key "${key}" has no effect here: ${instead}` : [];
    }
    const hint = didYouMean(key, KNOWN);
    const own = hint === '' ? `; values for your nodes go into configurable or context` : hint;
    return `Config key "${key}" is not known and has no effect${own}`;
  });
}
