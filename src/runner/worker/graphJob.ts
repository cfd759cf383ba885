import { randomUUID } from 'node:crypto';
import type { Checkpointer } from '../../engine/model/checkpointer.ts';
import { HOST_CHECKPOINTER, type GraphHandle } from '../../engine/model/handle.ts';
import { INTERRUPT_KEY } from '../../engine/model/signals.ts';
import type { ErrorInfo, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import type { Bundle } from '../../loader/bundle.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem } from '../../loader/locate.ts';
import type { Problem } from '../../loader/problem.ts';
import { describeError } from '../describeError.ts';
import { runnerError, type RunnerErrorCode } from '../errors.ts';
import type { Redactor } from '../redact.ts';
import { toPlain } from '../wire.ts';
import type { FromThread, ShippedUrls, ToThread } from '../workerThread.ts';
import { describeGraph, describeInput } from './describeGraph.ts';
import { loadGraphs, pickGraph, type RunnableGraph } from './graphFile.ts';
import { WaitingTracker } from './waitingTracker.ts';

type DescribeJob = Extract<ToThread, { type: 'describe' }>;
type RunJob = Extract<ToThread, { type: 'run' }>;

/** Code that can pause names one of `interrupt`, `interruptBefore` and `interruptAfter`. */
const MAY_PAUSE = /\binterrupt/;

/** How a job tells what happens. */
export interface Channel {
  post(message: FromThread): void;
  /** Told in the order of the calls. */
  send(event: RunEvent): void;
  /** Lets no more events through. */
  close(): void;
}

/** The one job of this thread; knows what is needed when it ends in an irregular way. */
export class GraphJob {
  readonly #channel: Channel;
  readonly #redactor: Redactor;
  readonly #shipped: ShippedUrls;
  readonly #controller = new AbortController();
  readonly #waits = new WaitingTracker();
  #graph: RunnableGraph | undefined;
  /** The thread's time at the run's time 0. */
  #startedAt: number | undefined;
  /** The root graph's own state object: copied only if it is needed. */
  #state: unknown = {};
  #failed: Extract<RunEvent, { type: 'runFailed' }> | undefined;
  #isOver = false;

  constructor(channel: Channel, redactor: Redactor, shipped: ShippedUrls) {
    this.#shipped = shipped;
    this.#channel = channel;
    this.#redactor = redactor;
  }

  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined {
    return this.#graph?.handle.currentTask();
  }

  /** Milliseconds since the run's start; 0 before. */
  now(): number {
    return this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
  }

  async describe({ bundle, xray }: DescribeJob): Promise<void> {
    await this.#reportLoading(bundle, async () => {
      const loaded = await loadGraphs(bundle);
      this.#tell(loaded.flatMap(({ hint }) => hint ?? []));
      const graphs = loaded.map((graph) => {
        return describeGraph(graph, { xray, redactor: this.#redactor });
      });
      this.#end({ type: 'described', graphs });
    });
  }

  async run({ bundle, exportName, input, tellsGraph, threadId }: RunJob): Promise<void> {
    await this.#reportLoading(bundle, async () => {
      const graphs = await loadGraphs(bundle);
      const { graph, hints } = pickGraph(graphs, { file: bundle.file, exportName });
      this.#tell(hints);
      this.#graph = graph;
    });
    if (!this.#graph) return;
    const { graph, handle, ...offered } = this.#graph;
    const value = input ? input.value : offered.hasInput ? offered.input : {};
    const saver = await this.#saverFor(handle, bundle);
    const isKept = saver !== undefined || handle.needsThread?.();
    const thread = threadId ?? (isKept ? randomUUID() : undefined);
    try {
      if (tellsGraph) {
        const described = describeInput(this.#graph, this.#redactor);
        this.#channel.post({ type: 'loaded', input: described });
      }
      const output = await graph.invoke(value, {
        signal: this.#controller.signal,
        onEvent: (event) => this.#onEvent(event),
        ...threadConfig(thread),
        ...(saver && { [HOST_CHECKPOINTER]: saver }),
      });
      const { waiting } = this.#waits;
      this.#end({
        type: 'settled',
        status: waiting ? 'waiting' : 'done',
        state: this.#plain(waiting ? withoutInterrupts(output) : output),
        waiting: this.#plain(waiting),
        threadId: thread,
      });
    } catch (error) {
      const failed = this.#failed;
      this.#end({
        type: 'settled',
        status: failed?.cancelled ? 'cancelled' : 'failed',
        state: this.#plain(failed ? failed.state : this.#state),
        error: this.#plain(failed?.error ?? describeError(error)),
        threadId: thread,
      });
    }
  }

  /**
   * Where a graph without a checkpointer keeps what it asks. One that never asks has no need of it, and
   * may have values in its state that cannot be kept.
   */
  async #saverFor(handle: GraphHandle, { code }: Bundle): Promise<Checkpointer | undefined> {
    if (!handle.takesCheckpointer?.() || !MAY_PAUSE.test(code)) return undefined;
    const { MemorySaver } = (await import(this.#shipped.superstep)) as {
      MemorySaver: new () => Checkpointer;
    };
    return new MemorySaver();
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

  #tell(hints: readonly Problem[]): void {
    if (hints.length > 0) this.#channel.post({ type: 'hints', problems: this.#plain(hints) });
  }

  /** Data that can be sent, without keys. */
  #plain<T>(value: T): T {
    return toPlain(value, { redactor: this.#redactor }) as T;
  }

  #onEvent(event: RunEvent): void {
    if (event.type === 'runStarted') this.#startedAt = performance.now() - event.time;
    if (event.type === 'superstepFinished' && event.path.length === 0) this.#state = event.state;
    if (event.type === 'runFailed') this.#failed = event;
    this.#waits.add(event);
    this.#channel.send(event);
  }

  async #reportLoading(bundle: Bundle, load: () => Promise<void>): Promise<void> {
    try {
      await load();
    } catch (error) {
      // Also what user code throws while it is being looked at, such as the default of a key.
      const problems = error instanceof LoadError ? error.problems : [toProblem(error, bundle)];
      this.#end({ type: 'loadFailed', problems: this.#plain(problems) });
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

/** What a run waits for is told apart: it is no key of the state. */
function withoutInterrupts(output: unknown): unknown {
  const { [INTERRUPT_KEY]: _, ...state } = output as Record<string, unknown>;
  return state;
}

function threadConfig(threadId: string | undefined) {
  return threadId === undefined ? {} : { configurable: { thread_id: threadId } };
}
