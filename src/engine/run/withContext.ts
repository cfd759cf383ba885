import { SuperstepError, show } from '../model/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunConfig } from '../model/runConfig.ts';

/**
 * The config of a run with its context as the graph's schema has it; the same config if there is none. As
 * with LangGraph.js, a call without a context may have its keys in `configurable`.
 * @throws {SuperstepError} VALIDATION_FAILED
 */
export function withContext({ name, kind, context }: Plan, config: RunConfig): RunConfig {
  if (context === undefined) return config;
  const given: unknown = config.context ?? config.configurable ?? {};
  const isObject = typeof given === 'object' && !Array.isArray(given);
  const result = isObject
    ? context(given as Record<string, unknown>)
    : { key: undefined, problem: `expected an object, got ${show(given)}` };
  if ('value' in result) return { ...config, context: result.value };
  const { key, problem } = result;
  const example = key === undefined ? '…' : `${key}: …`;
  throw new SuperstepError(
    'VALIDATION_FAILED',
    `Invalid context of ${kind} "${name}": ${problem}; call it with { context: { ${example} } } in its ` +
      `config`,
    { ...(key !== undefined && { key }), value: config.context },
  );
}
