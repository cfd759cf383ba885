import type { StateSnapshot } from '../../engine/model/stateSnapshot.ts';
import type { Problem } from '../../loader/problem.ts';
import type { Resume } from '../../protocol/threads.ts';
import type { Waiting } from '../../protocol/waiting.ts';
import type { ShippedUrls, ToThread } from '../workerThread.ts';
import { findCheckpoint } from './findCheckpoint.ts';
import type { CallConfig } from './graphFile.ts';
import type { KeptThread } from './keptThread.ts';
import { openQuestions } from './openQuestions.ts';

type RunOrder = Pick<
  Extract<ToThread, { type: 'run' }>,
  'input' | 'resume' | 'threadId' | 'bundle'
>;

/** How a run begins on a thread that may have stopped before. */
export class ThreadStart {
  readonly #thread: KeptThread;
  readonly #shipped: ShippedUrls;

  constructor(thread: KeptThread, shipped: ShippedUrls) {
    this.#thread = thread;
    this.#shipped = shipped;
  }

  /** What a run waits for that begins with nothing but the name of a thread; `undefined`: it may run. */
  async stillWaiting({
    input,
    resume,
    threadId,
  }: RunOrder): Promise<{ readonly state: unknown; readonly waiting: Waiting } | undefined> {
    if (input || resume || threadId === undefined || !this.#thread.keptBy) return undefined;
    const snapshot = await snapshotOf(this.#thread);
    const questions = snapshot ? openQuestions(snapshot) : [];
    if (questions.length === 0) return undefined;
    return { state: snapshot!.values as unknown, waiting: { questions, breakpoints: [] } };
  }

  /** An input starts the graph anew: a warning if its thread has asked what is never answered then. */
  async givenUp({ input, threadId, bundle }: RunOrder): Promise<Problem[]> {
    if (!input || input.value === null) return [];
    if (threadId === undefined || !this.#thread.keptBy) return [];
    const snapshot = await snapshotOf(this.#thread);
    const [first, ...others] = snapshot ? openQuestions(snapshot) : [];
    if (!first) return [];
    const what = others.length === 0 ? 'the open question' : `${others.length + 1} open questions`;
    const message =
      `The input gives up ${what} of thread "${threadId}" (node "${first.node}"); ` +
      `an answer would have gone on with it`;
    return [{ severity: 'warning', message, file: bundle.file }];
  }

  /**
   * What the graph is to be given in order to go on with its thread, and from where.
   * @throws {SuperstepError} UNKNOWN_CHECKPOINT; what `updateState` throws.
   */
  async goOn({
    from,
    answer,
    answers,
    update,
  }: Resume): Promise<{ readonly input: unknown; readonly config: CallConfig }> {
    const newest = this.#thread.config;
    const config = from === undefined ? newest : await this.#at(from);
    const resume = answers ?? answer;
    if (!update) {
      return { input: resume === undefined ? null : await this.#command({ resume }), config };
    }
    const { values, asNode, namespace } = update;
    if (resume !== undefined) {
      // One call, so that an answer that is refused leaves no edit behind.
      if (asNode ?? namespace)
        throw new TypeError('An update with an answer is not made by a node');
      return { input: await this.#command({ resume, update: values }), config };
    }
    const { configurable } = config;
    const at = { ...configurable!, ...(namespace && { checkpoint_ns: namespace }) };
    await this.#thread.graph.graph.updateState({ ...config, configurable: at }, values, asNode);
    // The edited state is the newest now.
    return { input: null, config: newest };
  }

  async #at(from: string): Promise<CallConfig> {
    const { graph, config } = this.#thread;
    const checkpoint_id = await findCheckpoint(graph, config, from);
    return { ...config, configurable: { ...config.configurable!, checkpoint_id } };
  }

  async #command(fields: {
    readonly resume: unknown;
    readonly update?: unknown;
  }): Promise<unknown> {
    const { Command } = (await import(this.#shipped.superstep)) as {
      Command: new (given: typeof fields) => unknown;
    };
    return new Command(fields);
  }
}

/** Where a thread stands; `undefined` if that cannot be told. */
export async function snapshotOf({
  graph,
  config,
}: KeptThread): Promise<StateSnapshot | undefined> {
  return graph.graph.getState(config, { subgraphs: true }).catch(() => undefined);
}
