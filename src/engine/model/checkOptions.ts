import { SuperstepError, didYouMean, show } from './errors.ts';
import type { EntrypointOptions } from '../functional/entrypoint.ts';
import type { TaskOptions } from '../functional/task.ts';
import type { CachePolicy } from './policies/cachePolicy.ts';
import type { NodePolicyOptions } from './policies/policy.ts';
import type { RetryPolicy } from './policies/retry.ts';
import type { TimeoutPolicy } from './policies/timeoutPolicy.ts';
import type { CompileOptions, NodeOptions, StateGraphOptions } from '../graph/graphOptions.ts';

/** The names of all options of a kind, in the order in which they are told. */
type Names<Options> = Readonly<Record<keyof Options, true>>;

const NODE_POLICIES: Names<NodePolicyOptions> = {
  retryPolicy: true,
  timeout: true,
  cachePolicy: true,
  errorHandler: true,
  maxConcurrency: true,
};
const NODE: Names<NodeOptions> = {
  input: true,
  ends: true,
  defer: true,
  returns: true,
  metadata: true,
  ...NODE_POLICIES,
};
const STATE_GRAPH: Names<StateGraphOptions & { state: unknown }> = {
  state: true,
  input: true,
  output: true,
  context: true,
};
const COMPILE: Names<CompileOptions> = {
  name: true,
  description: true,
  checkpointer: true,
  store: true,
  cache: true,
  interruptBefore: true,
  interruptAfter: true,
};
const TASK: Names<TaskOptions> = {
  name: true,
  retry: true,
  timeout: true,
  cachePolicy: true,
  maxConcurrency: true,
};
const ENTRYPOINT: Names<EntrypointOptions> = {
  ...COMPILE,
  input: true,
  context: true,
  retry: true,
  timeout: true,
};
const RETRY: Names<RetryPolicy> = {
  maxAttempts: true,
  initialInterval: true,
  backoffFactor: true,
  maxInterval: true,
  jitter: true,
  retryOn: true,
};
const TIMEOUT: Names<TimeoutPolicy> = {
  runTimeout: true,
  idleTimeout: true,
  refreshOn: true,
};
const CACHE: Names<CachePolicy> = { keyFunc: true, ttl: true };

const KINDS = {
  node: NODE,
  nodeDefaults: NODE_POLICIES,
  stateGraph: STATE_GRAPH,
  compile: COMPILE,
  task: TASK,
  entrypoint: ENTRYPOINT,
  retryPolicy: RETRY,
  timeout: TIMEOUT,
  cachePolicy: CACHE,
} as const;

/** Of LangGraph: for its types, its tracing and its drawing. Nothing is lost without them. */
const WITHOUT_EFFECT: Partial<Record<keyof typeof KINDS, readonly string[]>> = {
  node: ['subgraphs', 'tracePolicy'],
  nodeDefaults: ['tracePolicy'],
  stateGraph: ['nodes', 'interrupt', 'writer'],
  retryPolicy: ['logWarning'],
};

/** What is passed in to be used, and must be able to do this. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  checkpointer: ['get', 'list', 'put', 'putTasks', 'deleteThread'],
  store: ['get', 'put', 'delete', 'search', 'listNamespaces'],
  cache: ['get', 'set', 'clear'],
};

/**
 * Refuses options that mean nothing: a policy with a mistake in its name would be missed without a
 * word. Those that are `undefined` are not there.
 *
 * @param owner What the options are of, such as `node "a"`.
 * @throws {SuperstepError} UNKNOWN_OPTION; INVALID_OPTION for a checkpointer, store or cache that is
 * none, or another library's.
 */
export function checkOptions(kind: keyof typeof KINDS, options: object, owner: string): void {
  const known = Object.keys(KINDS[kind]);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || WITHOUT_EFFECT[kind]?.includes(key)) continue;
    if (known.includes(key)) {
      checkPart(key, value, owner);
      continue;
    }
    throw new SuperstepError(
      'UNKNOWN_OPTION',
      `${owner} has no option "${key}"` +
        (didYouMean(key, known) || `; the options are ${known.join(', ')}`),
      { key, value },
    );
  }
}

function checkPart(key: string, value: unknown, owner: string): void {
  const methods = PARTS[key];
  if (methods === undefined || typeof value === 'boolean') return;
  const part = value as Readonly<Record<string, unknown>> | null;
  const missing = methods.find((method) => typeof part?.[method] !== 'function');
  if (missing === undefined) return;
  throw new SuperstepError(
    'INVALID_OPTION',
    `${owner} cannot use ${show(value)} as its ${key}: it has no method ${missing}(); pass one of ` +
      `superstep, or your own with ${methods.join(', ')} (LangGraph's have another contract)`,
    { key, value },
  );
}
