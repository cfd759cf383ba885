import type { RateLimit } from '../offline/faults.ts';
import { parseNumber, type Values } from './argValues.ts';
import type { OfflineModelCommand } from './command.ts';
import type { Option } from './splitArgs.ts';
import { SyntaxUsageError } from './usageError.ts';

export function offlineModelCommand(values: Values): OfflineModelCommand {
  const number = (option: Option, range: { max?: number; isWhole?: boolean } = {}) =>
    values[option] === undefined ? undefined : parseNumber(option, String(values[option]), range);
  const model = {
    seed: number('seed', { isWhole: true }),
    latencyMs: number('latency'),
    tokensPerSecond: number('tokens-per-second'),
    errorRate: number('error-rate', { max: 1 }),
    rateLimit: parseRate(values['rate-limit']),
  };
  const given = Object.entries(model).filter(([, value]) => value !== undefined);
  return {
    name: 'offline-model',
    port: number('port', { max: 65_535, isWhole: true }) ?? 0,
    model: Object.fromEntries(given),
  };
}

const spans: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
};

function parseRate(rate: string | undefined): RateLimit | undefined {
  if (rate === undefined) return undefined;
  const [, requests, count = '1', unit = 's'] =
    /^(\d+)(?:\/(\d+)?(ms|s|sec|m|min)?)?$/.exec(rate) ?? [];
  const perMs = Number(count) * spans[unit]!;
  if (Number(requests) >= 1 && perMs > 0) return { requests: Number(requests), perMs };
  throw new SyntaxUsageError(
    `--rate-limit takes a number of requests and a time, such as 10/s, got "${rate}"`,
  );
}
