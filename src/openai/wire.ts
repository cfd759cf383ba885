/** The parts of OpenAI's chat completions protocol that are used here. Servers may leave out any. */

export interface WireMessage {
  readonly role: string;
  readonly content: unknown;
  readonly name?: string;
  readonly tool_calls?: readonly WireToolCall[];
  readonly tool_call_id?: string;
}

export interface WireToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
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
  /** Of models that think aloud. */
  readonly reasoning_content?: string | null;
  readonly tool_calls?:
    | readonly {
        readonly index?: number;
        readonly id?: string | null;
        readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
      }[]
    | null;
}

export interface WireUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
}

/** A whole answer (`message`), or a piece of one (`delta`). */
export interface WireAnswer {
  readonly id?: string;
  readonly model?: string;
  readonly system_fingerprint?: string | null;
  readonly choices?: readonly {
    readonly message?: WireDelta;
    readonly delta?: WireDelta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: WireUsage | null;
}
