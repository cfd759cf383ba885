import { AsyncQueue } from '../../engine/model/asyncQueue.ts';
import type { ErrorInfo } from '../../engine/model/events.ts';
import { until } from '../../engine/model/until.ts';
import { MODEL_HOST, type ModelAccess, type ModelHost } from '../../openai/modelHost.ts';
import { runnerError } from '../errors.ts';
import type { HostModelPart, HostModelRequest, ModelChoice } from '../models.ts';
import type { FromThread, ToThread } from '../workerThread.ts';

type AboutModels = Extract<
  ToThread,
  { type: 'modelChosen' | 'noModelChosen' | 'modelPart' | 'modelDone' }
>;

/** As a quick provider has them, so that there is something to watch. */
const livelyOffline = { latencyMs: [200, 600], tokensPerSecond: 150 } as const;

/**
 * Who answers the models of this thread: asks the host when the first request needs it, and stays
 * with what the host says.
 */
export class ThreadModels implements ModelHost {
  readonly override: boolean;
  readonly #isOffered: boolean;
  readonly #post: (message: FromThread) => void;
  readonly #onKey: (key: string) => void;
  readonly #toldSecrets = new Set<string>();
  readonly #chosen = Promise.withResolvers<ModelChoice>();
  #access: Promise<ModelAccess> | undefined;
  #hasRefused = false;
  /** Why nobody answers. */
  #refusal: ErrorInfo | undefined;
  #lastId = 0;
  /** Answers on their way, by the id of the request. */
  readonly #answers = new Map<number, AsyncQueue<HostModelPart>>();

  /**
   * @param models What the job says of models.
   * @param options.onKey Hears of a key before anything can be told that holds it.
   */
  constructor(
    models: { readonly override: boolean } | undefined,
    options: {
      readonly post: (message: FromThread) => void;
      readonly onKey: (key: string) => void;
    },
  ) {
    this.override = models?.override ?? false;
    this.#isOffered = models !== undefined;
    this.#post = options.post;
    this.#onKey = options.onKey;
    // Whoever asked hears of it; perhaps nobody did.
    this.#chosen.promise.catch(() => {});
  }

  /** A model was asked for, and there was nobody to ask for it. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  /** Puts itself where every client of this thread looks for it. */
  install(): void {
    (globalThis as { [MODEL_HOST]?: ModelHost })[MODEL_HOST] = this;
  }

  async access({
    model,
    signal,
  }: {
    readonly model: string;
    readonly signal?: AbortSignal;
  }): Promise<ModelAccess> {
    signal?.throwIfAborted();
    if (!this.#isOffered) {
      this.#hasRefused = true;
      throw noModel(model);
    }
    this.#access ??= this.#ask(model);
    try {
      return await (signal ? until(this.#access, signal) : this.#access);
    } catch (error) {
      // Made here, its stack leads to the code that asks.
      throw this.#refusal && !signal?.aborted ? toError(this.#refusal) : error;
    }
  }

  onSecret(secret: string): void {
    if (this.#toldSecrets.has(secret)) return;
    this.#toldSecrets.add(secret);
    this.#onKey(secret);
    this.#post({ type: 'secret', value: secret });
  }

  onMessage(message: AboutModels): void {
    switch (message.type) {
      case 'modelChosen':
        return this.#chosen.resolve(message.choice);
      case 'noModelChosen':
        this.#refusal = message.error;
        return this.#chosen.reject(toError(message.error));
      case 'modelPart':
        return this.#answers.get(message.id)?.push(message.part);
      case 'modelDone':
        if (message.error) return this.#answers.get(message.id)?.fail(toError(message.error));
        return this.#answers.get(message.id)?.end();
      default:
        message satisfies never;
    }
  }

  async #ask(model: string): Promise<ModelAccess> {
    this.#post({ type: 'chooseModel', model });
    const choice = await this.#chosen.promise;
    // What handlers are made of is loaded only where they are needed.
    switch (choice.kind) {
      case 'key':
        this.#onKey(choice.apiKey);
        return choice;
      case 'offline': {
        const { createOfflineModel } = await import('../../offline/offlineModel.ts');
        const options = { ...livelyOffline, ...choice.options };
        return { kind: 'handler', source: 'offline', fetch: createOfflineModel(options) };
      }
      case 'editor': {
        const { createEditorModel } = await import('./editorModel.ts');
        const complete = this.#complete.bind(this);
        return { kind: 'handler', source: 'editor', fetch: createEditorModel(complete) };
      }
    }
  }

  async *#complete(request: HostModelRequest, signal: AbortSignal): AsyncGenerator<HostModelPart> {
    const id = ++this.#lastId;
    const answer = new AsyncQueue<HostModelPart>();
    const cancel = () => answer.fail(signal.reason);
    this.#answers.set(id, answer);
    let isWhole = false;
    try {
      signal.addEventListener('abort', cancel, { once: true });
      signal.throwIfAborted();
      this.#post({ type: 'completeModel', id, request });
      yield* answer;
      isWhole = true;
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#answers.delete(id);
      if (!isWhole) this.#post({ type: 'cancelModel', id });
    }
  }
}

function noModel(model: string): Error {
  const message = `No key for the model "${model}": set OPENAI_API_KEY (or DASHSCOPE_API_KEY) in the environment or in an .env file beside the graph file, or pass apiKey`;
  return toError(runnerError('NO_MODEL', message));
}

/** An error of the host as one of this thread. */
function toError({ name, message, code, cause }: ErrorInfo): Error {
  const error = new Error(message, cause && { cause: toError(cause) });
  return Object.assign(error, { name, ...(code !== undefined && { code }) });
}
