import type { ModelCallInfo, TaskInfo } from '../../engine/model/events.ts';
import type { UsageMetadata } from '../../engine/model/messages.ts';
import { describeError } from '../describeError.ts';
import type { TheirEvents } from './theirEvents.ts';

type Metadata = Readonly<Record<string, unknown>>;

interface Call {
  readonly task: TaskInfo;
  readonly info: ModelCallInfo;
  readonly startedAt: number;
  hasStreamed: boolean;
}

/** What is used of the result of a model. */
interface Result {
  readonly generations?: readonly (readonly {
    readonly text?: string;
    readonly message?: { readonly usage_metadata?: UsageMetadata };
  }[])[];
}

/**
 * A handler of LangChain's callbacks that tells of models as our clients do. It holds each node until the
 * chunk that announces it has been read, so that what the node does comes behind.
 */
export function modelCallbacks(events: TheirEvents): object {
  const calls = new Map<string, Call>();
  let lastId = 0;

  function start(
    _model: unknown,
    _prompts: unknown,
    runId: string,
    _parentRunId: unknown,
    extra: Metadata = {},
    tags?: unknown,
    metadata: Metadata = {},
  ): void {
    const task = events.taskOf(metadata);
    if (!task) return;
    const params = (extra['invocation_params'] ?? {}) as Metadata;
    const model = metadata['ls_model_name'] ?? params['model'];
    const info: ModelCallInfo = {
      id: ++lastId,
      model: typeof model === 'string' ? model : 'model',
      messageId: runId,
      ...(Array.isArray(tags) && tags.length > 0 && { tags: tags as string[] }),
    };
    const startedAt = events.now();
    calls.set(runId, { task, info, startedAt, hasStreamed: false });
    events.tell({ type: 'modelStarted', task, call: info });
  }

  function end(runId: string, tell: (call: Call, durationMs: number) => void): void {
    const call = calls.get(runId);
    calls.delete(runId);
    if (call) tell(call, events.now() - call.startedAt);
  }

  return {
    name: 'superstep',
    awaitHandlers: true,
    async handleChainStart(): Promise<void> {
      await new Promise(setImmediate);
      events.flush();
    },
    handleChatModelStart: start,
    handleLLMStart: start,
    handleLLMNewToken(text: string, _place: unknown, runId: string): void {
      const call = calls.get(runId);
      if (!call || text === '') return;
      call.hasStreamed = true;
      events.tell({ type: 'modelStreamed', task: call.task, call: call.info, text });
    },
    handleLLMEnd({ generations }: Result, runId: string): void {
      end(runId, ({ task, info, hasStreamed }, durationMs) => {
        const [first] = generations?.[0] ?? [];
        const { text = '', message } = first ?? {};
        if (!hasStreamed && text !== '') {
          events.tell({ type: 'modelStreamed', task, call: info, text });
        }
        const usage = message?.usage_metadata;
        events.tell({
          type: 'modelFinished',
          task,
          call: info,
          durationMs,
          ...(usage && { usage }),
        });
      });
    },
    handleLLMError(error: unknown, runId: string): void {
      end(runId, ({ task, info }, durationMs) => {
        const told = describeError(error);
        events.tell({ type: 'modelFailed', task, call: info, durationMs, error: told });
      });
    },
  };
}
