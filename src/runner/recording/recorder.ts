import { basename, join } from 'node:path';
import type { TaskInfo } from '../../engine/model/events.ts';
import type { RecordingOptions } from '../../protocol/recording.ts';
import type { Redactor } from '../redact.ts';
import { listenTo, replay } from './answers.ts';
import { asksModel, toAsked } from './modelRequest.ts';
import { tellNearest } from './nearest.ts';
import { RecordingError, VERSION, type AskedModel, type RecordedCall } from './recordedCall.ts';
import { RecordingFolder, toName } from './recordingFolder.ts';
import { cleanAnswer, cleanerOf } from './withoutSecrets.ts';

type Fetch = typeof globalThis.fetch;

/** Who asks, and which of its calls it is. */
interface Asker {
  readonly branch: string;
  readonly node: string;
  readonly call: number;
}

/** What the thread of a run tells the recorder. */
interface Context {
  /** The file that runs, and what it exports the graph as. */
  graph(): { readonly file: string; readonly exportName: string };
  /** The task on whose behalf code runs. */
  currentTask(): TaskInfo | undefined;
  readonly redactor: Redactor;
  /** Asked before each request: an answer that takes the place of any other. */
  readonly refuse?: () => Response | undefined;
}

/** Records calls of models, or answers them from what was recorded, wherever in a thread they are made. */
export class Recorder {
  readonly #options: RecordingOptions;
  readonly #context: Context;
  readonly #clean: (value: unknown) => Promise<unknown>;
  #recorded: RecordingFolder | undefined;
  /** How many calls each branch has made. */
  readonly #counts = new Map<string, number>();
  /** Requests are read and looked up in the order in which they are made. */
  #turns: Promise<unknown> = Promise.resolve();
  readonly #own = new WeakSet<Fetch>();
  /** Whom the request that is being made belongs to, where that is not the code that makes it. */
  #speaker: { readonly task: TaskInfo | undefined } | undefined;

  constructor(options: RecordingOptions, context: Context) {
    this.#options = options;
    this.#context = context;
    this.#clean = cleanerOf(context.redactor);
  }

  /** Whether nothing but what was recorded answers. */
  get replaysAll(): boolean {
    return this.#options.mode === 'replay';
  }

  /** Where the first call that was recorded went; `undefined` if there is none. */
  async baseURL(): Promise<string | undefined> {
    const [call] = await this.#folder()
      .calls()
      .catch(() => []);
    return call?.request.url.replace(/\/chat\/completions$/, '');
  }

  /** What follows belongs to another recording, which the context tells. */
  startOver(): void {
    this.#recorded = undefined;
    this.#counts.clear();
  }

  /** Puts itself before the thread's own `fetch`, which the clients of all providers use. */
  install(): void {
    globalThis.fetch = this.around(globalThis.fetch);
  }

  /** A `fetch` whose requests to models are recorded or answered; others go through as they are. */
  around(fetch: Fetch): Fetch {
    if (this.#own.has(fetch)) return fetch;
    const around: Fetch = (input, init) => {
      if (!asksModel(input)) return fetch(input, init);
      const text = input instanceof Request ? undefined : init?.body;
      const isText = typeof text === 'string';
      // A body that can be read only once is read from a copy.
      const request = isText
        ? undefined
        : new Request(input, { ...init, duplex: 'half' } as object);
      const address = input instanceof Request ? input.url : String(input);
      const body = isText ? Promise.resolve(text) : request!.clone().text();
      return this.#ask({
        asked: body.then((read) => toAsked(address, read)),
        signal: request?.signal ?? init?.signal ?? NEVER,
        send: () => (request ? fetch(request) : fetch(input, init)),
      });
    };
    this.#own.add(around);
    return around;
  }

  async #ask(request: {
    readonly asked: Promise<AskedModel>;
    readonly signal: AbortSignal;
    readonly send: () => Promise<Response>;
  }): Promise<Response> {
    const { signal } = request;
    signal.throwIfAborted();
    const refused = this.#context.refuse?.();
    if (refused) return refused;
    const asker = this.#nextCall();
    try {
      const { asked, found } = await this.#inTurn(() => this.#lookUp(request.asked, asker));
      signal.throwIfAborted();
      const isPaced = this.#options.pace === 'recorded';
      if (found) return replay(found.answer, { isPaced, signal });
      if (this.replaysAll) throw await this.#notRecorded(asked, asker);
      const startedAt = performance.now();
      const onAnswer = (answer: RecordedCall['answer']) => this.#keep(asker, asked, answer);
      return await listenTo(await request.send(), { startedAt, onAnswer });
    } catch (error) {
      if (error instanceof RecordingError) return refusal(error);
      throw error;
    }
  }

  #folder(): RecordingFolder {
    if (this.#recorded) return this.#recorded;
    const { file, exportName } = this.#context.graph();
    const stem = basename(file).replace(/(?:\.graph)?\.\w+$/, '');
    const path = join(this.#options.folder, toName(stem), toName(exportName));
    return (this.#recorded = new RecordingFolder(path));
  }

  /** Makes a request for a task of another thread. */
  onBehalfOf<T>(task: TaskInfo | undefined, request: () => T): T {
    this.#speaker = { task };
    try {
      return request();
    } finally {
      this.#speaker = undefined;
    }
  }

  #nextCall(): Asker {
    const task = this.#speaker ? this.#speaker.task : this.#context.currentTask();
    const { path = [], nodeId = '' } = task ?? {};
    const branch = path.join('/');
    const call = (this.#counts.get(branch) ?? 0) + 1;
    this.#counts.set(branch, call);
    return { branch, node: nodeId, call };
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(action);
    this.#turns = turn.catch(() => {});
    return turn;
  }

  /** What has no secrets stands in a recording as it was asked, and is found without being looked through. */
  async #lookUp(asking: Promise<AskedModel>, { branch }: Asker) {
    const take = async (asked: AskedModel) =>
      this.#options.mode === 'record' ? undefined : this.#folder().take(branch, asked);
    const plain = await asking;
    const found = await take(plain);
    if (found) return { asked: plain, found };
    const asked = (await this.#clean(plain)) as AskedModel;
    return { asked, found: await take(asked) };
  }

  async #notRecorded(asked: AskedModel, { branch, call }: Asker): Promise<RecordingError> {
    const calls = await this.#folder().calls();
    const who = branch === '' ? 'the graph' : `"${branch}"`;
    const message =
      `Call ${call} of ${who} to a model is not recorded. ${tellNearest(asked, { branch, calls })}\n` +
      (this.#options.advice ??
        'Record what is missing (--replay DIR --record missing), or everything anew (--record DIR)');
    return new RecordingError('MODEL_NOT_RECORDED', message);
  }

  async #keep(asker: Asker, request: AskedModel, answer: RecordedCall['answer']): Promise<void> {
    const { mode, keepsOlder } = this.#options;
    const folder = this.#folder();
    const isAnew = mode === 'record' && !keepsOlder;
    if (isAnew) await folder.clear();
    const call = asker.call + (isAnew ? 0 : await folder.lastOf(asker.branch));
    const cleaned = await cleanAnswer(answer, this.#clean);
    await folder.write({ version: VERSION, ...asker, call, request, answer: cleaned });
  }
}

const NEVER = new AbortController().signal;

/** A refusal that every client tells as it stands, and none tries again. */
function refusal({ code, message }: RecordingError): Response {
  return Response.json({ error: { code, type: 'recording_error', message } }, { status: 400 });
}
