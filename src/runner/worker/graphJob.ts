import type { GraphHost, HostWorkers } from '../../engine/model/graphHandle.ts';
import { INTERRUPT_KEY } from '../../engine/model/signals.ts';
import type { ErrorInfo, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import type { Bundle } from '../../loader/bundle/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem, type UserCode } from '../../loader/locate.ts';
import type { Problem } from '../../loader/problem.ts';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { LeftBehind } from '../../protocol/workerMessages.ts';
import { describeError } from '../describeError.ts';
import { runnerError, type RunnerErrorCode } from '../errors.ts';
import type { Redactor } from '../redact.ts';
import { REFUSALS } from '../refusals.ts';
import { toPlain } from '../wire.ts';
import type { FromThread, ShippedUrls, ToThread } from '../workerThread.ts';
import { describeGraph, describeInput } from './describeGraph.ts';
import { loadWithin } from './loadWithin.ts';
import type { Wanted } from '../../loader/listGraphs.ts';
import { hosted, loadGraphs, pickGraph, type RunnableGraph } from './graphFile.ts';
import { openThread, type KeptThread } from './keptThread.ts';
import { withNamespaces } from './openQuestions.ts';
import { pausesAt } from './pausesAt.ts';
import { readHistory, readThread } from './readThread.ts';
import { ThreadStart, snapshotOf } from './threadStart.ts';
import { openExistingStore } from './threadStore.ts';
import { WaitingTracker } from './waitingTracker.ts';

type Order<T extends ToThread['type']> = Extract<ToThread, { type: T }>;
type Settled = Omit<Extract<FromThread, { type: 'settled' }>, 'type' | 'threadId' | 'keptBy'>;

/** What the worker threads of a run load. */
export interface TaskCode {
  readonly bundle: Bundle;
  /** Of the graph that runs: it may be made by an exported function. */
  readonly exportName: string;
}

/** What a thread, or a process, brings to its runs by itself. */
export type OwnHost = Pick<GraphHost, 'clock' | 'nodes'>;

/** How a job tells what happens. */
export interface Channel {
  post(message: FromThread): void;
  /** Told in the order of the calls. */
  send(event: RunEvent): void;
  /** Lets no more events through. */
  close(): void;
}

/**
 * The one job of this thread, or a look at a file and then its run. Knows what is needed when it ends in
 * an irregular way.
 */
export class GraphJob {
  readonly #channel: Channel;
  readonly #redactor: Redactor;
  readonly #shipped: ShippedUrls;
  readonly #host: OwnHost;
  readonly #workers: (source: TaskCode) => HostWorkers | undefined;
  readonly #controller = new AbortController();
  readonly #waits = new WaitingTracker();
  /** What the file's code has made: it is run once in a thread. */
  #graphs: Promise<readonly RunnableGraph[]> | undefined;
  #graph: RunnableGraph | undefined;
  /** The thread's time at the run's time 0. */
  #startedAt: number | undefined;
  /** A superstep has started, or the thread was gone on with. */
  #isUnderWay = false;
  /** The root graph's own state object: copied only if it is needed. */
  #state: unknown = {};
  #failed: Extract<RunEvent, { type: 'runFailed' }> | undefined;
  #isOver = false;

  /**
   * @param options.host What it brings to its runs. Default: nothing.
   * @param options.workers The worker threads for nodes that are to run on one, which load this code.
   */
  constructor(
    channel: Channel,
    redactor: Redactor,
    shipped: ShippedUrls,
    {
      host = {},
      workers = () => undefined,
    }: {
      readonly host?: OwnHost;
      readonly workers?: (code: TaskCode) => HostWorkers | undefined;
    } = {},
  ) {
    this.#workers = workers;
    this.#shipped = shipped;
    this.#host = host;
    this.#channel = channel;
    this.#redactor = redactor;
  }

  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined {
    return this.#graph?.handle.currentTask();
  }

  /** What the file exports the graph as that runs; `undefined` before it is loaded. */
  get exportName(): string | undefined {
    return this.#graph?.exportName;
  }

  /** Milliseconds since the run's start; 0 before. */
  now(): number {
    return this.#startedAt === undefined ? 0 : this.#time() - this.#startedAt;
  }

  /**
   * Describes the file's graphs; the thread can run one of them then.
   * @param leftBehind Asked when all is loaded.
   */
  async describe(
    { bundle, xray, limitMs }: Order<'describe'>,
    leftBehind: () => LeftBehind,
  ): Promise<void> {
    await this.#reportLoading(bundle, async () => {
      const unmade: Problem[] = [];
      const wanted: Wanted = { tell: (problems) => unmade.push(...problems) };
      const loaded = await loadWithin(limitMs, () => this.#loadGraphs(bundle, wanted), bundle);
      this.#tell([...loaded.flatMap(({ hint }) => hint ?? []), ...unmade]);
      const graphs = loaded.map((graph) => {
        return describeGraph(graph, { xray, redactor: this.#redactor });
      });
      this.#channel.post({ type: 'described', graphs, leaves: leftBehind() });
    });
  }

  async run(job: Order<'run'>): Promise<void> {
    const { bundle, threadId, store, breakpoints } = job;
    const isToPause = breakpoints.length > 0;
    const thread = await this.#reportLoading(bundle, async () => {
      const graph = (this.#graph = await this.#load(job));
      const workers = this.#workers({ bundle, exportName: graph.exportName });
      const ours = { shipped: this.#shipped, redactor: this.#redactor };
      const pauses = isToPause ? pausesAt(breakpoints, this.#tellFault(bundle)) : undefined;
      return openThread(hosted(graph, { ...this.#host, workers, pauses }), {
        bundle,
        threadId,
        store,
        isToPause,
        ...ours,
      });
    });
    if (!thread) return;
    if (isToPause && thread.threadId === undefined) this.#tell([unreached(bundle)]);
    const ending = await this.#settle(job, thread);
    // What had waited may go on once more after a failure or a stop.
    const isOver = ending.status === 'done' || (ending.status !== 'waiting' && !job.resume);
    // How the run ended counts, not that the store is full by now.
    await thread.close({ isOver }).catch(() => {});
    if (ending.status === 'waiting') this.#tell(thread.obstacles);
    const { threadId: id, keptBy } = thread;
    this.#end({ type: 'settled', ...ending, threadId: id, keptBy });
  }

  /** Tells which threads of a file's graphs a store has, without those that it deletes first. */
  async listThreads({ file, exportName, without, store }: Order<'listThreads'>): Promise<void> {
    await this.#reportLoading({ file, inputs: [file] }, async () => {
      const open = await openExistingStore(store.path, { shipped: this.#shipped });
      for (const { graph, threadId } of without) {
        await open?.checkpointerFor({ file, exportName: graph }).deleteThread(threadId);
      }
      const threads = open?.threads(file, exportName) ?? [];
      open?.close();
      this.#end({ type: 'threadsListed', threads: this.#plain(threads) });
    });
  }

  /** Tells where a thread stands. */
  async readThread(job: Order<'readThread'>): Promise<void> {
    await this.#reportLoading(job.bundle, async () => {
      const graph = await this.#load(job);
      const thread = await readThread(graph, { ...job, shipped: this.#shipped });
      this.#end({ type: 'threadRead', thread: this.#plain(thread) });
    });
  }

  /** Tells the checkpoints of a thread. */
  async readHistory(job: Order<'readHistory'>): Promise<void> {
    await this.#reportLoading(job.bundle, async () => {
      const graph = await this.#load(job);
      const checkpoints = await readHistory(graph, { ...job, shipped: this.#shipped });
      this.#end({ type: 'historyRead', checkpoints: this.#plain(checkpoints) });
    });
  }

  #loadGraphs(bundle: Bundle, wanted?: Wanted): Promise<readonly RunnableGraph[]> {
    return (this.#graphs ??= loadGraphs(bundle, wanted));
  }

  async #load({
    bundle,
    exportName,
    limitMs,
  }: Pick<Order<'run'>, 'bundle' | 'exportName' | 'limitMs'>): Promise<RunnableGraph> {
    const wanted = { only: { exportName } };
    const graphs = await loadWithin(limitMs, () => this.#loadGraphs(bundle, wanted), bundle);
    const { graph, hints } = pickGraph(graphs, { file: bundle.file, exportName });
    this.#tell(hints);
    return graph;
  }

  /** Runs the graph, however that ends. */
  async #settle(job: Order<'run'>, thread: KeptThread): Promise<Settled> {
    const { graph, hasInput, input: offered } = thread.graph;
    try {
      if (job.tells) {
        const fields = job.tells === 'update' ? this.#graph!.handle.updateFields?.() : undefined;
        const described = describeInput(this.#graph!, this.#redactor, fields);
        this.#channel.post({ type: 'loaded', input: described });
      }
      const start = new ThreadStart(thread, this.#shipped);
      const waiting = await start.stillWaiting(job);
      if (waiting) return { status: 'waiting', ...this.#plain(waiting) };
      this.#tell(await start.givenUp(job));
      const { input, config } = job.resume
        ? await start.goOn(job.resume)
        : { input: job.input ? job.input.value : hasInput ? offered : {}, config: thread.config };
      const output = await graph.invoke(input, {
        signal: this.#controller.signal,
        onEvent: (event) => this.#onEvent(event),
        ...config,
      });
      if (!this.#waits.waiting) return { status: 'done', state: this.#plain(output) };
      const snapshot = await snapshotOf(thread);
      return {
        status: 'waiting',
        state: this.#plain(withoutInterrupts(output)),
        waiting: this.#plain(withNamespaces(this.#waits.waiting, snapshot)),
      };
    } catch (error) {
      const failed = this.#failed;
      const told = failed?.error ?? describeError(error);
      const before = job.resume && !this.#isUnderWay ? await snapshotOf(thread) : undefined;
      return {
        status: failed?.cancelled ? 'cancelled' : 'failed',
        ...(!this.#isUnderWay && REFUSALS.has(told.code ?? '') && { isRefused: true as const }),
        state: this.#plain(before?.metadata ? before.values : failed ? failed.state : this.#state),
        error: this.#plain(told),
      };
    }
  }

  #time(): number {
    return (this.#host.clock ?? performance).now();
  }

  /** Aborts the signal of the run. */
  stop(): void {
    this.#controller.abort();
  }

  /** User code has brought the thread down; the host ends it. Only what is told first counts. */
  crash(code: RunnerErrorCode, message: string, cause?: unknown): void {
    const task = this.currentTask();
    const where = task ? `In node "${task.node}": ` : '';
    const info: ErrorInfo | undefined = cause === undefined ? undefined : describeError(cause);
    this.#end({
      type: 'crashed',
      error: this.#plain(runnerError(code, where + message, info)),
      state: this.#plain(this.#state),
      ...(task && { taskId: task.id }),
    });
  }

  #tellFault({ file }: Bundle) {
    return ({ node, condition }: GraphBreakpoint, error: unknown): void => {
      const why = describeError(error).message;
      const message = `The breakpoint at "${node}" if ${condition} is passed by: ${why}`;
      this.#tell([{ severity: 'warning', message, file }]);
    };
  }

  #tell(hints: readonly Problem[]): void {
    if (hints.length > 0) this.#channel.post({ type: 'hints', problems: this.#plain(hints) });
  }

  /** Data that can be sent, without keys. */
  #plain<T>(value: T): T {
    return toPlain(value, { redactor: this.#redactor }) as T;
  }

  #onEvent(event: RunEvent): void {
    if (event.type === 'runStarted') this.#startedAt = this.#time() - event.time;
    if (event.type === 'superstepFinished' && event.path.length === 0) this.#state = event.state;
    if (event.type === 'continued' || event.type === 'superstepStarted') this.#isUnderWay = true;
    if (event.type === 'runFailed') this.#failed = event;
    this.#waits.add(event);
    this.#channel.send(event);
  }

  /** `undefined` if it cannot be done, which is told then. */
  async #reportLoading<T>(code: UserCode, load: () => Promise<T>): Promise<T | undefined> {
    try {
      return await load();
    } catch (error) {
      // Also what user code throws while it is being looked at, such as the default of a key.
      const problems = error instanceof LoadError ? error.problems : [toProblem(error, code)];
      this.#end({ type: 'loadFailed', problems: this.#plain(problems) });
      return undefined;
    }
  }

  #end(message: FromThread): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#channel.close();
    try {
      this.#channel.post(message);
    } catch (error) {
      // Whatever it is that cannot be sent, the host must not wait for it.
      const why = describeError(error);
      const text = `The result could not be sent: ${why.message}`;
      this.#channel.post({
        type: 'crashed',
        error: this.#plain(runnerError('WORKER_FAILED', text, why)),
      });
    }
  }
}

function unreached({ file }: Bundle): Problem {
  const message =
    'The run does not pause at breakpoints of the graph, which is compiled with checkpointer: false: ' +
    'nothing keeps its state until it goes on';
  return { severity: 'warning', message, file };
}

/** What a run waits for is told apart: it is no key of the state. */
function withoutInterrupts(output: unknown): unknown {
  const { [INTERRUPT_KEY]: _, ...state } = output as Record<string, unknown>;
  return state;
}
