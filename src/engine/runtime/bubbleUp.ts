import type { InterruptSignal } from './interrupt.ts';
import type { LeaveSignal } from './leave.ts';
import { isSignal } from './pause.ts';

/**
 * What all that is thrown to leave a task without failing it has in common: `instanceof` this says the
 * same as {@link isGraphBubbleUp}.
 *
 * @example
 * ```ts
 * import { GraphBubbleUp, GraphInterrupt } from 'superstep';
 * console.log(new GraphInterrupt([]) instanceof GraphBubbleUp); // true
 * console.log(new Error('no luck') instanceof GraphBubbleUp); // false
 * ```
 */
export abstract class GraphBubbleUp {
  static [Symbol.hasInstance](value: unknown): value is InterruptSignal | LeaveSignal {
    return isSignal(value);
  }
}
