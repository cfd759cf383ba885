/**
 * Who answers model requests for code that brings no key of its own. A host that runs graph files
 * (the editor, the command line) puts a {@link ModelHost} under {@link MODEL_HOST} of `globalThis`
 * before it loads them; without a host there is none, and a missing key is an error.
 */
export const MODEL_HOST = Symbol.for('superstep.modelHost');

/** What a host offers to every `ChatOpenAI` of its thread. */
export interface ModelHost {
  /** Answers in place of every provider, whatever keys the code brings. */
  readonly override: boolean;
  /**
   * Who answers. Called before the first request of each client that found no key (of every client,
   * if `override` is set); the host decides once and remembers.
   * @param request The model that is asked for, and what ends the waiting.
   * @throws what a person should be told if nobody answers.
   */
  access(request: { readonly model: string; readonly signal?: AbortSignal }): Promise<ModelAccess>;
  /** A `fetch` that is used in the place of a client's own, for which the given one may answer. */
  around?(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  /** Hears of the keys that the code itself brings, before they are used: they must not be shown. */
  onSecret?(secret: string): void;
}

/** A provider's key, or a handler that answers in its place. */
export type ModelAccess =
  | { readonly kind: 'key'; readonly apiKey: string; readonly baseURL?: string }
  | {
      readonly kind: 'handler';
      /** Speaks the provider's protocol (OpenAI's chat completions) without any network. */
      readonly fetch: typeof globalThis.fetch;
      /** Marks in events what was not said by the model that was asked for. */
      readonly source: 'offline' | 'editor' | 'recording';
      /** The address that clients are to take for that of the server. */
      readonly baseURL?: string;
    };

/** The host of this thread, if there is one. */
export function currentModelHost(): ModelHost | undefined {
  return (globalThis as { [MODEL_HOST]?: ModelHost })[MODEL_HOST];
}
