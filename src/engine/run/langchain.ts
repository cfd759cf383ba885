import { isMessage, type AIMessage, type ToolCallChunk } from '../model/messages.ts';
import { reportModelCall, type ModelCallReport } from './modelCall.ts';
import { placeOf } from './callbacks.ts';
import type { Frame } from './frame.ts';
import { newAsyncContext } from './asyncContext.ts';
import { currentFrame } from './runContext.ts';

/** Where LangChain keeps what the code around a call has to say to it; one for the whole process. */
const CONTEXT = Symbol.for('ls:tracing_async_local_storage');
/** The config of the runnable around a call, in such a context. */
const CHILD_CONFIG = Symbol.for('lc:child_config');

/** LangChain's own `AsyncLocalStorage`, as far as it uses it. */
interface Context {
  getStore(): unknown;
  run<R>(store: unknown, action: () => R): R;
  enterWith(store: unknown): void;
}

/** Done once: copies of this library that watched each other would put one context around another for ever. */
let isListening = false;

/**
 * Makes models of LangChain that are called inside of tasks stop when the task does, and tell what
 * they do: tokens, usage, how they end. They look for a config in a context of their own, where
 * LangGraph puts it; here our tasks are put there too. The code that calls a model need not pass
 * anything on.
 */
export function listenToLangChain(): void {
  if (isListening) return;
  isListening = true;
  const inner = (globalThis as { [CONTEXT]?: Context })[CONTEXT] ?? newAsyncContext<unknown>();
  (globalThis as { [CONTEXT]?: Context })[CONTEXT] = {
    getStore: () => inner.getStore() ?? ofTask(currentFrame()),
    run: (store, action) => inner.run(store, action),
    enterWith: (store) => inner.enterWith(store),
  };
}

/** What LangChain finds around a call in one of our tasks. */
function ofTask(frame: Frame | undefined): unknown {
  if (frame === undefined) return undefined;
  const { signal, tags, metadata, configurable } = frame.config;
  // Copied, since LangChain adds to it.
  const { scope } = frame.run;
  const shown = scope.callbacks
    ? { ls_integration: 'langgraph', ...placeOf(frame) }
    : { ...metadata };
  const config = { signal, tags, configurable, metadata: shown };
  const own = scope.observed ? [HANDLER] : undefined;
  const callbacks = scope.callbacks ? [...(own ?? []), ...scope.callbacks.inside(frame)] : own;
  return { extra: { [CHILD_CONFIG]: { ...config, ...(callbacks && { callbacks }) } } };
}

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

/** A handler in LangChain's sense. */
const HANDLER = {
  isEngine: true,
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
