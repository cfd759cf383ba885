import { BaseLangGraphError, Command } from '../engine/index.ts';
import { tellLacking } from './lacking.ts';

/** Under which LangGraph's commands are marked. */
export const COMMAND_SYMBOL = Symbol.for('langgraph.command');

/** What every {@link Command} is an instance of. */
export { Command as CommandInstance };

/** Thrown by LangGraph for a channel without a value; here such a key is `undefined`. */
export class EmptyChannelError extends BaseLangGraphError {}
/** Thrown by LangGraph for two graphs in one node; here each has a place of its own. */
export class MultipleSubgraphsError extends BaseLangGraphError {}
/** Thrown by LangGraph for what fails on a server. */
export class RemoteException extends BaseLangGraphError {}
/** Thrown by LangGraph for an answer to nothing; here that is `NOTHING_TO_RESUME` or `STALE_ANSWER`. */
export class UnknownInterruptError extends BaseLangGraphError {}

/** Never true: see {@link UnknownInterruptError}. */
export function isUnknownInterruptError(error: unknown): error is UnknownInterruptError {
  return error instanceof UnknownInterruptError;
}

/** Packages import it to say what `streamEvents` tells of them; nothing here asks them. */
export class StreamChannel {
  /** @throws always */
  static local(): never {
    throw lacking('StreamChannel');
  }

  /** @throws always */
  static remote(): never {
    throw lacking('StreamChannel');
  }
}

/**
 * Packages import it to say what `streamEvents` tells of them; nothing here asks them.
 * @throws always
 */
export function createMessagesTransformer(): never {
  throw lacking('createMessagesTransformer');
}

function lacking(name: string): Error {
  const error = new Error(tellLacking(name, '@langchain/langgraph'));
  return Object.assign(error, { code: 'NOT_IN_SUPERSTEP' });
}
