import type { TaskInfo } from '../../engine/model/events.ts';
import type { ModelAccess, ModelHost } from '../../openai/modelHost.ts';
import { asksModel } from '../recording/modelRequest.ts';
import type { Asker } from '../requests.ts';

/** Whom a client is to ask, as data. */
export type ToldAccess =
  Extract<ModelAccess, { kind: 'key' }> | Omit<Extract<ModelAccess, { kind: 'handler' }>, 'fetch'>;

/** A request that the thread of the run makes for a worker thread. */
export interface ToldRequest {
  /** Who answers: what stands in for all servers, or the server itself. */
  readonly to: 'handler' | 'server';
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array | undefined;
  /** Who asks. */
  readonly task: TaskInfo | undefined;
}

/** The beginning of an answer, or more of its body. */
export type ToldAnswer =
  | {
      readonly status: number;
      readonly statusText: string;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly bytes: Uint8Array };

/** What a worker thread asks of the thread of its run. */
export type TaskQuestions = {
  readonly access: { readonly request: { readonly model: string }; readonly part: ToldAccess };
  readonly fetch: { readonly request: ToldRequest; readonly part: ToldAnswer };
  readonly secret: { readonly request: { readonly value: string }; readonly part: null };
};

/** What a worker thread has to know from the start. */
export interface TaskModelOptions {
  readonly override: boolean;
  /** Calls of models are recorded, or answered by what was. */
  readonly records: boolean;
}

type Fetch = typeof globalThis.fetch;

/** Who answers the models of a worker thread: those who answer in the thread of the run, through that. */
export class TaskModels implements ModelHost {
  readonly override: boolean;
  readonly #records: boolean;
  readonly #asker: () => Asker<TaskQuestions>;
  readonly #currentTask: () => TaskInfo | undefined;
  readonly #own = new WeakSet<Fetch>();

  /** @param options.asker Of the task that is under way. */
  constructor(
    { override, records }: TaskModelOptions,
    options: {
      readonly asker: () => Asker<TaskQuestions>;
      readonly currentTask: () => TaskInfo | undefined;
    },
  ) {
    this.override = override;
    this.#records = records;
    this.#asker = options.asker;
    this.#currentTask = options.currentTask;
  }

  /** Puts itself before the thread's own `fetch`, where that is recorded. */
  install(): void {
    if (this.#records) globalThis.fetch = this.around(globalThis.fetch);
  }

  async access({
    model,
    signal,
  }: {
    readonly model: string;
    readonly signal?: AbortSignal;
  }): Promise<ModelAccess> {
    for await (const told of this.#asker().stream('access', { model }, signal)) {
      return told.kind === 'key' ? told : { ...told, fetch: this.#fetchFrom('handler') };
    }
    throw new Error(`No answer to who answers for the model "${model}"`);
  }

  around(fetch: Fetch): Fetch {
    if (!this.#records || this.#own.has(fetch)) return fetch;
    const recorded = this.#fetchFrom('server');
    const around: Fetch = (input, init) =>
      asksModel(input) ? recorded(input, init) : fetch(input, init);
    this.#own.add(around);
    return around;
  }

  onSecret(value: string): void {
    // Nobody is told where no task is under way: nothing is shown then, either.
    void this.#asker()
      .ask('secret', { value })
      .catch(() => {});
  }

  #fetchFrom(to: ToldRequest['to']): Fetch {
    const fetch: Fetch = async (input, init) => {
      const task = this.#currentTask();
      const request = new Request(input, { ...init, duplex: 'half' });
      const { url, method, headers, signal } = request;
      const text = input instanceof Request ? undefined : init?.body;
      // Text need not be waited for: the order of calls counts where they are recorded.
      const body = typeof text === 'string' ? text : new Uint8Array(await request.arrayBuffer());
      const told: ToldRequest = { to, url, method, headers: [...headers], body, task };
      const answer = this.#asker().stream('fetch', told, signal);
      const { value: head } = await answer.next();
      if (head === undefined || 'bytes' in head) throw new Error(`No answer from ${url}`);
      const { status, statusText } = head;
      const isEmpty = [204, 205, 304].includes(status);
      const headersOf = new Headers(head.headers as [string, string][]);
      return new Response(isEmpty ? null : bodyOf(answer), {
        status,
        statusText,
        headers: headersOf,
      });
    };
    this.#own.add(fetch);
    return fetch;
  }
}

function bodyOf(parts: AsyncGenerator<ToldAnswer, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await parts.next();
        if (done) controller.close();
        else if ('bytes' in value) controller.enqueue(value.bytes);
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}
