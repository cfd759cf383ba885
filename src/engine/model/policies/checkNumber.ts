import { SuperstepError, show } from '../errors.ts';

/** @throws {SuperstepError} INVALID_POLICY */
export function checkNumber(
  key: string,
  value: unknown,
  { node, min }: { readonly node: string; readonly min: number },
): void {
  if (typeof value === 'number' && value >= min) return;
  throw new SuperstepError(
    'INVALID_POLICY',
    `Invalid ${key} of "${node}": it must be a number of at least ${min}, got ${show(value)}`,
    { nodes: [node], key, value },
  );
}
