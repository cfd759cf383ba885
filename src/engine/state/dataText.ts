import { isContainer } from './isolate.ts';

/**
 * A text that two values share only if they hold the same data; keys of objects in any order. Of objects
 * counts what their `toJSON()` says, as with dates, URLs and messages.
 *
 * @param opaque Called for what cannot be looked into (functions, symbols of one's own, instances of
 * classes without `toJSON()`, cycles): throws, or returns what is to stand for it.
 * @throws What `opaque` throws, and getters and proxies that are asked; `RangeError` for data nested
 * thousands of levels deep.
 */
export function dataText(value: unknown, opaque: (item: unknown) => string): string {
  const ancestors: object[] = [];
  const write = (item: unknown): string => {
    switch (typeof item) {
      case 'string':
        return JSON.stringify(item);
      case 'bigint':
        return `${item}n`;
      case 'number':
        return Object.is(item, -0) ? '-0' : String(item);
      case 'symbol': {
        const key = Symbol.keyFor(item);
        return key === undefined ? opaque(item) : `Symbol(${JSON.stringify(key)})`;
      }
      case 'boolean':
      case 'undefined':
        return String(item);
      case 'object':
        return item === null ? 'null' : writeObject(item);
      default:
        return opaque(item);
    }
  };
  const writeObject = (item: object): string => {
    if (ancestors.includes(item)) return opaque(item);
    ancestors.push(item);
    const text = describe(item);
    ancestors.pop();
    return text;
  };
  const describe = (item: object): string => {
    if (Array.isArray(item)) return `[${Array.from(item, write).join()}]`;
    if (isContainer(item)) return writeRecord(item as Record<string, unknown>);
    if (item instanceof Map || item instanceof Set) return `${classOf(item)}${write([...item])}`;
    if (item instanceof RegExp) return `RegExp${write([item.source, item.flags, item.lastIndex])}`;
    if (item instanceof Error) {
      const { name, message, cause } = item;
      return `${classOf(item)}${write({ ...item, name, message, cause })}`;
    }
    if (ArrayBuffer.isView(item)) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      return `${classOf(item)}[${bytes.join()}]`;
    }
    if (item instanceof ArrayBuffer) return `ArrayBuffer[${new Uint8Array(item).join()}]`;
    const { toJSON } = item as { toJSON?: unknown };
    if (typeof toJSON !== 'function') return opaque(item);
    return `${classOf(item)}${write((toJSON as () => unknown).call(item))}`;
  };
  const writeRecord = (record: Record<string, unknown>): string => {
    const fields = Object.keys(record)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(record[key])}`);
    for (const symbol of Object.getOwnPropertySymbols(record)) fields.push(opaque(symbol));
    return `{${fields.join()}}`;
  };
  return write(value);
}

/** The name of an object's class; empty for objects that have none. */
export function classOf(item: object): string {
  return (item.constructor as { name?: string } | undefined)?.name ?? '';
}
