import { EventEmitter, Uri, workspace, type Disposable, type Event } from 'vscode';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LoadError } from '../../loader/loadError.ts';
import { RECORDINGS, type RecordingOptions } from '../../protocol/recording.ts';
import type { Resume } from '../../protocol/threads.ts';
import type { GraphDescription, RunOptions, RunResult } from '../../runner/runner.ts';
import { RunViewModel } from './runViewModel.ts';
import type { Activities } from './activities.ts';
import type { GraphBreakpoints } from '../debug/breakpoints.ts';
import type { DebuggedRun } from '../debug/debuggedRun.ts';
import type { Debugging } from '../debug/debugging.ts';
import { DisposableStore } from '../disposableStore.ts';
import { findNode } from '../graphs/findNode.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { LoadedFile } from '../graphs/graphFiles.ts';
import type { ForkedThread, KeptThreads, ThreadReader } from './keptThreads.ts';
import type { EditorRunner } from './lazyRunner.ts';
import type { ModelSource } from '../models/modelSource.ts';
import type { Problems } from '../graphs/problems.ts';
import { readEnvironment } from '../graphs/readEnvironment.ts';
import type { PathOwner, Rename } from '../graphs/rename.ts';
import type { RunHistory } from '../history/runHistory.ts';
import type { OutputSection, RunOutput } from './runOutput.ts';
import { readSettings } from '../settings.ts';
import type { WaitingRuns } from './waitingRuns.ts';

/** A graph that was loaded. */
export interface ChosenGraph {
  readonly target: GraphTarget;
  readonly graph: GraphDescription;
  /** What it was loaded from, if that has been just now: then it is not looked at again. */
  readonly loaded?: LoadedFile;
}

/** How what is not recorded can be, for messages. */
const ADVICE = 'Record it by the command “Superstep: Run and Record What Is Missing”';

/** How a graph is run. */
export interface RunMode {
  /** Under the editor's debugger. */
  readonly debug?: Debugging | undefined;
  /** Variables over those of its environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names its thread, which is kept. Default: one of its own. */
  readonly threadId?: string | undefined;
  /** Records calls of models beside the file, or answers them from there. */
  readonly recording?: RecordingOptions['mode'] | undefined;
  /** The server to run it on; `''` for this machine. Default: as the setting tells, if that can be. */
  readonly runOn?: string | undefined;
}

/** What runs a graph, here or elsewhere. */
type GraphRunner = Pick<EditorRunner, 'run'> & ThreadReader;

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
  readonly #breakpoints: GraphBreakpoints;
  readonly #threads: KeptThreads;
  /** How runs were begun, which go on in the same way. */
  readonly #modes = new WeakMap<RunViewModel, RunMode>();
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
    breakpoints: GraphBreakpoints;
    threads: KeptThreads;
  }) {
    this.#runner = parts.runner;
    this.#problems = parts.problems;
    this.#activities = parts.activities;
    this.#waits = parts.waits;
    this.#history = parts.history;
    this.#output = parts.output;
    this.#models = parts.models;
    this.#breakpoints = parts.breakpoints;
    this.#threads = parts.threads;
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
  async run(
    { target, graph, loaded }: ChosenGraph,
    input: unknown,
    mode: RunMode = {},
  ): Promise<RunResult> {
    const run = new RunViewModel(target, graph, this.#freeNumber(target));
    this.#modes.set(run, mode);
    const { threadId } = mode;
    const what = {
      ...(input !== undefined && { input }),
      ...(threadId !== undefined && { threadId }),
    };
    return this.#follow(run, what, loaded);
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
    const { target, threadId, waitsAt: from } = waiting;
    const run = new RunViewModel(target, graph, this.#freeNumber(target), waiting.before());
    const { debug, ...mode } = this.#modes.get(waiting) ?? {};
    const runOn = waiting.result?.server ?? '';
    this.#modes.set(run, { ...mode, runOn, ...(debug && { debug: { runtime: debug.runtime } }) });
    try {
      const what = {
        resume: { ...(from !== undefined && { from }), ...resume },
        ...(threadId !== undefined && { threadId }),
      };
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
   * Goes on from a checkpoint of a thread, as a run of its own. What the graph has waited for before, it
   * waits for afterwards, unless it asks anew.
   * @throws {LoadError} if the file has changed for the worse since.
   */
  async runFrom(
    { target, graph, loaded }: ChosenGraph,
    thread: ForkedThread,
    resume: Resume,
    mode: RunMode = {},
  ): Promise<RunResult> {
    const before = { progress: [], durationMs: 0, ...thread };
    const run = new RunViewModel(target, graph, this.#freeNumber(target), before);
    this.#modes.set(run, { ...mode, runOn: '' });
    const held = await this.#heldBack(target);
    try {
      return await this.#follow(run, { resume, threadId: thread.threadId }, loaded);
    } finally {
      if (held && this.shown(target) === undefined) this.#waits.add(held);
    }
  }

  /** The run of a graph that waits, and is to do so still when its thread has a branch. */
  async #heldBack(target: GraphTarget): Promise<RunViewModel | undefined> {
    const waiting = this.#waits.of(target);
    if (waiting?.threadId === undefined || waiting.waitsAt !== undefined) return waiting;
    const thread = { threadId: waiting.threadId, beganAs: waiting.beganAs };
    const stands = await this.#threads.stateAt(target, thread).catch(() => undefined);
    return stands ? waiting.heldAt(stands.checkpointId) : waiting;
  }

  async #follow(
    run: RunViewModel,
    what: Pick<RunOptions, 'input' | 'resume' | 'threadId'>,
    loaded: LoadedFile | undefined,
  ): Promise<RunResult> {
    const { target } = run;
    const uri = Uri.file(target.file);
    const { stopGraceMs, showOutputOnRun, maxTasksTold, runWith } = readSettings(uri);
    const activity = this.#activities.begin(run, { atOnce: true });
    const section = this.#output.section(run.title);
    let debugged: DebuggedRun | undefined;
    this.#active.add(run);
    this.#waits.forget(target);
    try {
      const { RunReport } = await import('../../runner/report/runReport.ts');
      const { problemLines } = await import('../graphs/describeProblems.ts');
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
      const environment = loaded?.environment ?? (await readEnvironment(target.file));
      const env = { ...environment.env, ...this.#modes.get(run)?.env };
      section.append(environment.warnings);
      const store = this.#threads.storeFor(run, this.#modes.get(run)?.threadId);
      debugged = await this.#debugging(run);
      run.breakpoints = this.#breakpoints.of(target);
      const record = this.#history.record(run, { ...what, store }, loaded?.description.code);
      const runner = await this.#runnerOf(run, section);
      const ended = await runner.run({
        ...target,
        ...what,
        ...(debugged && { debug: debugged.options }),
        engine: runWith,
        described: loaded?.description,
        store,
        breakpoints: run.breakpoints,
        signal: run.signal,
        graceMs: stopGraceMs,
        env,
        ...this.#recording(run, what),
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
      run.end(
        result,
        result.waiting ??
          (what.resume && (await this.#threads.stillOpen(run, result, { env, runner }))),
      );
      if (run.waiting) this.#waits.add(run);
      this.#problems.ran(run.file, result.problem ? [result.problem] : []);
      await this.#announce(run, result, what.input);
      return result;
    } catch (error) {
      if (error instanceof LoadError) this.#problems.loaded(target.file, error.problems);
      throw error;
    } finally {
      section.dispose();
      this.#active.delete(run);
      activity.dispose();
      run.dispose();
      debugged?.dispose();
    }
  }

  /** Waits for no answer. */
  async #announce(run: RunViewModel, result: RunResult, input: unknown): Promise<void> {
    if (result.status !== 'failed' && result.status !== 'waiting') return;
    const { announceFailure, announceWaiting } = await import('./announce.ts');
    if (result.status === 'failed') announceFailure(result, run, { input, output: this.#output });
    else void announceWaiting(run, this.#output);
  }

  /** What is debugged or recorded runs here. */
  async #runnerOf(run: RunViewModel, section: OutputSection): Promise<GraphRunner> {
    const { debug, recording, runOn } = this.#modes.get(run) ?? {};
    const isHere = debug !== undefined || recording !== undefined;
    const on = runOn ?? (isHere ? '' : readSettings(Uri.file(run.file)).runOn);
    if (on === '') return this.#runner;
    const { runnerOn } = await import('./servers.ts');
    const runner = runnerOn(on, run.file);
    section.append([`Runs on the Restate server at ${runner.ingress}`]);
    return runner;
  }

  /** A run that goes on adds to what it has recorded before. */
  #recording(
    run: RunViewModel,
    { resume }: Pick<RunOptions, 'resume'>,
  ): Pick<RunOptions, 'recording'> {
    const mode = this.#modes.get(run)?.recording ?? readSettings(Uri.file(run.file)).record;
    if (mode === 'off') return {};
    const folder = join(dirname(run.file), RECORDINGS);
    return { recording: { folder, mode, keepsOlder: resume !== undefined, advice: ADVICE } };
  }

  async #debugging(run: RunViewModel): Promise<DebuggedRun | undefined> {
    const debug = this.#modes.get(run)?.debug;
    if (!debug) return undefined;
    const { DebuggedRun } = await import('../debug/debuggedRun.ts');
    const { again, ...debugging } = debug;
    return new DebuggedRun(run, debugging, { again: again && (() => again(run.target)) });
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
  const { findGraphs } = await import('../../loader/source/findGraphs.ts');
  const text = await readFile(run.file, 'utf8').catch(() => '');
  const { graphs } = findGraphs(text, run.file);
  const range = findNode(graphs, run.exportName, nodeId);
  return range ? { ...result, problem: { ...problem, file: run.file, range } } : result;
}
