import { SuperstepError, didYouMean } from '../model/errors.ts';
import { coerceMessage, type MessageLike } from '../model/messages/coerceMessage.ts';
import type { BaseMessage } from '../model/messages.ts';
import { checkUpdate, type Update } from '../plan/outcome.ts';
import { requireFrame } from './taskContext.ts';

/**
 * Shows a message to the observers of the run at once (`streamMode: "messages"`), and writes it to the
 * state when the node has ended, before what the node returns.
 *
 * @param message Needs an id, by which it is known when it comes again.
 * @param options.stateKey The key that it is written to; `null`: none. Default `messages`, if the
 * graph has such a key.
 * @returns The message.
 * @throws {SuperstepError} VALIDATION_FAILED without an id, or for a key that does not exist;
 * OUTSIDE_RUN
 * @example
 * ```ts
 * import { MessagesAnnotation, START, StateGraph, pushMessage } from 'superstep';
 * const graph = new StateGraph(MessagesAnnotation)
 *   .addNode('work', () => {
 *     pushMessage({ role: 'assistant', content: 'On it', id: '1' });
 *     return { messages: [{ role: 'assistant', content: 'Done', id: '2' }] };
 *   })
 *   .addEdge(START, 'work')
 *   .compile();
 * const { messages } = await graph.invoke({});
 * console.log(messages.map(({ text }) => text)); // [ 'On it', 'Done' ]
 * ```
 */
export function pushMessage(
  message: MessageLike,
  options: { readonly stateKey?: string | null } = {},
): BaseMessage {
  const frame = requireFrame('pushMessage');
  const { run, info } = frame;
  const pushed = coerceMessage(message);
  if (pushed.id === undefined) {
    throw new SuperstepError(
      'VALIDATION_FAILED',
      `Cannot push a message without id from "${info.node}": give it one, so that it is known when it ` +
        `comes again`,
      { nodes: [info.node], value: message },
    );
  }
  const key = stateKeyOf(frame.run.plan.byKey, options.stateKey, info.node);
  const update: Update =
    key === undefined || run.plan.kind !== 'graph'
      ? { [key ?? 'messages']: pushed }
      : checkUpdate(run.plan, info.node, { [key]: pushed });
  if (run.scope.observed) {
    run.scope.emit({
      type: 'taskWrote',
      task: info,
      update,
      ...((key === undefined || info.kind !== undefined) && { isShownOnly: true }),
    });
  }
  if (key !== undefined) frame.push(update);
  return pushed;
}

/** The key to write to, if there is one. */
function stateKeyOf(
  known: ReadonlyMap<string, number>,
  asked: string | null | undefined,
  node: string,
): string | undefined {
  if (asked === null) return undefined;
  if (asked === undefined) return known.has('messages') ? 'messages' : undefined;
  if (known.has(asked)) return asked;
  throw new SuperstepError(
    'VALIDATION_FAILED',
    `Cannot push a message from "${node}" to key "${asked}": the state has no such key` +
      (didYouMean(asked, known.keys()) || '; pass one that holds messages, or null'),
    { nodes: [node], key: asked },
  );
}
