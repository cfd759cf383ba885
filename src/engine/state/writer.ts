/** Writes of the input of a run. */
export const INPUT: unique symbol = Symbol('input');
/** Writes of a `Command` that a run was started with. */
export const COMMAND: unique symbol = Symbol('command');
/** Writes of `updateState()` that are not made as one of the nodes. */
export const UPDATE: unique symbol = Symbol('update');

/** Who writes to the state: a node, by its name, or whoever calls the graph. */
export type Writer = string | typeof INPUT | typeof COMMAND | typeof UPDATE;

const CALLERS = {
  [INPUT]: 'the input',
  [COMMAND]: 'the command of the call',
  [UPDATE]: 'the call of updateState()',
};

/** Who writes, for the middle of a sentence. */
export function describeWriter(writer: Writer): string {
  return typeof writer === 'string' ? `node "${writer}"` : CALLERS[writer];
}

/** The nodes among those who write, each once. */
export function nodesAmong(writers: readonly Writer[]): string[] {
  return [...new Set(writers)].filter((writer) => typeof writer === 'string');
}
