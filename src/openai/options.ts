import { SuperstepError, show } from '../engine/model/errors.ts';
import type { WireRequest, WireResponseFormat, WireToolChoice } from './wire.ts';
import type { ToolLike } from './tools/tool.ts';

/** How to reach the server, as the `openai` package has it. */
export interface ClientConfiguration {
  baseURL?: string | undefined;
  apiKey?: string | undefined;
  /** Answers requests in place of the network. */
  fetch?: typeof globalThis.fetch;
  /** Sent with every request. */
  defaultHeaders?: Readonly<Record<string, string>>;
  /** Added to the address of every request. */
  defaultQuery?: Readonly<Record<string, string>>;
  organization?: string | null;
  project?: string | null;
}

/** How to make a {@link ChatOpenAI}. What is left out, the server decides. */
export interface ChatOpenAIOptions {
  /**
   * The provider's name of the model. Default: `OPENAI_MODEL` of the environment, else `gpt-5-mini`; at
   * DashScope `DASHSCOPE_MODEL`, else `qwen3-max`.
   */
  model?: string;
  /** The same as `model`. */
  modelName?: string;
  /**
   * Default: `OPENAI_API_KEY` of the environment, else `DASHSCOPE_API_KEY`, else what the host
   * (editor, command line) offers.
   */
  apiKey?: string | undefined;
  /** The same as `apiKey`. */
  openAIApiKey?: string | undefined;
  /**
   * The server's address up to what comes before `/chat/completions`. Default: what the environment
   * names beside the key (`OPENAI_BASE_URL`, `DASHSCOPE_BASE_URL`), else the provider's own.
   */
  baseURL?: string | undefined;
  configuration?: ClientConfiguration;
  /** 0: always the likeliest words; higher: more variety. */
  temperature?: number;
  topP?: number;
  /** How long an answer may get, in tokens. */
  maxTokens?: number;
  /** Texts at which the model ends its answer. */
  stop?: string | readonly string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  /** How long models that think may think. */
  reasoningEffort?: string;
  /** Anything else to be sent with each request, in the protocol's own words. */
  modelKwargs?: Readonly<Record<string, unknown>>;
  /**
   * For how many milliseconds the server may be silent. Default 240,000. Node's `fetch` waits for
   * 300,000 at most; to wait longer, pass a `fetch` of your own in `configuration`.
   */
  timeout?: number;
  /**
   * How often a request is tried again after a rate limit or a failure of the server; no more than
   * twice if no server answers at all. Default 6.
   */
  maxRetries?: number;
  /**
   * Requests of this client that are under way at once. Default: all; clients of one server together
   * have at most 64, or the highest number that one of them asks for.
   */
  maxConcurrency?: number;
  /** Answers come in pieces even where nobody watches. Default: if the run is observed. */
  streaming?: boolean;
  /** Answers never come in pieces: for servers that cannot. */
  disableStreaming?: boolean;
  /** Asks for the count of tokens of answers that come in pieces. Default true. */
  streamUsage?: boolean;
}

/** What a single call may add; the config of a node or of a run fits as well. */
export interface CallOptions {
  /** Cancels the request. Default: the signal of the running task. */
  readonly signal?: AbortSignal | undefined;
  readonly tools?: readonly ToolLike[];
  readonly tool_choice?: ToolChoice | undefined;
  /** Whether the model may ask for several tools at once. Default: the server's. */
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: WireResponseFormat;
  readonly stop?: string | readonly string[];
  /** Of a config; has no effect here. */
  readonly configurable?: unknown;
  /** Of a config; has no effect here. */
  readonly metadata?: unknown;
  /** Of a config; has no effect here. */
  readonly tags?: unknown;
  /** Of a config; has no effect here. */
  readonly callbacks?: unknown;
  /** Of a config; has no effect here. */
  readonly runName?: unknown;
}

/** Whether a tool is to be called: `any` (or `required`), a tool's name, or the protocol's object. */
export type ToolChoice = WireToolChoice | 'any' | (string & {});

/** The fields of a request that the options of a client fix. */
export function toParameters(options: ChatOpenAIOptions, model: string): Partial<WireRequest> {
  const { temperature, topP, maxTokens, stop, seed, modelKwargs } = options;
  // Models that think count their thoughts too, and refuse the older name.
  const limit = /^(?:o\d|gpt-5)/.test(model) ? 'max_completion_tokens' : 'max_tokens';
  return defined({
    temperature,
    top_p: topP,
    [limit]: maxTokens,
    stop,
    seed,
    frequency_penalty: options.frequencyPenalty,
    presence_penalty: options.presencePenalty,
    reasoning_effort: options.reasoningEffort,
    ...modelKwargs,
  });
}

/** Without the keys that are `undefined`. */
export function defined<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** @throws {SuperstepError} INVALID_CONFIG for numbers that would make every request fail. */
export function checkLimits({ timeout, maxRetries }: ChatOpenAIOptions): void {
  const refuse = (key: string, what: string, value: unknown) => {
    const message = `${key} must be ${what}, got ${show(value)}`;
    throw new SuperstepError('INVALID_CONFIG', message, { key, value });
  };
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    refuse('timeout', 'a number of milliseconds above 0 (Infinity for no limit)', timeout);
  }
  if (maxRetries !== undefined && !(typeof maxRetries === 'number' && maxRetries >= 0)) {
    refuse('maxRetries', 'a number of at least 0', maxRetries);
  }
}
