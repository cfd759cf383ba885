import { describeError } from './describeError.ts';
import { runnerError } from './errors.ts';
import type { HostModelRequest, ModelProvider } from './models.ts';
import type { FromThread, ToThread } from './workerThread.ts';

type AboutModels = Extract<FromThread, { type: 'chooseModel' | 'completeModel' | 'cancelModel' }>;

/** The host's side of what a run asks about models; ends with the run. */
export class ModelDesk {
  readonly #provider: ModelProvider | undefined;
  readonly #post: (message: ToThread) => void;
  readonly #onKey: (key: string) => void;
  readonly #onGivenUp: (model: string) => void;
  readonly #closing = new AbortController();
  /** The requests that are being answered, by id. */
  readonly #requests = new Map<number, AbortController>();

  /**
   * @param options.onKey Hears of a key before the thread does.
   * @param options.onGivenUp Hears of a model that the user did not want to choose an answerer for.
   */
  constructor(
    provider: ModelProvider | undefined,
    options: {
      readonly post: (message: ToThread) => void;
      readonly onKey: (key: string) => void;
      readonly onGivenUp: (model: string) => void;
    },
  ) {
    this.#provider = provider;
    this.#post = options.post;
    this.#onKey = options.onKey;
    this.#onGivenUp = options.onGivenUp;
  }

  onMessage(message: AboutModels): void {
    if (this.#closing.signal.aborted) return;
    switch (message.type) {
      case 'chooseModel':
        return void this.#choose(message.model);
      case 'completeModel':
        return void this.#complete(message.id, message.request);
      case 'cancelModel':
        this.#requests.get(message.id)?.abort();
        return;
      default:
        message satisfies never;
    }
  }

  /** Aborts whatever is still asked or answered. */
  close(): void {
    this.#closing.abort(new Error('The run is over'));
    for (const request of this.#requests.values()) request.abort(this.#closing.signal.reason);
  }

  async #choose(model: string): Promise<void> {
    try {
      const choice = await this.#provider!.choose({ model, signal: this.#closing.signal });
      if (!choice) return this.#closing.signal.aborted ? undefined : this.#onGivenUp(model);
      if (choice.kind === 'key') this.#onKey(choice.apiKey);
      this.#tell({ type: 'modelChosen', choice });
    } catch (error) {
      this.#tell({ type: 'noModelChosen', error: describeError(error) });
    }
  }

  async #complete(id: number, request: HostModelRequest): Promise<void> {
    const cancelled = new AbortController();
    this.#requests.set(id, cancelled);
    const { signal } = cancelled;
    try {
      for await (const part of this.#answer(request, signal)) {
        if (signal.aborted) break;
        this.#tell({ type: 'modelPart', id, part });
      }
      this.#tell({ type: 'modelDone', id });
    } catch (error) {
      this.#tell({ type: 'modelDone', id, error: describeError(error) });
    } finally {
      this.#requests.delete(id);
    }
  }

  #answer(request: HostModelRequest, signal: AbortSignal) {
    const provider = this.#provider;
    if (provider?.complete) return provider.complete(request, signal);
    const message = 'This host has no language models of its own: choose another model';
    throw Object.assign(new Error(message), runnerError('NO_MODEL', message));
  }

  #tell(message: ToThread): void {
    if (!this.#closing.signal.aborted) this.#post(message);
  }
}
