import { until } from '../../engine/model/until.ts';
import { MODEL_HOST, type ModelAccess, type ModelHost } from '../../openai/modelHost.ts';
import { describeError } from '../describeError.ts';
import { runnerError } from '../errors.ts';
import type { ModelQuestions } from '../models.ts';
import type { Recorder } from '../recording/recorder.ts';
import { toError, type Asker } from '../requests.ts';
import type { FromThread } from '../workerThread.ts';

/** As a quick provider has them, so that there is something to watch. */
const livelyOffline = { latencyMs: [200, 600], tokensPerSecond: 150 } as const;

/**
 * Who answers the models of this thread: asks the host when the first request needs it, and stays
 * with what the host says.
 */
export class ThreadModels implements ModelHost {
  readonly override: boolean;
  readonly #isOffered: boolean;
  readonly #asker: Asker<ModelQuestions>;
  readonly #post: (message: FromThread) => void;
  readonly #onKey: (key: string) => void;
  readonly #recorder: Recorder | undefined;
  readonly #toldSecrets = new Set<string>();
  #access: Promise<ModelAccess> | undefined;
  #hasRefused = false;

  /**
   * @param models What the job says of models.
   * @param options.onKey Hears of a key before anything can be told that holds it.
   */
  constructor(
    models: { readonly override: boolean } | undefined,
    options: {
      readonly asker: Asker<ModelQuestions>;
      readonly post: (message: FromThread) => void;
      readonly onKey: (key: string) => void;
      readonly recorder?: Recorder | undefined;
    },
  ) {
    // Who is asked does not matter where nobody is.
    this.override = options.recorder?.replaysAll || (models?.override ?? false);
    this.#isOffered = models !== undefined;
    this.#asker = options.asker;
    this.#post = options.post;
    this.#onKey = options.onKey;
    this.#recorder = options.recorder;
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
    if (this.#recorder?.replaysAll) return recordedAccess(this.#recorder);
    if (!this.#isOffered) {
      this.#hasRefused = true;
      throw noModel(model);
    }
    this.#access ??= this.#ask(model);
    // Whoever waits hears of it; perhaps nobody does any more.
    this.#access.catch(() => {});
    try {
      return await (signal ? until(this.#access, signal) : this.#access);
    } catch (error) {
      // Made here, its stack leads to the code that asks.
      throw signal?.aborted ? error : toError(describeError(error));
    }
  }

  around(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return this.#recorder?.around(fetch) ?? fetch;
  }

  onSecret(secret: string): void {
    if (this.#toldSecrets.has(secret)) return;
    this.#toldSecrets.add(secret);
    this.#onKey(secret);
    this.#post({ type: 'secret', value: secret });
  }

  async #ask(model: string): Promise<ModelAccess> {
    const choice = await this.#asker.ask('choose', { model });
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
        const fetch = createEditorModel((request, signal) =>
          this.#asker.stream('complete', request, signal),
        );
        return { kind: 'handler', source: 'editor', fetch };
      }
    }
  }
}

async function recordedAccess(recorder: Recorder): Promise<ModelAccess> {
  const baseURL = await recorder.baseURL();
  const { fetch } = globalThis;
  return { kind: 'handler', source: 'recording', fetch, ...(baseURL && { baseURL }) };
}

function noModel(model: string): Error {
  const message = `No key for the model "${model}": set OPENAI_API_KEY (or DASHSCOPE_API_KEY) in the environment or in an .env file beside the graph file, or pass apiKey`;
  return toError(runnerError('NO_MODEL', message));
}
