import type {
  AIMessageFields,
  ToolCall,
  ToolCallChunk,
  UsageMetadata,
} from '../engine/messages/messages.ts';
import type { InvalidToolCall } from './toWireMessages.ts';
import type { WireAnswer, WireDelta, WireUsage } from './wire.ts';

/** A piece of an answer that is worth telling. */
export interface Piece {
  readonly text: string;
  readonly toolCallChunks: readonly ToolCallChunk[];
}

interface CallParts {
  id: string | undefined;
  name: string;
  readonly args: string[];
}

/** An answer as it comes in: whole, or piece by piece. */
export class Answer {
  readonly #texts: string[] = [];
  readonly #thoughts: string[] = [];
  readonly #refusals: string[] = [];
  readonly #calls: CallParts[] = [];
  readonly #metadata: Record<string, unknown> = {};
  #finishReason: string | undefined;
  #usage: WireUsage | undefined;
  #hasChoice = false;
  #isWhole = false;

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
    if (this.#usage === undefined) return undefined;
    const { prompt_tokens: input = 0, completion_tokens: output = 0, total_tokens } = this.#usage;
    return {
      input_tokens: input,
      output_tokens: output,
      total_tokens: total_tokens ?? input + output,
    };
  }

  /** @returns What is new for a reader; `undefined` for pieces that only count or end. */
  add(received: WireAnswer): Piece | undefined {
    const { id, model, system_fingerprint: fingerprint, usage, choices } = received;
    if (id) this.#metadata['id'] = id;
    if (model) this.#metadata['model_name'] = model;
    if (fingerprint) this.#metadata['system_fingerprint'] = fingerprint;
    if (usage) this.#usage = usage;
    const choice = choices?.[0];
    if (choice === undefined) return undefined;
    this.#hasChoice = true;
    this.#isWhole = choice.delta === undefined && choice.message !== undefined;
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    return this.#say(choice.delta ?? choice.message ?? {});
  }

  /** The message, apart from its id. */
  toFields(): AIMessageFields {
    const calls = this.#calls.map(readCall);
    const valid = calls.filter((call): call is ToolCall => !('error' in call));
    const invalid = calls.filter((call) => 'error' in call);
    return {
      content: this.#texts.join(''),
      tool_calls: valid,
      usage_metadata: this.usage,
      additional_kwargs: {
        ...(this.#refusals.length > 0 && { refusal: this.#refusals.join('') }),
        ...(this.#thoughts.length > 0 && { reasoning_content: this.#thoughts.join('') }),
        ...(invalid.length > 0 && { invalid_tool_calls: invalid }),
      },
      response_metadata: {
        ...this.#metadata,
        ...(this.#finishReason !== undefined && { finish_reason: this.#finishReason }),
      },
    };
  }

  #say({ content, refusal, reasoning_content: thought, tool_calls: calls }: WireDelta) {
    const text =
      typeof content === 'string'
        ? content
        : (content ?? []).map((part) => part.text ?? '').join('');
    if (text !== '') this.#texts.push(text);
    if (thought) this.#thoughts.push(thought);
    if (refusal) this.#refusals.push(refusal);
    const toolCallChunks = (calls ?? []).map((part) => this.#addToCall(part));
    return text === '' && toolCallChunks.length === 0 ? undefined : { text, toolCallChunks };
  }

  #addToCall(part: NonNullable<WireDelta['tool_calls']>[number]): ToolCallChunk {
    const { name, arguments: args } = part.function ?? {};
    const id = part.id || undefined;
    let index =
      part.index ?? (id === undefined ? Math.max(0, this.#calls.length - 1) : this.#calls.length);
    const known = this.#calls[index];
    // Some servers number all calls 0, and tell them apart by their ids only.
    if (known?.id !== undefined && id !== undefined && known.id !== id) index = this.#calls.length;
    const call = (this.#calls[index] ??= { id: undefined, name: '', args: [] });
    call.id ??= id;
    call.name ||= name ?? '';
    if (args) call.args.push(args);
    return { index, ...(id && { id }), ...(name && { name }), ...(args && { args }) };
  }
}

function readCall({ id, name, args }: CallParts, index: number): ToolCall | InvalidToolCall {
  const text = args.join('');
  const callId = id ?? `call_${index}`;
  try {
    const read: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) {
      return { type: 'tool_call', id: callId, name, args: read as Record<string, unknown> };
    }
    return { id: callId, name, args: text, error: 'The arguments are not an object' };
  } catch (error) {
    return { id: callId, name, args: text, error: (error as Error).message };
  }
}
