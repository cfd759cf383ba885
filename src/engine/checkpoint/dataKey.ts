import { fingerprint } from '../model/checkpointIds.ts';
import { classOf, dataText } from '../state/dataText.ts';

/**
 * A fingerprint of data, which two values share if they hold the same: what a call was given, what
 * was asked. Unlike the key of a cache it takes everything, since a run is not to fail for it: of what
 * cannot be looked into counts what it is, and of an instance its fields.
 */
export function dataKey(value: unknown): string {
  const inside = new Set<object>();
  const opaque = (item: unknown): string => {
    if (typeof item === 'function') return `function ${item.name}`;
    if (typeof item !== 'object' || item === null) return String(item);
    if (inside.has(item)) return `^${classOf(item)}`;
    inside.add(item);
    const text = classOf(item) + dataText({ ...item }, opaque);
    inside.delete(item);
    return text;
  };
  try {
    return fingerprint(dataText(value, opaque));
  } catch {
    return fingerprint('?'); // getters and proxies that throw, or data too deep to be looked into
  }
}
