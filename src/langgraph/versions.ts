import { INTERRUPT } from '../engine/index.ts';
import { newCheckpointId } from '../engine/model/checkpointIds.ts';

export const ERROR = '__error__';
export const RESUME = '__resume__';
export const SCHEDULED = '__scheduled__';

/** Places of writes that replace an earlier one of their task. */
export const WRITES_IDX_MAP: Readonly<Record<string, number>> = {
  [ERROR]: -1,
  [SCHEDULED]: -2,
  [INTERRUPT]: -3,
  [RESUME]: -4,
};

/** The version of a channel: a number, or a text that sorts. */
type Version = number | string;

/** Below 0 where `a` is the older one, 0 for the same. */
export function compareChannelVersions(a: Version, b: Version): number {
  if (typeof a === 'number' && typeof b === 'number') return Math.sign(a - b);
  return String(a).localeCompare(String(b));
}

/** The newest of several versions. */
export function maxChannelVersion(...versions: Version[]): Version {
  return versions.reduce((newest, version) =>
    compareChannelVersions(newest, version) < 0 ? version : newest,
  );
}

/** An id that sorts after those made before. */
export function uuid6(): string {
  return newCheckpointId(Date.now());
}

/** A copy of lists and records, down to what is neither. */
export function deepCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(deepCopy) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, deepCopy<unknown>(item)]),
  ) as T;
}
