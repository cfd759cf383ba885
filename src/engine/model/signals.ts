import type { Interrupt } from './checkpointer.ts';
import type { Command } from './command.ts';

/** Marks what is thrown to leave a task without failing it: an interrupt. */
export const PAUSE: unique symbol = Symbol.for('superstep.pause') as never;

/**
 * True for what `interrupt` throws, which must reach the engine as it is: no retry, no error handler,
 * no failure. For a `catch` around code that may ask: rethrow it.
 *
 * @example
 * ```ts
 * import { isGraphInterrupt } from 'superstep';
 * const work = async () => 'done';
 * try {
 *   console.log(await work()); // done
 * } catch (error) {
 *   if (isGraphInterrupt(error)) throw error;
 * }
 * ```
 */
export function isPause(thrown: unknown): thrown is InterruptSignal {
  return has(thrown, PAUSE);
}

/** Marks what is thrown to leave a task for commands that a graph called in it has for its parent. */
export const LEAVE: unique symbol = Symbol.for('superstep.leave') as never;

/** True for what a graph that is called inside a node throws when it ends with `Command.PARENT`. */
export function isParentCommand(thrown: unknown): thrown is ParentCommandSignal {
  return has(thrown, LEAVE);
}

/**
 * True for everything that is thrown to leave a task without failing it: what `interrupt` throws, and
 * `Command.PARENT` from a graph that is called in the task. It must reach the engine as it is: a
 * `catch` that does not know what it caught should rethrow it.
 *
 * @example
 * ```ts
 * import { isGraphBubbleUp } from 'superstep';
 * const work = async () => { throw new Error('no luck'); };
 * try {
 *   await work();
 * } catch (error) {
 *   if (isGraphBubbleUp(error)) throw error;
 *   console.log('failed'); // failed
 * }
 * ```
 */
export function isSignal(thrown: unknown): thrown is InterruptSignal | ParentCommandSignal {
  return isPause(thrown) || isParentCommand(thrown);
}

function has(thrown: unknown, mark: symbol): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  try {
    return mark in thrown;
  } catch {
    return false; // a proxy that does not let itself be asked
  }
}

/** The key under which results carry the questions of a run that has paused. */
export const INTERRUPT_KEY = '__interrupt__';

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
  static [Symbol.hasInstance](value: unknown): value is InterruptSignal | ParentCommandSignal {
    return isSignal(value);
  }
}

/**
 * Thrown to leave a task that asks a question. Not an error: it is recognised by its mark where
 * tasks end, and nowhere else.
 */
export class InterruptSignal {
  readonly [PAUSE] = true;
  readonly interrupts: readonly Interrupt[];

  constructor(interrupts: readonly Interrupt[]) {
    this.interrupts = interrupts;
  }
}

/**
 * Thrown where a graph was called inside a node, and ended with commands for its parent: the node ends,
 * and they take the place of what it would have returned. Not an error, as little as an interrupt.
 */
export class ParentCommandSignal {
  readonly [LEAVE] = true;
  readonly commands: readonly Command[];

  constructor(commands: readonly Command[]) {
    this.commands = commands;
  }
}
