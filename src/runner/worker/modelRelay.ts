import type { HostLink } from '../../engine/model/graphHandle.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { AskingMessage } from '../../protocol/requests.ts';
import { Answerer } from '../requests.ts';
import type { ThreadModels } from './threadModels.ts';
import type {
  TaskModelOptions,
  TaskQuestions,
  ToldAccess,
  ToldAnswer,
  ToldRequest,
} from './taskModels.ts';

/** Answers what the worker threads of a run ask of models. */
export class ModelRelay {
  readonly options: TaskModelOptions;
  readonly #models: ThreadModels;
  readonly #recorder: Recorder | undefined;

  constructor(models: ThreadModels, recorder: Recorder | undefined) {
    this.options = { override: models.override, records: recorder !== undefined };
    this.#models = models;
    this.#recorder = recorder;
  }

  /** Answers one task. */
  readonly serve = (post: (message: unknown) => void): HostLink => {
    const answerer = new Answerer<TaskQuestions>(
      {
        access: ({ model }, signal) => this.#access(model, signal),
        fetch: (request, signal) => this.#fetch(request, signal),
        secret: ({ value }) => this.#secret(value),
      },
      post,
    );
    return {
      onMessage: (message) => answerer.onMessage(message as AskingMessage<never>),
      close: () => answerer.close(new Error('The task is over')),
    };
  };

  async *#access(model: string, signal: AbortSignal): AsyncGenerator<ToldAccess> {
    const access = await this.#models.access({ model, signal });
    if (access.kind === 'key') return yield access;
    const { fetch: _, ...told } = access;
    yield told;
  }

  async *#secret(value: string) {
    this.#models.onSecret(value);
    yield null;
  }

  async *#fetch(request: ToldRequest, signal: AbortSignal): AsyncGenerator<ToldAnswer> {
    const { url, method, headers, task } = request;
    const fetch = await this.#fetchFor(request, signal);
    const init = { method, headers: headers as [string, string][], signal };
    const body = request.body as string | undefined;
    const ask = () => fetch(url, { ...init, ...(body !== undefined && { body }) });
    const response = await (this.#recorder?.onBehalfOf(task, ask) ?? ask());
    const { status, statusText } = response;
    yield { status, statusText, headers: [...response.headers] };
    for await (const bytes of response.body ?? []) yield { bytes };
  }

  async #fetchFor({ to, url }: ToldRequest, signal: AbortSignal): Promise<typeof globalThis.fetch> {
    if (to === 'server') {
      // Few runs get here, and each thread would read it.
      const { proxyFetch } = await import('../../openai/proxyFetch.ts');
      return this.#models.around(proxyFetch(url) ?? globalThis.fetch);
    }
    const access = await this.#models.access({ model: '', signal });
    if (access.kind === 'handler') return this.#models.around(access.fetch);
    throw new Error(`${url} answers for itself`);
  }
}
