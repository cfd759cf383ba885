import { EventEmitter, Uri, workspace, type Disposable, type Event } from 'vscode';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LoadError } from '../loader/loadError.ts';
import type { Resume, ThreadCheckpoint, ThreadState, ThreadStore } from '../protocol/threads.ts';
import type { Waiting } from '../protocol/waiting.ts';
import type { GraphDescription, RunOptions, RunResult, ThreadName } from '../runner/runner.ts';
import { RunViewModel } from './runViewModel.ts';
import type { Activities } from './activities.ts';
import { announceFailure, announceWaiting } from './announce.ts';
import { DisposableStore } from './disposableStore.ts';
import { findNode } from './findNode.ts';
import type { GraphTarget } from './graphFile.ts';
import type { LoadedFile } from './graphFiles.ts';
import type { EditorRunner } from './lazyRunner.ts';
import type { ModelSource } from './modelSource.ts';
import type { Problems } from './problems.ts';
import { readEnvironment } from './readEnvironment.ts';
import type { PathOwner, Rename } from './rename.ts';
import type { RunHistory } from './runHistory.ts';
import type { RunOutput } from './runOutput.ts';
import { readHistoryLimits, readSettings } from './settings.ts';
import type { WaitingRuns } from './waitingRuns.ts';

/** A graph that was loaded. */
export interface ChosenGraph {
  readonly target: GraphTarget;
  readonly graph: GraphDescription;
  /** What it was loaded from, if that has been just now: then it is not looked at again. */
  readonly loaded?: LoadedFile;
}

/** Names a thread that was kept. */
export interface ForkedThread {
  readonly threadId: string;
  /** Absolute path that the file had when the thread began. */
  readonly beganAs: string;
}

/** Of a longer thread only the newest checkpoints are offered. */
const MAX_LISTED = 1000;

/** Starts runs and leads their events to everything that shows them. */
export class Runs implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #started = this.#owned.add(new EventEmitter<RunViewModel>());
  readonly #runner: EditorRunner;
  readonly #problems: Problems;
  readonly #activities: Activities;
  readonly #waits: WaitingRuns;
  readonly #history: RunHistory;
  readonly #output: RunOutput;
  readonly #models: ModelSource;
  readonly #storePath: string;
  /** The newest run of each graph comes last. */
  readonly #active = new Set<RunViewModel>();

  readonly onDidStart: Event<RunViewModel> = this.#started.event;

  constructor(parts: {
    runner: EditorRunner;
    problems: Problems;
    activities: Activities;
    waits: WaitingRuns;
    history: RunHistory;
    output: RunOutput;
    models: ModelSource;
    /** Absolute path of the file that keeps what waits. */
    storePath: string;
  }) {
    this.#runner = parts.runner;
    this.#problems = parts.problems;
    this.#activities = parts.activities;
    this.#waits = parts.waits;
    this.#history = parts.history;
    this.#output = parts.output;
    this.#models = parts.models;
    this.#storePath = parts.storePath;
  }

  /** The newest run of a graph that goes on. */
  activeRun({ file, exportName }: GraphTarget): RunViewModel | undefined {
    return [...this.#active].findLast((run) => run.file === file && run.exportName === exportName);
  }

  /** The run of a graph that is to be seen where it is shown: one that goes on, else one that waits. */
  shown(target: GraphTarget): RunViewModel | undefined {
    return this.activeRun(target) ?? this.#waits.of(target);
  }

  /**
   * Runs a graph that was loaded before, to its end.
   * @param input `undefined` for the file's own.
   * @throws {LoadError} if the file has changed for the worse since.
   */
  async run({ target, graph, loaded }: ChosenGraph, input: unknown): Promise<RunResult> {
    const run = new RunViewModel(target, graph, this.#freeNumber(target));
    return this.#follow(run, input === undefined ? {} : { input }, loaded);
  }

  /**
   * Goes on with a run that waits, in a fresh thread of the executor; it is shown as the same run. If
   * that fails, or is stopped, what is still open waits again.
   * @param chosen The graph as the file has it now.
   * @throws {LoadError} if the file has changed for the worse since; the run waits as before.
   */
  async resume(
    waiting: RunViewModel,
    { graph, loaded }: ChosenGraph,
    resume: Resume,
  ): Promise<RunResult> {
    const { target, threadId } = waiting;
    const run = new RunViewModel(target, graph, this.#freeNumber(target), waiting.before());
    try {
      const what = { resume, ...(threadId !== undefined && { threadId }) };
      return await this.#follow(run, what, loaded);
    } catch (error) {
      // Nothing has run: it waits as before.
      if (this.#waits.of(target) === undefined && this.activeRun(target) === undefined) {
        this.#waits.add(waiting);
        this.#started.fire(waiting);
      }
      throw error;
    }
  }

  /**
   * Goes on from a checkpoint of a thread, as a run of its own.
   * @throws {LoadError} if the file has changed for the worse since.
   */
  async runFrom(
    { target, graph, loaded }: ChosenGraph,
    thread: ForkedThread,
    resume: Resume,
  ): Promise<RunResult> {
    const before = { progress: [], durationMs: 0, ...thread };
    const run = new RunViewModel(target, graph, this.#freeNumber(target), before);
    return this.#follow(run, { resume, threadId: thread.threadId }, loaded);
  }

  /** The checkpoints of a thread, the newest first. @throws {LoadError} if that cannot be told. */
  async checkpoints(
    target: GraphTarget,
    thread: ForkedThread,
  ): Promise<readonly ThreadCheckpoint[]> {
    return this.#runner.readHistory({ ...(await this.#lookAt(target, thread)), limit: MAX_LISTED });
  }

  /** Where a thread stood at a checkpoint. @throws as `checkpoints`. */
  async stateAt(
    target: GraphTarget,
    thread: ForkedThread,
    at: string,
  ): Promise<ThreadState | undefined> {
    return this.#runner.readThread({ ...(await this.#lookAt(target, thread)), at });
  }

  async #lookAt(target: GraphTarget, { threadId, beganAs }: ForkedThread): Promise<ThreadName> {
    const { env } = await readEnvironment(target.file);
    return { ...target, threadId, store: this.#storeOf({ beganAs }), env };
  }

  async #follow(
    run: RunViewModel,
    what: Pick<RunOptions, 'input' | 'resume' | 'threadId'>,
    loaded: LoadedFile | undefined,
  ): Promise<RunResult> {
    const { target } = run;
    const uri = Uri.file(target.file);
    const { stopGraceMs, showOutputOnRun, maxTasksTold } = readSettings(uri);
    const activity = this.#activities.begin(run, { atOnce: true });
    const section = this.#output.section(run.title);
    this.#active.add(run);
    this.#waits.forget(target);
    try {
      const { RunReport } = await import('../runner/report/runReport.ts');
      const { problemLines } = await import('./describeProblems.ts');
      const baseFolder = workspace.getWorkspaceFolder(uri)?.uri.fsPath;
      const report = new RunReport({
        maxTasksTold,
        ...(baseFolder !== undefined && { baseFolder }),
      });
      const tellStop = () => {
        section.append(report.stopping());
        this.#activities.touch();
      };
      if (run.isStopping) tellStop();
      else run.onDidStop(tellStop);
      if (showOutputOnRun) this.#output.show();
      this.#started.fire(run);
      const { env, warnings } = loaded?.environment ?? (await readEnvironment(target.file));
      section.append(warnings);
      const store = this.#storeOf(run, freshThread());
      const record = this.#history.record(run, { ...what, store });
      const ended = await this.#runner.run({
        ...target,
        ...what,
        described: loaded?.description,
        store,
        signal: run.signal,
        graceMs: stopGraceMs,
        env,
        models: this.#models.provider((line) => section.append([line])),
        onHints: (hints) => section.append(problemLines(hints, baseFolder)),
        onEvents: (events, weight) => {
          run.add(events);
          record.add(events, weight);
          section.append(report.lines(events));
          this.#activities.touch();
        },
      });
      const result = await withNodePlace(run.locate(ended), run);
      record.end(result);
      section.append([...report.end(result), '']);
      run.end(result, result.waiting ?? (what.resume && (await this.#stillOpen(run, result, env))));
      if (run.waiting) this.#waits.add(run);
      this.#problems.ran(run.file, result.problem ? [result.problem] : []);
      if (result.status === 'failed') announceFailure(result, run.failedNode, this.#output);
      if (result.status === 'waiting') void announceWaiting(run, this.#output);
      return result;
    } catch (error) {
      if (error instanceof LoadError) this.#problems.loaded(target.file, error.problems);
      throw error;
    } finally {
      section.dispose();
      this.#active.delete(run);
      activity.dispose();
      run.dispose();
    }
  }

  #storeOf({ beganAs }: Pick<RunViewModel, 'beganAs'>, freshThread?: string): ThreadStore {
    const isKept = freshThread !== undefined;
    return { path: this.#storePath, isTemporary: true, beganAs, ...(isKept && { freshThread }) };
  }

  /** The questions that a run has left open which did not come to its end. */
  async #stillOpen(
    run: RunViewModel,
    { status }: RunResult,
    env: Readonly<Record<string, string>>,
  ): Promise<Waiting | undefined> {
    const { target, threadId } = run;
    if (status === 'done' || threadId === undefined) return undefined;
    const thread = await this.#runner
      .readThread({ ...target, threadId, store: this.#storeOf(run), env })
      .catch(() => undefined);
    const questions = thread?.questions ?? [];
    return questions.length > 0 ? { questions, breakpoints: [] } : undefined;
  }

  /** The runs of files that were renamed go on, and are found at the new paths. */
  move(rename: Rename): void {
    for (const run of this.#active) run.move(rename);
    this.#activities.touch();
  }

  /** The least that no run of the graph has which goes on. */
  #freeNumber({ file, exportName }: GraphTarget): number {
    const taken = new Set(
      [...this.#active]
        .filter((run) => run.file === file && run.exportName === exportName)
        .map(({ number }) => number),
    );
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** A failure without a place of its own, such as a full memory, happened where its node stands. */
async function withNodePlace(result: RunResult, run: RunViewModel): Promise<RunResult> {
  const { problem } = result;
  const { nodeId } = run.failed ?? {};
  if (!problem || problem.range || nodeId === undefined) return result;
  const { findGraphs } = await import('../loader/findGraphs.ts');
  const text = await readFile(run.file, 'utf8').catch(() => '');
  const { graphs } = findGraphs(text, run.file);
  const range = findNode(graphs, run.exportName, nodeId);
  return range ? { ...result, problem: { ...problem, file: run.file, range } } : result;
}

/** The name of a thread that is kept as long as its run; none if no runs are kept. */
function freshThread(): string | undefined {
  return readHistoryLimits().maxRuns > 0 ? randomUUID() : undefined;
}
