import type { OfflineModelOptions } from '../offline/offlineModel.ts';

/** Who answers the model requests of a run whose code brings no key of its own. */
export type ModelChoice =
  /** A provider, with this key; `baseURL` defaults to what the environment or OpenAI's own client says. */
  | { readonly kind: 'key'; readonly apiKey: string; readonly baseURL?: string }
  /**
   * The built-in model, which makes answers up. By default it takes its time as a quick provider does,
   * so that there is something to watch.
   */
  | { readonly kind: 'offline'; readonly options?: Omit<OfflineModelOptions, 'now'> }
  /** The host's own language models, through {@link ModelProvider.complete}. */
  | { readonly kind: 'editor' };

/** What a host that starts runs knows about models. */
export interface ModelProvider {
  /** Answers in place of every provider, whatever keys the code brings. Default false. */
  readonly override?: boolean;
  /**
   * Asked at most once a run, when the first request is about to be made without a key. May ask the
   * user. What it throws fails the request, and is what the user reads.
   * @param request The model that the code asks for; the signal is aborted when the run ends.
   * @returns `undefined` if the user gave up: the run is cancelled, and none of its code goes on.
   */
  choose(request: {
    readonly model: string;
    readonly signal: AbortSignal;
  }): Promise<ModelChoice | undefined>;
  /**
   * Answers one request with a language model of the host; needed only if `choose` says `editor`.
   * The signal is aborted when nobody waits for the answer any more.
   */
  complete?(request: HostModelRequest, signal: AbortSignal): AsyncIterable<HostModelPart>;
}

/** What a run asks its host about models. */
export type ModelQuestions = {
  /** Who answers? Asked once, when the first request without a key is about to be made. */
  readonly choose: { readonly request: { readonly model: string }; readonly part: ModelChoice };
  /** A request to a language model of the host. */
  readonly complete: { readonly request: HostModelRequest; readonly part: HostModelPart };
};

/** One message of a conversation with a model, as plain data. */
export type HostModelMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls?: readonly HostToolCall[];
    }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string };

/** A tool that the model wants called. */
export interface HostToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A request to a language model of the host. */
export interface HostModelRequest {
  /** The name that the code gives; the host may have no such model, and picks one. */
  readonly model: string;
  readonly messages: readonly HostModelMessage[];
  /** `parameters` is a JSON Schema. */
  readonly tools?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  }[];
  /** A tool must be called (`required`, or the one of this name). */
  readonly toolChoice?: 'required' | { readonly name: string };
}

/** A piece of the answer, in order. */
export type HostModelPart =
  { readonly type: 'text'; readonly text: string } | ({ readonly type: 'toolCall' } & HostToolCall);
