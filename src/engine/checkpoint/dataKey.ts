import { isContainer } from '../state/isolate.ts';
import { fingerprint } from '../model/checkpointIds.ts';

/**
 * A fingerprint of data, which two values share if they hold the same: what a call was given, what
 * was asked. Unlike the key of a cache it takes everything, since a run is not to fail for it: of what
 * cannot be looked into counts what it is.
 */
export function dataKey(value: unknown): string {
  const ancestors: object[] = [];
  const write = (item: unknown): string => {
    switch (typeof item) {
      case 'string':
        return JSON.stringify(item);
      case 'bigint':
        return `${item}n`;
      case 'function':
        return `function ${item.name}`;
      case 'object':
        return item === null ? 'null' : writeObject(item);
      default:
        return String(item);
    }
  };
  const writeObject = (item: object): string => {
    const at = ancestors.indexOf(item);
    if (at >= 0) return `^${at}`;
    ancestors.push(item);
    const text = describe(item);
    ancestors.pop();
    return text;
  };
  const describe = (item: object): string => {
    if (Array.isArray(item)) return `[${Array.from(item, write).join()}]`;
    if (isContainer(item)) return writeFields(item as Record<string, unknown>);
    const kind = (item.constructor as { name?: string } | undefined)?.name ?? '';
    if (item instanceof Map || item instanceof Set) return `${kind}${write([...item])}`;
    if (ArrayBuffer.isView(item)) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      return `${kind}[${bytes.join()}]`;
    }
    if (item instanceof Error) return `${kind}${write([item.name, item.message])}`;
    const { toJSON } = item as { toJSON?: unknown };
    if (typeof toJSON === 'function') return `${kind}${write(jsonOf(item, toJSON))}`;
    return kind + writeFields(item as Record<string, unknown>);
  };
  const writeFields = (record: Record<string, unknown>): string =>
    `{${Object.keys(record)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(record[key])}`)
      .join()}}`;
  try {
    return fingerprint(write(value));
  } catch {
    return fingerprint('?'); // getters and proxies that throw, or data too deep to be looked into
  }
}

function jsonOf(item: object, toJSON: unknown): unknown {
  return (toJSON as () => unknown).call(item);
}
