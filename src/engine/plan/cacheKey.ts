import { isContainer } from '../state/isolate.ts';
import { SuperstepError, show } from '../model/errors.ts';

/**
 * A text that two inputs share only if they hold the same data; keys of objects in any order.
 * @throws {SuperstepError} UNCACHEABLE_INPUT
 */
export function keyOf(value: unknown, node: string): string {
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
        if (key === undefined) throw uncacheable(item, node);
        return `Symbol(${JSON.stringify(key)})`;
      }
      case 'boolean':
      case 'undefined':
        return String(item);
      case 'object':
        return item === null ? 'null' : writeObject(item);
      default:
        throw uncacheable(item, node);
    }
  };
  const writeObject = (item: object): string => {
    if (ancestors.includes(item)) throw uncacheable(item, node);
    ancestors.push(item);
    const text = describe(item);
    ancestors.pop();
    return text;
  };
  const describe = (item: object): string => {
    if (Array.isArray(item)) return `[${Array.from(item, write).join()}]`;
    if (isContainer(item)) return writeRecord(item as Record<string, unknown>);
    if (item instanceof Map || item instanceof Set) {
      return `${item.constructor.name}${write([...item])}`;
    }
    if (item instanceof RegExp) return `RegExp${write([item.source, item.flags, item.lastIndex])}`;
    if (item instanceof Error) {
      const { name, message, cause } = item;
      return `${item.constructor.name}${write({ ...item, name, message, cause })}`;
    }
    if (ArrayBuffer.isView(item)) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      return `${item.constructor.name}[${bytes.join()}]`;
    }
    // Dates, URLs, messages and whatever else says what it is made of.
    const { toJSON } = item as { toJSON?: unknown };
    if (typeof toJSON !== 'function') throw uncacheable(item, node);
    return `${item.constructor.name}${write((toJSON as () => unknown).call(item))}`;
  };
  const writeRecord = (record: Record<string, unknown>): string => {
    const symbols = Object.getOwnPropertySymbols(record);
    if (symbols.length > 0) throw uncacheable(symbols[0], node);
    const fields = Object.keys(record)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(record[key])}`);
    return `{${fields.join()}}`;
  };
  return write(value);
}

function uncacheable(value: unknown, node: string): SuperstepError {
  return new SuperstepError(
    'UNCACHEABLE_INPUT',
    `Cannot make a cache key of the input of "${node}": it holds ${show(value)}; give its ` +
      `cachePolicy a keyFunc that makes a key of what matters`,
    { nodes: [node], value },
  );
}
