import { Serializer } from '../engine/checkpoint/serialize.ts';
import { isSuperstepError } from '../engine/model/errors.ts';
import { toErrorInfo } from '../engine/model/errorInfo.ts';
import type { RunEvent } from '../engine/model/events.ts';
import type { Advanced, RemoteTask, StoredThread, TaskReply } from '../engine/model/remote.ts';
import type { RunConfig } from '../engine/model/runConfig.ts';
import { advance, codeOf, runTask, type AnyGraph } from '../remote/index.ts';
import type { EventSource, WatchedCall } from './eventService.ts';
import type { EventWay } from './eventPublisher.ts';
import { keep, keptSerde, partsOfReply, partsOfStep, type Kept } from './kept.ts';
import { versionService } from './names.ts';
import { patience } from './patience.ts';
import { Asking, type AskedBy } from './questions.ts';
import type { RestateContext, RestatePromise, RestateSdk } from './sdk.ts';
import type { Served } from './services.ts';

/** One step of a call, as data. */
export interface StepOrder {
  /** What it is called in the journal of the server. */
  readonly name: string;
  readonly graph: string;
  readonly code: string;
  readonly stored?: StoredThread | undefined;
  /** Begins a call; texts of a `Serializer`. Absent: the one under way goes on. */
  readonly begins?: { readonly input: string; readonly config: string };
  readonly replies?: readonly TaskReply[];
  /** The how manieth of its call, from 0. */
  readonly step: number;
  readonly watched?: WatchedCall | undefined;
}

/** What a step has come to, and who asks if it has paused. */
export interface Stepped {
  readonly at: Advanced;
  readonly askedBy: AskedBy;
}

/** One task, as data. */
export interface TaskOrder {
  readonly graph: string;
  readonly task: RemoteTask;
  readonly watched?: WatchedCall | undefined;
  /** What is woken if it fails; its caller may wait for others before. */
  readonly alarm?: string | undefined;
}

/** What was kept of a task: its reply, or why it cannot be run. */
type Ran = { readonly reply: TaskReply } | { readonly refusal: string };

/** How long a version has to say that it is there, milliseconds. */
const SIGN_OF_LIFE_MS = 5000;

const serializer = new Serializer();

/** The versions of graphs: those of this worker, and those of others, which their workers run. */
export class Versions {
  readonly #sdk: RestateSdk;
  readonly #served: Served;

  constructor(sdk: RestateSdk, served: Served) {
    this.#sdk = sdk;
    this.#served = served;
  }

  /** For each graph of this worker the service that runs it for threads that have begun on this version. */
  services(): object[] {
    const codes = new Set(Object.values(this.#served.graphs).map(codeOf));
    return [...codes].map((code) =>
      this.#sdk.service({
        name: versionService(code),
        handlers: {
          isAlive: () => Promise.resolve(true),
          step: async (ctx: RestateContext, order: StepOrder) =>
            (await this.#here(ctx, order)).value,
          run: (ctx: RestateContext, order: TaskOrder) => this.#run(ctx, order),
        },
        options: { ...patience, journalRetention: 0, explicitCancellation: true },
      }),
    );
  }

  /** @throws {TerminalError} 404 */
  codeOf(graph: string): string {
    return codeOf(this.#graph(graph));
  }

  /** Whether a worker of this version answers. */
  async isAlive(ctx: RestateContext, code: string): Promise<boolean> {
    try {
      await this.#call<boolean>(ctx, code, 'isAlive', null).orTimeout(SIGN_OF_LIFE_MS);
      return true;
    } catch (error) {
      if (error instanceof this.#sdk.TimeoutError) return false;
      throw error;
    }
  }

  /** One step of a call, by this worker if it has the code, else by one that has. */
  async step(ctx: RestateContext, order: StepOrder): Promise<Stepped> {
    const { graph, code } = order;
    if (code === this.codeOf(graph)) return (await this.#here(ctx, order)).value;
    return this.#call<Stepped>(ctx, code, 'step', order);
  }

  /** One task, wherever there is a worker of its version. */
  startTask(ctx: RestateContext, order: TaskOrder): RestatePromise<TaskReply> {
    return this.#call<TaskReply>(ctx, order.task.code, 'run', order);
  }

  #call<T>(ctx: RestateContext, code: string, method: string, parameter: unknown) {
    const { json } = this.#sdk.serde;
    const call = { service: versionService(code), method, parameter };
    return ctx.genericCall<T>({ ...call, inputSerde: json, outputSerde: json });
  }

  #graph(name: string): AnyGraph {
    const { graphs } = this.#served;
    if (Object.hasOwn(graphs, name)) return graphs[name]!;
    const known = Object.keys(graphs).join(', ');
    throw this.#refusal(`This worker has no graph "${name}", but ${known}`, 404);
  }

  #here(ctx: RestateContext, order: StepOrder): RestatePromise<Kept<Stepped>> {
    const { stored, begins, replies, step, watched } = order;
    const graph = this.#graph(order.graph);
    const advanced = async (): Promise<Kept<Stepped>> => {
      const way = this.#open(watched, { step });
      const asking = new Asking();
      let isUnderWay = false;
      const onEvent = both(asking.onEvent, way?.onEvent);
      try {
        const begin = begins && {
          input: serializer.deserialize(begins.input),
          config: serializer.deserialize(begins.config) as RunConfig,
        };
        const at = await advance(graph, { stored, ...begin, replies, onEvent });
        isUnderWay = step > 0 && at.status === 'tasks';
        return keep(
          { at, askedBy: asking.askedBy },
          (stepped) => partsOfStep(stepped.at),
          (message) => this.#refusal(message, 413),
        );
      } catch (error) {
        // What the library refuses, it refuses each time: there is no point in trying again.
        if (!isSuperstepError(error)) throw error;
        throw this.#refusal(`${error.message} (${error.code})`, 400);
      } finally {
        // Only what comes first and last must be there in time; a task waits until what it has told is there.
        const flushed = way?.flush();
        if (!isUnderWay) await flushed;
      }
    };
    return ctx.run(order.name, advanced, { serde: keptSerde });
  }

  async #run(
    ctx: RestateContext,
    { graph: name, task, watched, alarm }: TaskOrder,
  ): Promise<TaskReply> {
    const graph = this.#graph(name);
    const stop = new AbortController();
    const { attemptCompletedSignal: over } = ctx.request();
    const onOver = () => stop.abort();
    over.addEventListener('abort', onOver, { once: true });
    const run = async (): Promise<Kept<Ran>> => {
      const way = this.#open(watched);
      try {
        const reply = await runTask(graph, task, { signal: stop.signal, onEvent: way?.onEvent });
        const parts = ({ reply }: { readonly reply: TaskReply }) => partsOfReply(task.node, reply);
        return keep({ reply }, parts, (message) => new Error(message));
      } catch (error) {
        if (stop.signal.aborted) throw error;
        const refusal: Ran = { refusal: toErrorInfo(error).message };
        return { value: refusal, text: JSON.stringify(refusal) };
      } finally {
        await way?.flush();
      }
    };
    try {
      const running = ctx.run(`run ${task.node}`, run, { serde: keptSerde });
      const cancelled = ctx.cancellation().map((): Kept<Ran> => {
        stop.abort();
        throw this.#refusal('The task was cancelled', 409);
      });
      const { value: ran } = await this.#sdk.RestatePromise.race<Kept<Ran>>([running, cancelled]);
      const isFailed = !('reply' in ran) || ran.reply.status === 'failed';
      if (isFailed && alarm !== undefined) ctx.resolveAwakeable(alarm, null);
      if ('reply' in ran) return ran.reply;
      throw this.#refusal(ran.refusal, 400);
    } finally {
      over.removeEventListener('abort', onOver);
    }
  }

  #open(watched: WatchedCall | undefined, from?: Pick<EventSource, 'step'>): EventWay | undefined {
    return watched && this.#served.publisher?.open(watched, from);
  }

  #refusal(message: string, errorCode: number): Error {
    return new this.#sdk.TerminalError(message, { errorCode });
  }
}

type OnEvent = (event: RunEvent) => void;

function both(first: OnEvent, second: OnEvent | undefined): OnEvent {
  if (second === undefined) return first;
  return (event) => {
    first(event);
    second(event);
  };
}
