import { compileFunction } from 'node:vm';

/** A condition of a breakpoint, given an object that says what every name in it stands for. */
export type Condition = (names: object) => unknown;

/** Makes a function of a JavaScript expression; nothing of it is run. @throws {SyntaxError} */
export function compileCondition(expression: string): Condition {
  // The line end is for what ends with a comment.
  return compileFunction(`with (names) return (${expression}\n);`, ['names']) as Condition;
}
