import { isMessage, type AIMessage, type ToolCallChunk } from '../model/messages.ts';
import { reportModelCall, type ModelCallReport } from './modelCall.ts';
import type { Frame } from './frame.ts';
import { currentFrame } from './runContext.ts';

/** LangChain's result of a model, as far as it is of interest. */
interface ModelResult {
  readonly generations: readonly (readonly {
    readonly text?: string;
    readonly message?: unknown;
    readonly generationInfo?: { readonly finish_reason?: string };
  }[])[];
}

/** A call of a model that is going on. */
interface OpenCall {
  readonly report: ModelCallReport;
  /** Its tokens are not to be told: the tag by which LangGraph's users ask for that. */
  readonly isSilent: boolean;
  hasStreamed: boolean;
}

/** By the id that LangChain gives them. They go with the task, whether LangChain ends them or not. */
const openCalls = new WeakMap<Frame, Map<string, OpenCall>>();

function openCall(runId: string): OpenCall | undefined {
  const frame = currentFrame();
  return frame && openCalls.get(frame)?.get(runId);
}

/** A model is called. The parameters that are not used are ids of runs around it, and what it is asked. */
function started(
  model: { readonly id?: readonly string[] } | undefined,
  _prompt: unknown,
  runId: string,
  _parent?: string,
  parameters?: { readonly invocation_params?: { readonly model?: unknown } },
  tags?: readonly string[],
  metadata?: { readonly ls_model_name?: unknown },
): void {
  const frame = currentFrame();
  const name = parameters?.invocation_params?.model ?? metadata?.ls_model_name;
  const report = reportModelCall({
    model: typeof name === 'string' ? name : (model?.id?.at(-1) ?? 'model'),
    messageId: `run-${runId}`,
    ...(tags && { tags }),
  });
  if (frame === undefined || report === undefined) return;
  const calls = openCalls.get(frame) ?? new Map<string, OpenCall>();
  openCalls.set(frame, calls);
  const isSilent = tags?.some((tag) => tag === 'nostream' || tag === 'langsmith:nostream') ?? false;
  calls.set(runId, { report, isSilent, hasStreamed: false });
}

function ended(runId: string): OpenCall | undefined {
  const call = openCall(runId);
  openCalls.get(currentFrame()!)?.delete(runId);
  return call;
}

interface ToolCallPiece {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly args?: string;
}

function toToolCallChunk({ index = 0, id, name, args }: ToolCallPiece): ToolCallChunk {
  return {
    index,
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(args !== undefined && { args }),
  };
}

/** A handler in LangChain's sense, by which models tell observers of the run what they do. */
export const MODEL_HANDLER = {
  isEngine: true as const,
  // Otherwise it would be told later, when the task that the call belongs to is no longer known.
  awaitHandlers: true,
  // Models that can do both stream, also where the node waits for the whole answer.
  lc_prefer_streaming: true,

  handleChatModelStart: started,
  handleLLMStart: started,

  handleLLMNewToken(
    token: string,
    _index: unknown,
    runId: string,
    _parent?: string,
    _tags?: unknown,
    fields?: { readonly chunk?: { readonly message?: unknown } },
  ): void {
    const call = openCall(runId);
    if (call === undefined) return;
    call.hasStreamed = true;
    if (call.isSilent) return;
    const message = fields?.chunk?.message;
    if (!isMessage(message)) return call.report.streamed(token);
    if (message.id !== undefined) call.report.becomes(message.id);
    const { tool_call_chunks: pieces = [] } = message as { tool_call_chunks?: ToolCallPiece[] };
    call.report.streamed(
      message.text,
      pieces.length === 0 ? undefined : pieces.map(toToolCallChunk),
    );
  },

  handleLLMEnd(result: ModelResult, runId: string): void {
    const call = ended(runId);
    if (call === undefined) return;
    const { text, message, generationInfo } = result.generations[0]?.[0] ?? {};
    const answer = isMessage(message) ? message : undefined;
    if (!call.hasStreamed && !call.isSilent) {
      if (answer?.id !== undefined) call.report.becomes(answer.id);
      call.report.streamed(answer?.text ?? text ?? '');
    }
    const usage = (answer as AIMessage | undefined)?.usage_metadata;
    const reason = generationInfo?.finish_reason ?? answer?.response_metadata['finish_reason'];
    call.report.finished({
      ...(usage && { usage }),
      ...(typeof reason === 'string' && { finishReason: reason }),
    });
  },

  handleLLMError(error: unknown, runId: string): void {
    ended(runId)?.report.failed(error);
  },
};
