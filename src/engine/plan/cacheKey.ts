import { dataText } from '../state/dataText.ts';
import { SuperstepError, show } from '../model/errors.ts';

/**
 * A text that two inputs share only if they hold the same data; keys of objects in any order.
 * @throws {SuperstepError} UNCACHEABLE_INPUT
 */
export function keyOf(value: unknown, node: string): string {
  return dataText(value, (item) => {
    throw new SuperstepError(
      'UNCACHEABLE_INPUT',
      `Cannot make a cache key of the input of "${node}": it holds ${show(item)}; give its ` +
        `cachePolicy a keyFunc that makes a key of what matters`,
      { nodes: [node], value: item },
    );
  });
}
