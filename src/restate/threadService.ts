import { Serializer } from '../engine/checkpoint/serialize.ts';
import { Command, isCommand } from '../engine/model/command.ts';
import type { Advanced, RemoteTask, StoredThread, TaskReply } from '../engine/model/remote.ts';
import type { RunConfig } from '../engine/model/runConfig.ts';
import { TaskWindow } from '../remote/index.ts';
import type { WatchedCall } from './eventService.ts';
import { EVENT_SERVICE, THREAD_SERVICE } from './names.ts';
import { patience } from './patience.ts';
import { questionsOf, type ThreadQuestion } from './questions.ts';
import type { RestateContext, RestatePromise, RestateSdk } from './sdk.ts';
import type { Stepped, Versions } from './versions.ts';

/** What a call of a thread is told, as JSON. */
export interface CallRequest {
  readonly graph: string;
  /** Text of a `Serializer`. */
  readonly input: string;
  /** Text of a `Serializer`. */
  readonly config?: string | undefined;
  /** A name that the caller makes up: under it the events of the call can be read. Absent: none are told. */
  readonly watch?: string | undefined;
  /** Goes on with a thread of other code, too. */
  readonly anyCode?: boolean | undefined;
}

/** What a call begins with that gives its input as plain JSON. */
export interface StartRequest extends Omit<CallRequest, 'input' | 'config'> {
  readonly input?: unknown;
  /** Such as `{ "recursionLimit": 50 }`. */
  readonly config?: RunConfig;
}

/** What answers a thread, as plain JSON; one of the two. */
export interface ResumeRequest extends Pick<CallRequest, 'watch' | 'anyCode'> {
  readonly answer?: unknown;
  /** By the id of the question. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/** How a call has ended, as plain JSON. */
export interface PlainEnd {
  readonly status: 'done' | 'paused' | 'failed';
  /** What the graph returns; what is no JSON in it is `{"$": [type, …]}`. */
  readonly value?: unknown;
  readonly questions?: readonly PlainQuestion[];
  readonly error?: { readonly name: string; readonly message: string };
}

type PlainQuestion = Omit<ThreadQuestion, 'value'> & { readonly value: unknown };

/** How a thread stands. */
export interface ThreadStatus {
  readonly stored: StoredThread | null;
  /** The call under way, as Restate names it. */
  readonly invocation: string | null;
  /** The graph that it is of; `null` if there is no such thread. */
  readonly graph: string | null;
  /** The fingerprint of the code that its last call has begun on. */
  readonly code: string | null;
  /** What it waits for. */
  readonly questions: readonly ThreadQuestion[];
}

/** How long events stay for those who watch, after the end, milliseconds. */
const LINGER_MS = 60_000;

/**
 * As many tasks may be waited for at once: a race asks after each of them whenever there is something new. More are waited
 * for one after another, and an alarm tells of one that fails.
 */
const FEW = 8;

const serializer = new Serializer();

/** Threads of graphs: an object for each, whose calls take turns. */
export function threadService(sdk: RestateSdk, versions: Versions): object {
  const { TerminalError, RestatePromise } = sdk;
  const refusal = (message: string, errorCode: number) => new TerminalError(message, { errorCode });

  const invoke = async (ctx: RestateContext, request: CallRequest): Promise<Advanced> => {
    const { graph } = request;
    const stored = (await ctx.get<StoredThread>('stored')) ?? undefined;
    const input = serializer.deserialize(request.input);
    const code = await codeFor(ctx, request, { input, isKnown: stored !== undefined });
    const asked = (await ctx.get<ThreadQuestion[]>('questions')) ?? [];
    ctx.set('invocation', String(ctx.request().id));
    const number = (stored?.calls ?? 0) + 1;
    const { watch } = request;
    const watched = watch === undefined ? undefined : { thread: ctx.key, watch, number };
    try {
      const config = serializer.serialize(withThread(request.config, ctx.key));
      const begins = { input: request.input, config };
      const order = { graph, code, watched };
      const first = { ...order, name: 'begin', stored, begins, step: 0 };
      const begun = await versions.step(ctx, first);
      // What is refused has changed nothing.
      ctx.set('graph', graph);
      ctx.set('code', code);
      ctx.clear('questions');
      const known = Object.fromEntries(asked.map(({ id, value: _, ...by }) => [id, by]));
      return await loop(ctx, order, { ...begun, askedBy: { ...begun.askedBy, ...known } });
    } finally {
      ctx.clear('invocation');
      if (watched !== undefined) forgetEvents(ctx, watched);
    }
  };

  const loop = async (
    ctx: RestateContext,
    order: {
      readonly graph: string;
      readonly code: string;
      readonly watched?: WatchedCall | undefined;
    },
    { at, askedBy }: Stepped,
  ): Promise<Advanced> => {
    const { graph, watched } = order;
    const window = new TaskWindow();
    const open = new Map<string, RestatePromise<TaskReply>>();
    for (let step = 1; at.status === 'tasks'; step++) {
      const { stored, tasks } = at;
      ctx.set('stored', stored);
      window.offer(tasks);
      const inside = new Set(tasks.filter(({ node }) => node.includes(':')).map(({ id }) => id));
      const replies: TaskReply[] = [];
      const start = (due: readonly RemoteTask[], alarm?: string) => {
        for (const task of due) {
          open.set(task.id, versions.startTask(ctx, { graph, task, watched, alarm }));
        }
      };
      const take = (reply: TaskReply) => {
        replies.push(reply);
        open.delete(reply.id);
        window.ended(reply.id);
      };
      // A subgraph goes on by itself, and what has failed ends the rest.
      const goesOn = () => {
        const last = replies.at(-1);
        return last !== undefined && (last.status === 'failed' || inside.has(last.id));
      };
      const due = window.take();
      const isOneWave = due.length === tasks.length && inside.size === 0;
      const alarm = isOneWave && due.length > FEW ? ctx.awakeable<null>() : undefined;
      start(due, alarm?.id);
      for (const task of alarm === undefined ? [] : [...open.values()]) {
        const reply = await RestatePromise.race<TaskReply | null>([task, alarm!.promise]);
        if (reply === null) break;
        take(reply);
        if (goesOn()) break;
      }
      while (!window.isEmpty && !goesOn()) {
        take(await RestatePromise.race([...open.values()]));
        if (!goesOn()) start(window.take());
      }
      const next = { ...order, name: `step ${step}`, stored, replies, step };
      const stepped = await versions.step(ctx, next);
      at = stepped.at;
      // Who asks is known best where the question was asked.
      askedBy = { ...stepped.askedBy, ...askedBy };
    }
    ctx.set('stored', at.stored);
    if (at.status === 'paused') ctx.set('questions', questionsOf(at, askedBy));
    return at;
  };

  /** The version that a call runs on. */
  const codeFor = async (
    ctx: RestateContext,
    { graph, anyCode = false }: CallRequest,
    { input, isKnown }: { readonly input: unknown; readonly isKnown: boolean },
  ): Promise<string> => {
    const own = versions.codeOf(graph);
    if (!isKnown) return own;
    const of = await ctx.get<string>('graph');
    if (of !== graph) {
      const message = `Thread "${ctx.key}" is one of graph "${of}", and not of "${graph}": give this one another id`;
      throw refusal(message, 412);
    }
    const begun = await ctx.get<string>('code');
    const goesOn = input === null || isCommand(input);
    if (begun === null || begun === own || !goesOn || anyCode) return own;
    if (await versions.isAlive(ctx, begun)) return begun;
    throw refusal(
      `Thread "${ctx.key}" was begun on graph "${graph}" with the fingerprint ${begun}, of which no worker answers; ` +
        `the workers have ${own}. Start a worker with the file as it was then, or go on with the file as it is now ` +
        `(anyCode, on the command line --any-code), or begin anew with an input`,
      412,
    );
  };

  const forgetEvents = (ctx: RestateContext, { thread, watch }: WatchedCall) => {
    const at = { service: EVENT_SERVICE, method: 'clear', key: thread, delay: LINGER_MS };
    ctx.genericSend({ ...at, parameter: { watch }, inputSerde: sdk.serde.json });
  };

  const start = async (ctx: RestateContext, { input = null, config, ...request }: StartRequest) => {
    const texts = {
      input: serializer.serialize(input),
      config: serializer.serialize(config ?? {}),
    };
    return plainEnd(ctx, await invoke(ctx, { ...request, ...texts }));
  };

  const resume = async (ctx: RestateContext, { answer, answers, ...request }: ResumeRequest) => {
    const graph = await ctx.get<string>('graph');
    if (graph === null) throw refusal(`There is no thread "${ctx.key}" to answer`, 404);
    const input = serializer.serialize(new Command({ resume: answers ?? answer }));
    return plainEnd(ctx, await invoke(ctx, { ...request, graph, input }));
  };

  const plainEnd = async (ctx: RestateContext, at: Advanced): Promise<PlainEnd> => {
    if (at.status === 'failed') {
      const { name, message } = serializer.deserialize(at.error.error) as Error;
      return { status: 'failed', error: { name, message } };
    }
    if (at.status === 'tasks') throw new TypeError('A call that has ended has no tasks');
    const value: unknown = JSON.parse(at.value);
    const asked = (await ctx.get<ThreadQuestion[]>('questions')) ?? [];
    const questions = asked.map((question) => {
      return { ...question, value: JSON.parse(question.value) as unknown };
    });
    return { status: at.status, value, ...(questions.length > 0 && { questions }) };
  };

  const status = async (ctx: RestateContext): Promise<ThreadStatus> => ({
    stored: await ctx.get<StoredThread>('stored'),
    invocation: await ctx.get<string>('invocation'),
    graph: await ctx.get<string>('graph'),
    code: await ctx.get<string>('code'),
    questions: (await ctx.get<ThreadQuestion[]>('questions')) ?? [],
  });

  const cancel = async (
    ctx: RestateContext,
    given?: { readonly invocation?: string },
  ): Promise<boolean> => {
    const invocation = given?.invocation ?? (await ctx.get<string>('invocation'));
    if (invocation === null) return false;
    ctx.cancel(invocation);
    return true;
  };

  const { shared } = sdk.handlers.object;
  return sdk.object({
    name: THREAD_SERVICE,
    handlers: { invoke, start, resume, status: shared(status), cancel: shared(cancel) },
    options: patience,
  });
}

function withThread(config: string | undefined, threadId: string): RunConfig {
  const given = config === undefined ? {} : (serializer.deserialize(config) as RunConfig);
  return { ...given, configurable: { ...given.configurable, thread_id: threadId } };
}
