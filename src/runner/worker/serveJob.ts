import type { ConsoleLevel, RunEvent, TaskInfo } from '../../engine/model/events.ts';
import { LoadError } from '../../loader/loadError.ts';
import { toProblem } from '../../loader/locate.ts';
import type { Problem } from '../../loader/problem.ts';
import type { RestateWorker, serveRestate } from '../../restate/index.ts';
import type { Redactor } from '../redact.ts';
import { servedName, stemOf, type AboutGraph } from '../restate/servedGraphs.ts';
import { toPlain } from '../wire.ts';
import type { ShippedUrls, ToThread } from '../workerThread.ts';
import { AnswerRedactor } from './answerRedactor.ts';
import { describeInput } from './describeGraph.ts';
import { forDisplay } from './eventSender.ts';
import { loadGraphs, type RunnableGraph } from './graphFile.ts';
import type { Channel } from './graphJob.ts';
import { loadWithin } from './loadWithin.ts';

type Order = Extract<ToThread, { type: 'serve' }>;
type Send = (event: RunEvent) => void;

/** Serves the graphs of some files to a Restate server, until it is stopped. */
export class ServeJob {
  readonly #channel: Channel;
  readonly #redactor: Redactor;
  readonly #shipped: ShippedUrls;
  /** Whom to tell what a task writes. */
  readonly #watchers = new WeakMap<TaskInfo, Send>();
  #graphs: readonly RunnableGraph[] = [];
  #worker: RestateWorker | undefined;
  #isUnderWay = false;

  constructor(channel: Channel, redactor: Redactor, shipped: ShippedUrls) {
    this.#channel = channel;
    this.#redactor = redactor;
    this.#shipped = shipped;
  }

  /** It has begun. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** The task that the calling code belongs to. */
  currentTask(): TaskInfo | undefined {
    for (const { handle } of this.#graphs) {
      const task = handle.currentTask();
      if (task !== undefined) return task;
    }
    return undefined;
  }

  async run({ bundles, limitMs, ...where }: Order): Promise<void> {
    this.#isUnderWay = true;
    const [first] = bundles;
    try {
      const served: Record<string, RunnableGraph['graph']> = {};
      const codes: { name: string; code: string }[] = [];
      const about: Record<string, AboutGraph> = {};
      for (const bundle of bundles) {
        const graphs = await loadWithin(limitMs, () => loadGraphs(bundle), bundle);
        this.#graphs = [...this.#graphs, ...graphs];
        for (const graph of graphs) {
          const name = servedName(bundle.file, graph.exportName);
          if (name in served) throw new LoadError([twice(name, bundle.file)]);
          served[name] = graph.graph;
          codes.push({ name, code: graph.handle.remote!.code() });
          about[name] = await this.#about(graph, bundle.file);
        }
      }
      const { serveRestate: serve } = (await import(this.#shipped['superstep/restate']!)) as {
        readonly serveRestate: typeof serveRestate;
      };
      const telling = (send: Send) => this.#telling(send);
      this.#worker = await serve(served, { ...where, about, telling, sdkFrom: first!.file });
      this.#channel.post({ type: 'serving', url: this.#worker.url, graphs: codes });
    } catch (error) {
      const problems = error instanceof LoadError ? error.problems : [toProblem(error, first!)];
      const plain = toPlain(problems, { redactor: this.#redactor }) as readonly Problem[];
      this.#channel.post({ type: 'loadFailed', problems: plain });
    }
  }

  /** Ends it; what it was doing is done by another worker. */
  async stop(): Promise<void> {
    if (!this.#isUnderWay) return;
    await this.#worker?.close();
    this.#channel.post({ type: 'served' });
  }

  /** Takes a line that was written: for the terminal of this worker, and for whoever watches the run. */
  write(level: ConsoleLevel, text: string, task: TaskInfo | undefined): void {
    const event: RunEvent = { type: 'console', time: 0, level, text, ...(task && { task }) };
    this.#channel.send(event);
    if (task) this.#watchers.get(task)?.(this.#shown(event));
  }

  /** Something broke that no node could catch: the others go on. */
  tellFault(message: string): void {
    this.#channel.send({ type: 'console', time: 0, level: 'error', text: message });
  }

  /** What watchers are told has no keys in it, and of large values as much as is shown. */
  #telling(send: Send): Send {
    const answers = new AnswerRedactor(this.#redactor);
    return (event) => {
      if ('task' in event && event.task) this.#watchers.set(event.task, send);
      for (const told of answers.follow(event)) send(this.#shown(told));
    };
  }

  #shown(event: RunEvent): RunEvent {
    return forDisplay(event, this.#redactor).shown;
  }

  async #about(graph: RunnableGraph, file: string): Promise<AboutGraph> {
    const { hasInput, input, hint } = graph;
    const { Serializer } = (await import(this.#shipped.superstep)) as {
      readonly Serializer: new () => { serialize(value: unknown, what: string): string };
    };
    return {
      ...describeInput(graph, this.#redactor),
      file: stemOf(file),
      ...(hint && { hint: true as const }),
      ...(hasInput && { input: new Serializer().serialize(input, 'the input of the file') }),
    };
  }
}

function twice(name: string, file: string): Problem {
  const message = `Two files would serve a graph under the name "${name}": rename one of the files`;
  return { severity: 'error', message, file };
}
