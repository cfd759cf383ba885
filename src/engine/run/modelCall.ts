import type {
  ModelCallInfo,
  ModelFailed,
  ModelFinished,
  ModelRetrying,
  ModelStarted,
  ModelStreamed,
} from '../model/events.ts';
import type { ToolCallChunk, UsageMetadata } from '../model/messages.ts';
import { toErrorInfo } from '../model/errorInfo.ts';
import type { Frame } from './frame.ts';
import { currentFrame } from './runContext.ts';

/**
 * Tells the observers of the run that the running task sends a request to a model. For clients of
 * models: what they tell here is what `streamMode: "messages"` yields, and what the editor shows.
 *
 * @returns What to tell the rest of the story to; `undefined` outside of any run, or if nobody
 * observes it.
 * @example
 * ```ts
 * import { entrypoint, reportModelCall } from 'superstep';
 * const parrot = entrypoint('parrot', (text: string) => {
 *   const call = reportModelCall({ model: 'parrot-1', messageId: 'm1' });
 *   for (const word of text.split(' ')) call?.streamed(word);
 *   call?.finished({ finishReason: 'stop' });
 *   return text;
 * });
 * const stream = await parrot.stream('Polly wants', { streamMode: 'messages' });
 * for await (const [chunk] of stream) console.log(chunk.text); // Polly wants
 * ```
 */
export function reportModelCall(call: Omit<ModelCallInfo, 'id'>): ModelCallReport | undefined {
  const frame = currentFrame();
  return frame?.run.scope.observed ? new ModelCallReport(frame, call) : undefined;
}

/** One request to a model, for the observers of the run it is made in. */
export class ModelCallReport {
  readonly #frame: Frame;
  #call: ModelCallInfo;
  readonly #startedAt: number;

  constructor(frame: Frame, call: Omit<ModelCallInfo, 'id'>) {
    const { scope } = frame.run;
    this.#frame = frame;
    this.#call = { id: scope.nextModelCallId(), ...call };
    this.#startedAt = scope.now();
    this.#tell({ type: 'modelStarted' });
  }

  /** The answer's message has another id than was foreseen: the provider's own. */
  becomes(messageId: string): void {
    if (messageId !== this.#call.messageId) this.#call = { ...this.#call, messageId };
  }

  /**
   * A piece of the answer has come. Tell an answer that comes whole as one piece.
   * @param reasoning What the model thinks before it answers, which is no part of the text.
   */
  streamed(text: string, toolCallChunks?: readonly ToolCallChunk[], reasoning?: string): void {
    this.#frame.onProgress?.(false);
    this.#tell({
      type: 'modelStreamed',
      text,
      ...(toolCallChunks && { toolCallChunks }),
      ...(reasoning && { reasoning }),
    });
  }

  /**
   * The request failed and will be sent once more.
   * @param attempt The one that failed, counted from 1.
   */
  retrying(error: unknown, { attempt, delayMs }: { attempt: number; delayMs: number }): void {
    this.#frame.onProgress?.(false);
    this.#tell({ type: 'modelRetrying', attempt, delayMs, error: toErrorInfo(error) });
  }

  /** The answer is complete. */
  finished(answer: { usage?: UsageMetadata; finishReason?: string; cached?: true } = {}): void {
    this.#tell({ type: 'modelFinished', durationMs: this.#durationMs(), ...answer });
  }

  /** There will be no answer. */
  failed(error: unknown): void {
    const durationMs = this.#durationMs();
    this.#tell({ type: 'modelFailed', durationMs, error: toErrorInfo(error) });
  }

  #durationMs(): number {
    return this.#frame.run.scope.now() - this.#startedAt;
  }

  /** Nothing of an attempt that was given up is heard of, except how its requests end. */
  #tell(what: ModelEventFields): void {
    const { owner, run, info } = this.#frame;
    const isEnd = what.type === 'modelFinished' || what.type === 'modelFailed';
    if (owner.abortReason !== undefined && !isEnd) return;
    run.scope.emit({ ...what, task: info, call: this.#call });
  }
}

type ModelEvent = ModelStarted | ModelStreamed | ModelRetrying | ModelFinished | ModelFailed;
type Fields<E> = E extends ModelEvent ? Omit<E, 'time' | 'task' | 'call'> : never;
type ModelEventFields = Fields<ModelEvent>;
