import {
  defined,
  toParameters,
  type CallOptions,
  type ChatOpenAIOptions,
  type ToolChoice,
} from './options.ts';
import { toWireTool } from './tools/tool.ts';
import { toWireMessages, type ModelInput } from './toWireMessages.ts';
import type { WireRequest, WireToolChoice } from './wire.ts';

interface Given {
  /** The client's. */
  readonly options: ChatOpenAIOptions;
  /** The call's. */
  readonly call: CallOptions;
  readonly model: string;
}

/** What is sent to a server for a call. */
export function toWireRequest(input: ModelInput, { options, call, model }: Given): WireRequest {
  const { tools, tool_choice: choice, parallel_tool_calls, response_format, stop } = call;
  const wireTools = tools?.map(toWireTool);
  return {
    model,
    messages: toWireMessages(input),
    ...toParameters(options, model),
    ...defined({
      tools: wireTools?.length === 0 ? undefined : wireTools,
      tool_choice: choice === undefined ? undefined : toWireChoice(choice),
      parallel_tool_calls,
      response_format,
      stop,
    }),
  };
}

function toWireChoice(choice: ToolChoice): WireToolChoice {
  if (typeof choice === 'object') return choice;
  if (choice === 'any') return 'required';
  if (isMode(choice)) return choice;
  return { type: 'function', function: { name: choice } };
}

function isMode(choice: string): choice is 'auto' | 'none' | 'required' {
  return choice === 'auto' || choice === 'none' || choice === 'required';
}
