import type { RunCommand } from './command.ts';
import type { splitArgs, Option } from './splitArgs.ts';
import { SyntaxUsageError } from './usageError.ts';

/** The options that were given, as texts. */
export type Values = ReturnType<typeof splitArgs>['values'];

export function parseNumber(
  option: Option,
  text: string,
  { max = Infinity, isWhole = false }: { max?: number; isWhole?: boolean },
): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value <= max && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  const range = max === Infinity ? 'of at least 0' : `from 0 to ${max}`;
  throw new SyntaxUsageError(`--${option} takes ${kind} ${range}, got "${text}"`);
}

export function parseUrl(option: Option, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/$/, '');
  throw new SyntaxUsageError(
    `--${option} takes an address, such as http://127.0.0.1:8080, got "${text}"`,
  );
}

export function parseModel(model: string | undefined): Pick<RunCommand, 'model'> {
  if (model === undefined) return {};
  if (model === 'offline') return { model };
  throw new SyntaxUsageError(
    `--model takes offline, got "${model}": graph files name other models`,
  );
}

export function parseDepth(xray: string | undefined): boolean | number {
  if (xray === undefined || xray === 'false') return false;
  if (xray === 'true') return true;
  if (/^\d+$/.test(xray)) return Number(xray);
  throw new SyntaxUsageError(`--xray takes a number of levels, got "${xray}"`);
}
