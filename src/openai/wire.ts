/** The parts of OpenAI's chat completions protocol that are used here. Servers may leave out any. */

export interface WireMessage extends Partial<Record<(typeof REASONING_FIELDS)[number], unknown>> {
  readonly role: string;
  readonly content: unknown;
  readonly name?: string;
  readonly tool_calls?: readonly WireToolCall[];
  readonly tool_call_id?: string;
}

/** Where servers tell what a model thought: each has its own. */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_details'] as const;

export interface WireToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
  /** What the server wants back as it is, such as a signature of thoughts. */
  readonly extra_content?: unknown;
}

/** A call, or a piece of one, as it comes. */
export interface WireCallPart {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
  readonly extra_content?: unknown;
}

/** A tool as the model is told of it. */
export interface WireTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** A JSON Schema. */
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
}

export type WireToolChoice =
  'auto' | 'none' | 'required' | { type: 'function'; function: { name: string } };

export type WireResponseFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        readonly schema: Readonly<Record<string, unknown>>;
        readonly strict?: boolean;
      };
    };

export interface WireRequest {
  readonly model: string;
  readonly messages: readonly WireMessage[];
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly response_format?: WireResponseFormat;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage: boolean };
  readonly [key: string]: unknown;
}

/** What an answer, or a piece of it, says. */
export interface WireDelta {
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_details?: unknown;
  readonly tool_calls?: readonly WireCallPart[] | null;
}

/** Numbers, if all is well; some servers send texts or `null`. */
export interface WireUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly total_tokens?: unknown;
}

/** A whole answer (`message`), or a piece of one (`delta`). */
export interface WireAnswer {
  readonly id?: string;
  readonly model?: string;
  readonly system_fingerprint?: string | null;
  readonly choices?:
    | readonly {
        readonly message?: WireDelta | null;
        readonly delta?: WireDelta | null;
        /** Of servers that tell answers as they tell completions of texts. */
        readonly text?: string | null;
        readonly finish_reason?: string | null;
      }[]
    | null;
  readonly usage?: WireUsage | null;
}
