import { Serializer } from '../engine/checkpoint/serialize.ts';
import { AbortError, SuperstepError } from '../engine/model/errors.ts';
import type { RunEvent } from '../engine/model/events.ts';
import type { Advanced } from '../engine/model/remote.ts';
import type { RunConfig } from '../engine/model/runConfig.ts';
import { carriedConfig } from '../engine/run/remote/carriedConfig.ts';
import { readAdvanced } from '../remote/index.ts';
import type { ReadEvents } from './eventService.ts';
import { ask, networkCode, post, BROKEN } from './http.ts';
import { EVENT_SERVICE, GRAPH_SERVICE, THREAD_SERVICE } from './names.ts';
import { RunWatch } from './runWatch.ts';
import type { ServedGraph } from './services.ts';
import type { CallRequest, ThreadStatus } from './threadService.ts';

/** Where a Restate server is. */
export interface RestateAddresses {
  /** Where it takes calls. Default `http://127.0.0.1:8080`. */
  readonly ingress?: string;
  /** Where workers are registered. Default `http://127.0.0.1:9070`. */
  readonly admin?: string;
}

/** How a thread is called. */
export interface CallOptions extends Omit<RunConfig, 'signal' | 'onEvent'> {
  /** The thread: calls of one take turns. */
  readonly threadId: string;
  /** Cancels the call: tasks under way are told to stop, and it rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Hears what the run does, as far as it comes through: what workers tell of events takes no part in what is kept.
   * Workers must know where the server takes calls ({@link ServeOptions}).
   */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Called if the thread is busy with another call, for whose end this one waits. */
  readonly onQueued?: (() => void) | undefined;
  /** Goes on with a thread that was begun on other code, even where no worker of that lives. Default false. */
  readonly anyCode?: boolean | undefined;
}

/** How long to wait before a server that is gone is looked for again, milliseconds. */
const PAUSE_MS = 200;

/** How soon a watcher looks for more events, milliseconds: at first, and when nothing has come for long. */
const LOOK_MS = { soonest: 50, latest: 500 };

/** How long a worker has to answer a question that takes no time, milliseconds. */
const ANSWER_MS = 10_000;

const serializer = new Serializer();

/**
 * Calls threads of graphs that workers run on a Restate server. A call goes on when this process is gone, and
 * when the server comes back.
 *
 * @example
 * ```ts
 * import { RestateClient } from 'superstep/restate';
 * const client = new RestateClient({ ingress: 'http://127.0.0.1:1' });
 * await client.invoke('graph', { n: 21 }, { threadId: '1' }).catch((error) => console.log(error.code)); // RESTATE_FAILED
 * ```
 */
export class RestateClient {
  readonly #ingress: string;
  readonly #admin: string;

  constructor({
    ingress = 'http://127.0.0.1:8080',
    admin = 'http://127.0.0.1:9070',
  }: RestateAddresses = {}) {
    this.#ingress = ingress.replace(/\/$/, '');
    this.#admin = admin.replace(/\/$/, '');
  }

  /**
   * Runs a graph in a thread to its end, or until it asks: as `invoke` of the graph, with `threadId` for
   * `configurable.thread_id`.
   *
   * @param graph Its name in {@link serveRestate}.
   * @param input An update, `new Command({ resume: answer })`, or `null` to go on.
   * @returns What `invoke` returns; questions that wait are under `__interrupt__`.
   * @throws What the run has failed with.
   * @throws {SuperstepError} RESTATE_FAILED if the server cannot be reached or refuses the call, NOT_REMOTE
   * @throws {AbortError} ABORTED
   */
  async invoke(
    graph: string,
    input: unknown,
    { threadId, signal, onEvent, onQueued, ...options }: CallOptions,
  ): Promise<unknown> {
    const watch = onEvent && crypto.randomUUID();
    const request = { ...requestOf(graph, input, options), ...(watch !== undefined && { watch }) };
    if (signal?.aborted) throw aborted(signal);
    const invocation = await this.#send(threadId, request);
    // Not whatever runs on the thread: this call may still wait for its turn.
    const onAbort = () => void this.cancel(threadId, invocation).catch(() => {});
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const over = new AbortController();
    const told = onEvent && this.#tell({ threadId, watch: watch! }, onEvent, over.signal);
    if (onQueued !== undefined) void this.#tellIfQueued(threadId, invocation, onQueued);
    try {
      return readAdvanced((await this.#endOf(invocation, signal)) as Advanced);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      over.abort();
      await told;
    }
  }

  /**
   * Begins a call, as {@link RestateClient.invoke}, and does not wait for its end.
   * @returns How the server calls it.
   * @throws {SuperstepError} RESTATE_FAILED, NOT_REMOTE
   */
  start(
    graph: string,
    input: unknown,
    { threadId, ...options }: Omit<CallOptions, 'signal' | 'onEvent' | 'onQueued'>,
  ): Promise<string> {
    return this.#send(threadId, requestOf(graph, input, options));
  }

  /** The thread as it is kept, and the call under way, if there is one. */
  async status(threadId: string): Promise<ThreadStatus> {
    return (await this.#soon(this.#handler(threadId, 'status'))) as ThreadStatus;
  }

  /**
   * Cancels a call: the tasks that run are told to stop.
   * @param invocation What {@link RestateClient.start} has returned. Default: the one under way, if there is one.
   */
  async cancel(threadId: string, invocation?: string): Promise<void> {
    await this.#soon(this.#handler(threadId, 'cancel'), { invocation });
  }

  /**
   * The graphs that workers have, by the worker that was registered last.
   * @throws {SuperstepError} RESTATE_FAILED if there is no server, or no worker
   */
  async graphs(): Promise<readonly ServedGraph[]> {
    return (await this.#soon(`${this.#ingress}/${GRAPH_SERVICE}/list`)) as ServedGraph[];
  }

  /**
   * Tells the server of a worker, or of a balancer before several. Calls that are under way stay with the
   * worker they began with.
   *
   * @param url That of {@link RestateWorker}.
   * @throws {SuperstepError} RESTATE_FAILED
   */
  async register(url: string): Promise<void> {
    await ask(`${this.#admin}/deployments`, post({ uri: url, force: true }));
  }

  #handler(threadId: string, name: string): string {
    return `${this.#ingress}/${THREAD_SERVICE}/${encodeURIComponent(threadId)}/${name}`;
  }

  /** What a worker answers at once. */
  async #soon(url: string, body?: object): Promise<unknown> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const init = body === undefined ? { method: 'POST' } : post(body);
    try {
      return await (await ask(url, { ...init, signal })).json();
    } catch (cause) {
      if (!signal.aborted) throw cause;
      const message =
        `No worker answers at the Restate server at ${this.#ingress}: start one, superstep serve FILE --restate, or ` +
        `register its address anew if it has another now (--register)`;
      throw new SuperstepError('RESTATE_FAILED', message, {}, { cause });
    }
  }

  /** The key lets the same call be made again where the server was gone in the middle of it. */
  async #send(threadId: string, request: CallRequest): Promise<string> {
    const url = `${this.#handler(threadId, 'invoke')}/send`;
    const call = post(request, { 'idempotency-key': crypto.randomUUID() });
    const sent = await again(url, call, { isBegun: false });
    return (sent as { readonly invocationId: string }).invocationId;
  }

  #endOf(invocation: string, signal: AbortSignal | undefined): Promise<unknown> {
    const url = `${this.#ingress}/restate/invocation/${invocation}/attach`;
    return again(url, {}, { isBegun: true, signal });
  }

  async #tellIfQueued(threadId: string, own: string, onQueued: () => void): Promise<void> {
    const { invocation } = await this.status(threadId).catch(() => ({ invocation: null }));
    if (invocation !== null && invocation !== own) onQueued();
  }

  /** Tells the events of a call until it is over, and then those that have come by then. */
  async #tell(
    { threadId, watch }: { readonly threadId: string; readonly watch: string },
    onEvent: (event: RunEvent) => void,
    over: AbortSignal,
  ): Promise<void> {
    const url = `${this.#ingress}/${EVENT_SERVICE}/${encodeURIComponent(threadId)}/read`;
    const run = new RunWatch();
    let after = 0;
    for (let pause = LOOK_MS.soonest; ;) {
      const isLast = over.aborted;
      const read = await this.#read(url, { watch, after });
      const isMore = read !== undefined && read.next > after;
      if (isMore) {
        after = read.next;
        for (const event of run.see(read.parts)) onEvent(event);
      }
      if (isLast && !isMore) return;
      pause = isMore ? LOOK_MS.soonest : Math.min(pause * 1.5, LOOK_MS.latest);
      if (!isLast) await passed(pause, over);
    }
  }

  /** `undefined` if it cannot be read now. */
  async #read(url: string, what: object): Promise<ReadEvents | undefined> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      return (await (await ask(url, { ...post(what), signal })).json()) as ReadEvents;
    } catch {
      return undefined; // The call itself tells what is wrong.
    }
  }
}

function requestOf(
  graph: string,
  input: unknown,
  { anyCode, ...config }: Omit<CallOptions, 'threadId'>,
): CallRequest {
  return {
    graph,
    input: serializer.serialize(input, 'the input'),
    config: serializer.serialize(carriedConfig(config), 'the config'),
    ...(anyCode !== undefined && { anyCode }),
  };
}

/** Asks until there is an answer, as long as the server has heard of it: it may be gone, and come back. */
async function again(
  url: string,
  init: RequestInit,
  { isBegun, signal }: { isBegun: boolean; readonly signal?: AbortSignal | undefined },
): Promise<unknown> {
  for (;;) {
    try {
      return await (await ask(url, init)).json();
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      const code = networkCode(error);
      isBegun ||= BROKEN.has(code);
      // Where nobody listens, nothing has begun.
      if (!isBegun || !(BROKEN.has(code) || code === 'ECONNREFUSED')) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Resolves after some time, or as soon as the signal is aborted. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

function aborted(signal: AbortSignal): AbortError {
  const cause: unknown = signal.reason;
  return new AbortError('ABORTED', 'The run was aborted', {}, { cause });
}
