import type { AIMessageFields, ToolCallChunk, UsageMetadata } from '../engine/model/messages.ts';
import { CallAssembler } from './callAssembler.ts';
import { textOfThoughts, Thoughts, ThinkTags } from './thoughts.ts';
import type { WireAnswer, WireDelta, WireUsage } from './wire.ts';

/** A piece of an answer that is worth telling. */
export interface Piece {
  readonly text: string;
  readonly toolCallChunks: readonly ToolCallChunk[];
  /** What the model thinks, in the fields in which the server tells it. */
  readonly thoughts?: Readonly<Record<string, unknown>>;
  /** The same as a text; empty if there is none. */
  readonly reasoning: string;
}

/**
 * An answer as it comes in: whole, or piece by piece.
 *
 * @param takenCallIds Ids of the tool calls in the conversation so far.
 */
export class Answer {
  readonly #texts: string[] = [];
  readonly #tags = new ThinkTags();
  readonly #thoughts = new Thoughts();
  readonly #refusals: string[] = [];
  readonly #calls: CallAssembler;
  readonly #metadata: Record<string, unknown> = {};
  #finishReason: string | undefined;
  #usage: Partial<Record<keyof WireUsage, number>> = {};
  #hasChoice = false;
  #isWhole = false;

  constructor(takenCallIds?: Iterable<string>) {
    this.#calls = new CallAssembler(takenCallIds);
  }

  /** True once the server has begun to answer. */
  get hasChoice(): boolean {
    return this.#hasChoice;
  }

  /** False for an answer in pieces of which the last is missing. */
  get isComplete(): boolean {
    return this.#isWhole || this.#finishReason !== undefined;
  }

  /** The provider's own word for why the answer ended. */
  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  get usage(): UsageMetadata | undefined {
    const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = this.#usage;
    if (input === undefined && output === undefined) return undefined;
    const sum = (input ?? 0) + (output ?? 0);
    return { input_tokens: input ?? 0, output_tokens: output ?? 0, total_tokens: total ?? sum };
  }

  /**
   * @param isWhole It is a whole answer, not an event of a stream.
   * @returns What is new for a reader; `undefined` for pieces that only count or end.
   */
  add(received: WireAnswer, isWhole: boolean): Piece | undefined {
    const { id, model, system_fingerprint: fingerprint, usage, choices } = received;
    if (id) this.#metadata['id'] = id;
    if (model) this.#metadata['model_name'] = model;
    if (fingerprint) this.#metadata['system_fingerprint'] = fingerprint;
    if (usage) this.#count(usage);
    const choice = choices?.[0] ?? undefined;
    if (choice === undefined) return undefined;
    this.#hasChoice = true;
    const { delta, message, text, finish_reason: reason } = choice;
    if (isWhole || (!delta && message)) this.#isWhole = true;
    // Some servers write null as a text.
    if (reason && reason !== 'null') this.#finishReason = reason;
    return this.#say(
      delta ?? message ?? (typeof text === 'string' ? { content: text } : {}),
      isWhole,
    );
  }

  /** The server says that this was all. */
  end(): void {
    this.#isWhole = true;
  }

  /** What was held back, once the answer is complete. */
  rest(): Piece | undefined {
    return this.#tell(this.#tags.end(), [], undefined);
  }

  /** The message, apart from its id. */
  toFields(): AIMessageFields {
    const { valid, invalid, extras } = this.#calls.read();
    return {
      content: this.#texts.join(''),
      tool_calls: valid,
      usage_metadata: this.usage,
      additional_kwargs: {
        ...(this.#refusals.length > 0 && { refusal: this.#refusals.join('') }),
        ...this.#thoughts.toFields(!this.#calls.isEmpty),
        ...(invalid.length > 0 && { invalid_tool_calls: invalid }),
        ...(Object.keys(extras).length > 0 && { tool_call_extra_content: extras }),
      },
      response_metadata: {
        ...this.#metadata,
        ...(this.#finishReason !== undefined && { finish_reason: this.#finishReason }),
      },
    };
  }

  /** Some servers send counts as texts, or `null`; what was known before stays known. */
  #count(usage: WireUsage): void {
    for (const key of ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const) {
      const value = usage[key];
      const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof count === 'number' && Number.isFinite(count)) this.#usage[key] = count;
    }
  }

  #say(delta: WireDelta, isWhole: boolean): Piece | undefined {
    const { content, refusal, tool_calls: calls } = delta;
    const text =
      typeof content === 'string'
        ? content
        : (content ?? []).map((part) => part.text ?? '').join('');
    if (refusal) this.#refusals.push(refusal);
    const chunks = this.#calls.add(calls ?? [], isWhole);
    return this.#tell(this.#tags.add(text), chunks, this.#thoughts.add(delta));
  }

  #tell(
    { text, thought }: { readonly text: string; readonly thought: string },
    toolCallChunks: readonly ToolCallChunk[],
    told: Record<string, unknown> | undefined,
  ): Piece | undefined {
    if (text !== '') this.#texts.push(text);
    if (thought !== '') this.#thoughts.addText('think', thought);
    const thoughts = thought === '' ? told : { ...told, think: thought };
    if (text === '' && toolCallChunks.length === 0 && thoughts === undefined) return undefined;
    if (thoughts === undefined) return { text, toolCallChunks, reasoning: '' };
    return { text, toolCallChunks, thoughts, reasoning: textOfThoughts(thoughts) };
  }
}
