import type { OptionTable } from '../checkOptions.ts';
import type { MaybePromise, NodeConfig, NodeResult } from '../node.ts';
import { SuperstepError, show } from '../errors.ts';
import { toCachePolicy, type CachePolicy } from './cachePolicy.ts';
import { checkNumber } from './checkNumber.ts';
import { toRetry, type Retry, type RetryPolicy } from './retry.ts';
import { toTimeout, type TimeoutPolicy } from './timeoutPolicy.ts';

/** What went wrong, as an {@link ErrorHandler} is told. */
export class NodeError {
  /** The node that failed. */
  readonly node: string;
  /** What it threw, in its last attempt. */
  readonly error: Error;

  constructor(node: string, error: Error) {
    this.node = node;
    this.error = error;
  }
}

/** True for what an {@link ErrorHandler} is told. */
export function isNodeError(value: unknown): value is NodeError {
  return value instanceof NodeError;
}

/**
 * Takes the place of a node that failed: what it returns is used as if the node had returned it,
 * except that the node's edges and routers are not followed; a `Command` says where to go.
 */
export type ErrorHandler<State = any, Update = any, Context = any> = (
  state: State,
  failed: NodeError,
  config: NodeConfig<Context>,
) => MaybePromise<NodeResult<Update>>;

/** What happens around a node, as far as it can be set for all nodes of a graph at once. */
export interface NodePolicyOptions<State = any, Update = any, Context = any> {
  /** Tries again when the node fails. Default: no. */
  retryPolicy?: RetryPolicy | false;
  /** Milliseconds, or a policy, for each attempt. Default: no limit. */
  timeout?: number | TimeoutPolicy | false;
  /** Keeps results in the cache that the graph was compiled with. Default: no. */
  cachePolicy?: CachePolicy | boolean;
  /** Runs when the last attempt has failed. Default: the run fails. */
  errorHandler?: ErrorHandler<State, Update, Context> | false;
  /** How many tasks of the node may run at once, anywhere in the run. Default: all. */
  maxConcurrency?: number;
}

/** For `setNodeDefaults`. */
export const NODE_POLICY_OPTIONS: OptionTable<NodePolicyOptions> = {
  names: {
    retryPolicy: true,
    timeout: true,
    cachePolicy: true,
    errorHandler: true,
    maxConcurrency: true,
  },
  ignored: ['tracePolicy'],
};

/** The policies of a node or task that has any, checked. */
export interface Policy {
  readonly retry: Retry | undefined;
  readonly timeout: TimeoutPolicy | undefined;
  readonly cache: CachePolicy | undefined;
  readonly errorHandler: ErrorHandler | undefined;
}

/**
 * @returns No `policy` if there is nothing to do around the node's tasks, which then costs nothing.
 * @throws {SuperstepError} INVALID_POLICY
 */
export function toPolicy(
  options: NodePolicyOptions,
  node: string,
): { readonly policy: Policy | undefined; readonly maxConcurrency: number | undefined } {
  const { retryPolicy, timeout, cachePolicy, errorHandler, maxConcurrency } = options;
  if (maxConcurrency !== undefined) checkNumber('maxConcurrency', maxConcurrency, { node, min: 1 });
  if (errorHandler && typeof errorHandler !== 'function') {
    throw new SuperstepError(
      'INVALID_POLICY',
      `Invalid errorHandler of "${node}": ${show(errorHandler)} is not a function; pass (state, { node, error }) => update`,
      { nodes: [node], value: errorHandler },
    );
  }
  const policy: Policy = {
    retry: retryPolicy ? toRetry(retryPolicy, node) : undefined,
    timeout: timeout === undefined || timeout === false ? undefined : toTimeout(timeout, node),
    cache: cachePolicy ? toCachePolicy(cachePolicy, node) : undefined,
    errorHandler: errorHandler || undefined,
  };
  return {
    policy: Object.values(policy).some((part) => part !== undefined) ? policy : undefined,
    maxConcurrency: maxConcurrency === Infinity ? undefined : maxConcurrency,
  };
}
