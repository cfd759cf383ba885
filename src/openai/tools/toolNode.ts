import { callOnce } from '../../engine/functional/callOnce.ts';
import { END } from '../../engine/model/constants.ts';
import type { NodeConfig } from '../../engine/model/node.ts';
import { Command, isCommand } from '../../engine/model/command.ts';
import { coerceMessage } from '../../engine/model/messages/coerceMessage.ts';
import {
  ToolMessage,
  type AIMessage,
  type BaseMessage,
  type ToolCall,
} from '../../engine/model/messages.ts';
import { isSend } from '../../engine/model/send.ts';
import { isSignal } from '../../engine/model/signals.ts';
import type { InvalidToolCall } from '../toWireMessages.ts';
import { toToolMessage, type Tool, type ToolConfig } from './tool.ts';

/** How a {@link ToolNode} answers. */
export interface ToolNodeOptions {
  /** The name of the node's function. */
  name?: string;
  /** For LangChain; nothing here uses them. */
  tags?: string[];
  /**
   * What becomes of the error of a tool. `true`: the model is told of it, and may try otherwise;
   * `false`: the node fails; a function: says what the model is told. Default `true`.
   */
  handleToolErrors?: boolean | ((error: unknown, call: ToolCall) => string);
}

/**
 * A state, or just its messages; the last one is the model's. With `lg_tool_call` only that call is
 * made: so a `Send` gives each call a task of its own.
 */
export type ToolNodeInput =
  | { readonly messages: readonly BaseMessage[]; readonly lg_tool_call?: ToolCall }
  | readonly BaseMessage[];

/** A node: what it adds to the messages, in the order of the calls. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface ToolNode {
  (state: ToolNodeInput, config?: NodeConfig): Promise<any>;
}

/**
 * A node that does what the model's last message asks for: it calls the tools, all at once, and adds
 * their answers to `messages`. A call of an unknown tool, arguments that do not fit and errors of
 * tools become answers too, with the status `error`; interrupts and a run's end do not.
 *
 * @example
 * ```ts
 * import { AIMessage, MessagesAnnotation, START, StateGraph } from 'superstep';
 * import { ToolNode, tool } from 'superstep/openai';
 * const clock = tool(() => 'Twelve', { name: 'clock', description: 'Tells the time' });
 * const graph = new StateGraph(MessagesAnnotation)
 *   .addNode('tools', new ToolNode([clock]))
 *   .addEdge(START, 'tools')
 *   .compile();
 * const asked = new AIMessage({ content: '', tool_calls: [{ name: 'clock', args: {}, id: '1' }] });
 * const { messages } = await graph.invoke({ messages: [asked] });
 * console.log(messages.at(-1)?.text); // Twelve
 * ```
 */
// A class that makes functions, so that `addNode` takes it like any other node.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class ToolNode {
  declare readonly tools: readonly Tool[];

  constructor(tools: readonly Tool[], options: ToolNodeOptions = {}) {
    const node = (state: ToolNodeInput, config?: NodeConfig) =>
      answerAll(tools, options, state, config);
    Object.setPrototypeOf(node, new.target.prototype as object);
    if (options.name !== undefined) Object.defineProperty(node, 'name', { value: options.name });
    return Object.assign(node, { tools }) as unknown as ToolNode;
  }

  /** Answers the calls of the last message outside of a graph. */
  invoke(state: ToolNodeInput, config?: NodeConfig): Promise<any> {
    return this(state, config);
  }
}
Object.setPrototypeOf(ToolNode.prototype, Function.prototype);

async function answerAll(
  tools: readonly Tool[],
  options: ToolNodeOptions,
  state: ToolNodeInput,
  config: NodeConfig | undefined,
): Promise<unknown> {
  const { lg_tool_call: single, ...rest } = state as { lg_tool_call?: ToolCall };
  const messages = 'messages' in state ? state.messages : state;
  const asked = single ? [single] : lastCalls(messages);
  const runtime = { ...config, config, state: single ? rest : state };
  const answers = await settled(
    asked.map((call) => {
      // A call that has its answer is not made again when the node runs again for another one.
      const identity = [call.id, call.args];
      return callOnce({ name: call.name, identity }, () =>
        answer(tools, options, call, { ...runtime, toolCallId: call.id }),
      );
    }),
  );
  if (answers.some(isCommand)) {
    const results = answers.map((each) =>
      isCommand(each) ? each : 'messages' in state ? { messages: [each] } : [each],
    );
    return joinHandoffs(results);
  }
  return 'messages' in state ? { messages: answers } : answers;
}

/** Commands that send to the parent become one: it goes on when all tools have answered. */
function joinHandoffs(results: readonly unknown[]): unknown[] {
  const isHandoff = (each: unknown): each is Command =>
    isCommand(each) && each.graph === Command.PARENT && [each.goto].flat().every(isSend);
  const handoffs = results.filter(isHandoff);
  if (handoffs.length < 2) return [...results];
  const goto = handoffs.flatMap((each) => each.goto);
  const others = results.filter((each) => !isHandoff(each));
  return [...others, new Command({ graph: Command.PARENT, goto })];
}

type Asked = ToolCall | InvalidToolCall;

/** What the last message of the model asks for and nothing after it has answered yet. */
function lastCalls(given: readonly BaseMessage[]): Asked[] {
  // A list without the reducer of messages holds them as the node returned them.
  const messages = given.map(coerceMessage);
  const place = messages.findLastIndex((message) => message.getType() === 'ai');
  const last = messages[place] as AIMessage | undefined;
  if (last === undefined) {
    throw new TypeError('Cannot call tools: there is no message of a model among the messages');
  }
  // Earlier turns may have had the same ids, and several calls of this message, too.
  const answers = messages
    .slice(place + 1)
    .map((message) => (message as Partial<ToolMessage>).tool_call_id);
  const invalid = (last.additional_kwargs['invalid_tool_calls'] ?? []) as InvalidToolCall[];
  return [...last.tool_calls, ...invalid].filter(({ id }) => {
    const answer = answers.findIndex((each) => each !== undefined && each === (id ?? ''));
    if (answer !== -1) answers.splice(answer, 1);
    return answer === -1;
  });
}

async function answer(
  tools: readonly Tool[],
  { handleToolErrors = true }: ToolNodeOptions,
  call: Asked,
  config: ToolConfig,
): Promise<ToolMessage | Command> {
  const failed = (text: string) =>
    new ToolMessage({
      content: text,
      tool_call_id: call.id ?? '',
      name: call.name,
      status: 'error',
    });
  if ('error' in call) return failed(`Error: the arguments are not valid JSON: ${call.error}`);
  const known = tools.find(({ name }) => name === call.name);
  if (known === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return failed(`Error: there is no tool "${call.name}"; there are: ${names}`);
  }
  try {
    const result: unknown = await known.invoke({ ...call, type: 'tool_call' }, config);
    return isCommand(result) ? result : toToolMessage(result, call);
  } catch (error) {
    if (isSignal(error) || config.signal?.aborted || handleToolErrors === false) throw error;
    if (typeof handleToolErrors === 'function') return failed(handleToolErrors(error, call));
    const text = error instanceof Error ? error.message : String(error);
    return failed(`Error: ${text}\n Please fix your mistakes.`);
  }
}

/** All results once nothing is under way any more: what one tool throws must not leave others behind. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/**
 * A router for what follows the model's node: to the node named `tools` while the last message asks
 * for tools, else to the end.
 *
 * @example
 * ```ts
 * import { AIMessage } from 'superstep';
 * import { toolsCondition } from 'superstep/openai';
 * console.log(toolsCondition({ messages: [new AIMessage('Done')] })); // __end__
 * ```
 */
export function toolsCondition(state: ToolNodeInput): 'tools' | typeof END {
  const messages = 'messages' in state ? state.messages : state;
  const last = messages.at(-1) as Partial<AIMessage> | undefined;
  const invalid = last?.additional_kwargs?.['invalid_tool_calls'];
  return (last?.tool_calls?.length ?? 0) > 0 || invalid !== undefined ? 'tools' : END;
}
