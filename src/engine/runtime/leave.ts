import type { Command } from '../graph/command.ts';
import { LEAVE } from './pause.ts';

/**
 * Thrown where a graph was called inside a node, and ended with commands for its parent: the node ends,
 * and they take the place of what it would have returned. Not an error, as little as an interrupt.
 */
export class LeaveSignal {
  readonly [LEAVE] = true;
  readonly commands: readonly Command[];

  constructor(commands: readonly Command[]) {
    this.commands = commands;
  }
}
