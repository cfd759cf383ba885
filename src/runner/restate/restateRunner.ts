import { Serializer } from '../../engine/checkpoint/serialize.ts';
import { Command } from '../../engine/model/command.ts';
import type { ErrorInfo } from '../../engine/model/events.ts';
import { isSuperstepError } from '../../engine/model/errors.ts';
import { INTERRUPT_KEY } from '../../engine/model/signals.ts';
import { LoadError } from '../../loader/loadError.ts';
import type { Problem } from '../../loader/problem.ts';
import type { ThreadState } from '../../protocol/threads.ts';
import type { OpenQuestion, Waiting } from '../../protocol/waiting.ts';
import { RestateClient } from '../../restate/index.ts';
import type { ThreadStatus } from '../../restate/index.ts';
import { checkInput } from '../checkInput.ts';
import { chooseGraph, tellChoice } from '../chooseGraph.ts';
import { describeError } from '../describeError.ts';
import { REFUSALS } from '../refusals.ts';
import type { ReadThreadOptions, Runner, RunOptions, RunResult } from '../runner.ts';
import { toPlain } from '../wire.ts';
import { stemOf, type AboutGraph } from './servedGraphs.ts';
import { WatchedRun, type FailedCall } from './watchedRun.ts';

/** A graph as workers have it. */
interface Remote {
  /** Under which it is called. */
  readonly name: string;
  /** The fingerprint of its code. */
  readonly code: string;
  readonly about: AboutGraph;
}

/** How a call came out. */
type Outcome = { readonly status: 'done' | 'waiting'; readonly value: unknown } | FailedCall;

const serializer = new Serializer();

/** A thread with so many more milliseconds without a sign is told to be without a worker. */
const SILENCE_MS = 5000;

/**
 * Runs graphs on the workers of a Restate server, as {@link Runner.run} does in a thread: nothing of a file is evaluated
 * here, and what it is run with is its name. Options about this machine alone (`store`, `debug`, `recording`,
 * `models`, `env`, `breakpoints`) mean nothing there.
 */
export class RestateRunner implements Pick<Runner, 'run'> {
  readonly #client: RestateClient;
  /** Where the server takes calls. */
  readonly ingress: string;
  readonly #anyCode: boolean;

  /**
   * @param options.ingress Where the server takes calls.
   * @param options.anyCode Goes on with threads that were begun on other code. Default false.
   */
  constructor({
    ingress,
    anyCode = false,
  }: {
    readonly ingress: string;
    readonly anyCode?: boolean;
  }) {
    this.ingress = ingress;
    this.#anyCode = anyCode;
    this.#client = new RestateClient({ ingress });
  }

  async run(options: RunOptions): Promise<RunResult> {
    const { file, onHints, signal } = options;
    const threadId = options.threadId ?? crypto.randomUUID();
    const graph = await this.#find(options);
    const status = await this.#reach(file, () => this.#client.status(threadId));
    const waits = this.#stillWaiting(options, status);
    const names = { graph: graph.name, threadId, server: this.ingress };
    if (waits) return { ...waits, ...names };
    const passedBy = passedByOn(options, graph);
    if (passedBy.length > 0) onHints?.(passedBy);
    const { input } = this.#given(options, graph);
    this.#warn(options, { threadId, graph, input, status });
    const run = new WatchedRun(options.onEvents);
    const silence = setTimeout(() => {
      if (run.isHeard) return;
      const message = `Nothing has been heard of the run for ${SILENCE_MS / 1000} s: it goes on as soon as a worker answers`;
      onHints?.([{ severity: 'information', message, file }]);
    }, SILENCE_MS);
    const onQueued = () => {
      const message = `Thread "${threadId}" is busy with another call: this one begins when that is over`;
      onHints?.([{ severity: 'information', message, file }]);
    };
    try {
      const { onEvent } = run;
      const ended = this.#client.invoke(graph.name, input, {
        ...{ threadId, signal, onEvent, onQueued, anyCode: this.#anyCode },
      });
      const outcome = await ended.then(succeeded, (error: unknown) => failed(error, run, signal));
      if ('error' in outcome) {
        return run.failed(outcome, names);
      }
      const isPaused = outcome.status === 'waiting';
      const waiting = isPaused ? await this.#waiting(threadId, run.waiting) : undefined;
      return run.ended(outcome.value, names, waiting);
    } finally {
      clearTimeout(silence);
    }
  }

  /**
   * What a thread waits for.
   * @throws {SuperstepError} RESTATE_FAILED
   */
  async readThread({
    threadId,
  }: Pick<ReadThreadOptions, 'threadId'>): Promise<Pick<ThreadState, 'questions'>> {
    const { questions } = await this.#client.status(threadId);
    return { questions: questions.map(openQuestion) };
  }

  /** @throws {LoadError} UNKNOWN_GRAPH, AMBIGUOUS_GRAPH, RESTATE_FAILED */
  async #find({ file, exportName, onHints }: RunOptions): Promise<Remote> {
    const served = await this.#reach(file, () => this.#client.graphs());
    const all = served.flatMap(({ graph, code, about }): Remote[] =>
      about === undefined ? [] : [{ name: graph, code, about: about as AboutGraph }],
    );
    const stem = stemOf(file);
    const ofFile = all.filter(({ about }) => about.file === stem);
    const names = (of: readonly Remote[]) => of.map(({ name }) => name).join(', ');
    if (ofFile.length === 0) {
      const has = served.map(({ graph }) => graph).join(', ') || 'none';
      const message =
        `The workers at ${this.ingress} have no graph of ${stem}; they have: ${has}. ` +
        `Start one with this file: superstep serve FILE --restate --register`;
      throw new LoadError([{ severity: 'error', code: 'UNKNOWN_GRAPH', message, file }]);
    }
    const choosable = ofFile.map((remote) => ({ ...remote.about, remote }));
    const { graph, others } = chooseGraph(choosable, exportName);
    if (graph) {
      if (exportName === undefined && others.length > 0) {
        const message = tellChoice(graph, others);
        onHints?.([{ severity: 'information', message, file }]);
      }
      return graph.remote;
    }
    const [code, message] =
      exportName === undefined
        ? [
            'AMBIGUOUS_GRAPH',
            `The workers have several graphs of the file, say which one to run: ${names(ofFile)}`,
          ]
        : [
            'UNKNOWN_GRAPH',
            `The workers have no graph "${exportName}" of the file; they have: ${names(ofFile)}`,
          ];
    throw new LoadError([{ severity: 'error', code, message, file }]);
  }

  async #reach<T>(file: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const { message, code } = describeError(error);
      const told = {
        severity: 'error',
        message,
        file,
        ...(code !== undefined && { code }),
      } as const;
      throw new LoadError([told], { cause: error });
    }
  }

  /** What is left to do for a run that begins with nothing but the name of a thread that has asked. */
  #stillWaiting(
    options: RunOptions,
    { questions, stored }: ThreadStatus,
  ): Pick<RunResult, 'status' | 'waiting' | 'state' | 'durationMs' | 'keptBy'> | undefined {
    if ('input' in options || options.resume || questions.length === 0) return undefined;
    const values = Object.entries(stored?.graphs['']?.values ?? {});
    const state = Object.fromEntries(
      values.map(([key, text]) => [key, serializer.deserialize(text)]),
    );
    const waiting = { questions: questions.map(openQuestion), breakpoints: [] };
    return { status: 'waiting', waiting, state: toPlain(state), durationMs: 0, keptBy: 'graph' };
  }

  #given(options: RunOptions, { about }: Remote): { readonly input: unknown } {
    const { resume, file } = options;
    if (resume?.update !== undefined || resume?.from !== undefined) {
      const message =
        'A thread of a Restate server goes on from where it stands, with its state as it is: answer it, or begin anew';
      throw new LoadError([{ severity: 'error', code: 'NOT_REMOTE', message, file }]);
    }
    if (resume) {
      const answer = resume.answers ?? resume.answer;
      return { input: answer === undefined ? null : new Command({ resume: answer }) };
    }
    if ('input' in options) return { input: options.input };
    return { input: about.input === undefined ? {} : serializer.deserialize(about.input) };
  }

  #warn(
    { file, resume, onHints, onInputProblems }: RunOptions,
    {
      threadId,
      graph,
      input,
      status,
    }: {
      readonly threadId: string;
      readonly graph: Remote;
      readonly input: unknown;
      readonly status: ThreadStatus;
    },
  ): void {
    if (resume || input === null) return;
    const problems = checkInput(graph.about, input);
    if (problems.length > 0) onInputProblems?.(problems);
    const [first, ...others] = status.questions;
    if (!first) return;
    const what = others.length === 0 ? 'the open question' : `${others.length + 1} open questions`;
    const message =
      `The input gives up ${what} of thread "${threadId}" (node "${first.node}"); ` +
      `an answer would have gone on with it`;
    onHints?.([{ severity: 'warning', message, file }]);
  }

  /** The questions are those that are kept; breakpoints are known by the events alone. */
  async #waiting(threadId: string, told: Waiting | undefined): Promise<Waiting> {
    try {
      const { questions } = await this.readThread({ threadId });
      return { questions, breakpoints: told?.breakpoints ?? [] };
    } catch {
      return told ?? { questions: [], breakpoints: [] };
    }
  }
}

/** What was asked for, and is not done there. */
function passedByOn(options: RunOptions, { code, name }: Remote): Problem[] {
  const { file, described, exportName, breakpoints = [], recording, engine, resume } = options;
  const here = described?.graphs.find((graph) => graph.exportName === exportName)?.fingerprint;
  const missing = [
    breakpoints.length > 0 && 'breakpoints',
    recording && 'recordings of models',
    engine === 'langgraph' && 'LangGraph.js',
  ].filter((each) => typeof each === 'string');
  const messages = [
    missing.length > 0 &&
      `Workers run the graph without ${missing.join(', ')}: these are for runs here`,
    here !== undefined &&
      here !== code &&
      resume === undefined &&
      `The workers have other code of "${name}" than this file has now, and run theirs: start them again with it`,
  ];
  return messages
    .filter((message) => message !== false)
    .map((message) => ({ severity: 'warning', message, file }));
}

function succeeded(value: unknown): Outcome {
  const isPaused = typeof value === 'object' && value !== null && INTERRUPT_KEY in value;
  if (!isPaused) return { status: 'done', value };
  const { [INTERRUPT_KEY]: _, ...state } = value as Record<string, unknown>;
  return { status: 'waiting', value: state };
}

/** What a server refuses has changed nothing, unless the run had begun. */
function failed(error: unknown, run: WatchedRun, signal: AbortSignal | undefined): Outcome {
  const told = toPlain(describeError(error)) as ErrorInfo;
  const status = signal?.aborted || isCancelled(error) ? 'cancelled' : 'failed';
  const { code = '' } = told;
  const isRefused =
    status === 'failed' && !run.isUnderWay && (code === 'RESTATE_FAILED' || REFUSALS.has(code));
  return { status, error: told, isRefused };
}

/** Somebody else has cancelled it. */
function isCancelled(error: unknown): boolean {
  return isSuperstepError(error) && error.code === 'RESTATE_FAILED' && error.details.value === 409;
}

function openQuestion({ value, ...by }: ThreadStatus['questions'][number]): OpenQuestion {
  return { ...by, value: toPlain(serializer.deserialize(value)) };
}
