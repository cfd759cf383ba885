import { isDeepStrictEqual } from 'node:util';
import { Uri, window, workspace, type Memento } from 'vscode';
import { LoadError } from '../loader/loadError.ts';
import type { Resume } from '../protocol/threads.ts';
import { checkInput, seriousProblems } from '../runner/checkInput.ts';
import type { Parity } from '../runner/parity/parity.ts';
import type { Runner, RunResult } from '../runner/runner.ts';
import type { RunViewModel } from './runs/runViewModel.ts';
import type { Activities } from './runs/activities.ts';
import { GraphChoice, sinceAsked } from './graphs/graphChoice.ts';
import { targetKey, type GraphTarget } from './graphs/graphFile.ts';
import type { GraphFiles } from './graphs/graphFiles.ts';
import { INPUT_SCHEME, InputDocuments } from './input/inputDocuments.ts';
import type { InputMemory } from './input/inputMemory.ts';
import { inputText, ownInput, parseInput } from './input/ownInput.ts';
import type { PreviewPlace, Previews } from './panel/previews.ts';
import type { RunOutput } from './runs/runOutput.ts';
import type { ForkedThread } from './runs/keptThreads.ts';
import type { ChosenGraph, RunMode, Runs } from './runs/runs.ts';
import { saveFirst } from './graphs/saveFirst.ts';
import { readSettings } from './settings.ts';
import { Starts } from './runs/starts.ts';
import { mayRun } from './trust.ts';
import type { WaitingRuns } from './runs/waitingRuns.ts';
import type { ModelSource } from './models/modelSource.ts';

/** A second start so soon after a run began is part of a double click. */
const DOUBLE_CLICK_MS = 1000;

interface Parts {
  readonly activities: Activities;
  readonly inputDocuments: InputDocuments;
  readonly inputMemory: InputMemory;
  readonly files: GraphFiles;
  readonly output: RunOutput;
  readonly previews: Previews;
  readonly runs: Runs;
  readonly waits: WaitingRuns;
  readonly workspaceState: Memento;
}

/** How a run is to be, and with what. */
export interface RunWish extends RunMode {
  /** In the place of the file's own input. */
  readonly input?: { readonly value: unknown } | undefined;
}

/** What runs a graph where no run is shown. */
interface Engines {
  readonly runner: Pick<Runner, 'run'>;
  readonly models: Pick<ModelSource, 'provider'>;
}

/** How a run begins. */
interface Start extends RunWish {
  /** To be called when it has, or when the user is asked something. */
  readonly begun: () => void;
}

/**
 * What the user can do. Each command takes a file's URI and a graph's export name; menus pass the
 * URI only, the palette nothing, and what is missing is asked for.
 */
export class GraphCommands {
  readonly #parts: Parts;
  readonly #choice: GraphChoice;
  readonly #starts = new Starts<RunResult | undefined>();
  /** Runs that wait, and that are about to go on. */
  readonly #resuming = new Set<RunViewModel>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#choice = new GraphChoice(parts);
  }

  /**
   * Runs a graph, or the graph whose input is being edited. While it is just being started the same
   * command does no more than that; while it runs, the user is asked.
   * @returns How the run ended, once it has; `undefined` if it never began.
   */
  async runGraph(
    uri?: unknown,
    exportName?: unknown,
    wish?: RunWish,
  ): Promise<RunResult | undefined> {
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place || !mayRun()) return undefined;
    const name = typeof exportName === 'string' ? exportName : '';
    return this.#starts.join(targetKey({ file: place.toString(), exportName: name }), (begun) =>
      place.scheme === INPUT_SCHEME
        ? this.#runWithDocument(place, { begun, ...wish })
        : this.#runFile(place, exportName, { begun, ...wish }),
    );
  }

  async #runFile(place: Uri, exportName: unknown, start: Start): Promise<RunResult | undefined> {
    const chosen = await this.#mayStart(await this.#choice.loadToRun(place, exportName));
    if (!chosen) return undefined;
    const { graph } = chosen;
    const given = start.input ?? (graph.hasInput ? { value: graph.input } : undefined);
    if (given) {
      const started = await mayRunWith(chosen, given.value, place, start.begun);
      return started && this.#run(started, start.input?.value, start);
    }
    const asked = await this.#askInput(chosen);
    return asked && this.#run(asked.isAtOnce ? chosen : sinceAsked(chosen), asked.input, start);
  }

  /**
   * Asks for what a graph needs and its file does not give. An entrypoint takes one value, whatever it is; a
   * graph takes an object of its required keys.
   * @returns `undefined` if the user does not want to answer. `isAtOnce`: nothing had to be asked.
   */
  async #askInput({
    graph,
    target,
  }: ChosenGraph): Promise<{ readonly input: unknown; readonly isAtOnce: boolean } | undefined> {
    const isValue = graph.kind === 'entrypoint';
    const asked = graph.inputFields.filter((field) => isValue || field.required);
    if (asked.length === 0) return { input: {}, isAtOnce: true };
    const last = parseInput(this.#parts.inputMemory.get(target));
    const previous = isValue ? { [asked[0]!.key]: last } : toRecord(last);
    const { askInput } = await import('./input/askInput.ts');
    const answers = await askInput(`Input of ${graph.name}`, asked, previous);
    if (!answers) return undefined;
    const input = isValue ? answers[asked[0]!.key] : answers;
    await this.#parts.inputMemory.set(
      target,
      inputText(isValue ? input : { ...previous, ...answers }),
    );
    return { input, isAtOnce: false };
  }

  /**
   * Runs a graph with both engines, and tells how they differ.
   * @returns What was found; `undefined` if it was given up, or one of them is not there, which the user was told.
   */
  async compareWithLangGraph(
    uri: unknown,
    exportName: unknown,
    parts: Engines,
  ): Promise<Parity | undefined> {
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place || !mayRun()) return undefined;
    const chosen = await this.#choice.loadToRun(place, exportName);
    if (!chosen) return undefined;
    const { output } = this.#parts;
    const asked = chosen.graph.hasInput ? { input: undefined } : await this.#askInput(chosen);
    if (!asked) return undefined;
    const { compareWithLangGraph } = await import('./runs/compareWithLangGraph.ts');
    return this.#telling(chosen.target, () =>
      compareWithLangGraph(chosen, asked.input, { ...parts, output }),
    );
  }

  /**
   * Runs a graph with an input that it was given before, with the code as it is now.
   * @returns As `runGraph`.
   */
  async runAgain(target: GraphTarget, input: unknown): Promise<RunResult | undefined> {
    return this.#starts.join(`again ${targetKey(target)}`, async (begun) => {
      const loaded = await this.#choice.loadToRun(Uri.file(target.file), target.exportName);
      if (loaded && loaded.target.exportName !== target.exportName) return undefined;
      const chosen = await this.#mayStart(loaded);
      if (!chosen) return undefined;
      // What the file itself offers may hold more than can be kept.
      const isOwn = chosen.graph.hasInput && isDeepStrictEqual(chosen.graph.input, input);
      return this.#run(chosen, isOwn ? undefined : (input ?? {}), { begun });
    });
  }

  /**
   * Goes on from a checkpoint of a thread that was kept, with the code as it is now.
   * @returns As `runGraph`.
   */
  async runFrom(
    target: GraphTarget,
    thread: ForkedThread,
    resume: Resume,
    mode?: RunMode,
  ): Promise<RunResult | undefined> {
    return this.#starts.join(`from ${targetKey(target)}`, async (begun) => {
      const loaded = await this.#choice.loadToRun(Uri.file(target.file), target.exportName);
      if (loaded && loaded.target.exportName !== target.exportName) return undefined;
      const chosen = await this.#mayStart(loaded);
      if (!chosen) return undefined;
      return this.#follow(chosen, begun, (runs, now) => runs.runFrom(now, thread, resume, mode));
    });
  }

  /**
   * Goes on with a run that waits, with the code as it is now.
   * @returns How it ended, once it has; `undefined` if it could not go on, which the user was told.
   */
  async resume(waiting: RunViewModel, resume: Resume): Promise<RunResult | undefined> {
    if (!mayRun()) return undefined;
    const { target } = waiting;
    const { previews, runs, waits } = this.#parts;
    if (this.#resuming.has(waiting)) return undefined;
    this.#resuming.add(waiting);
    try {
      const chosen = await this.#choice.loadToRun(Uri.file(target.file), target.exportName);
      if (!chosen) return undefined;
      // Meanwhile it may have been run anew.
      if (chosen.target.exportName !== target.exportName || waits.of(target) !== waiting) {
        const why = `${waiting.title} cannot go on: its graph is gone, or was run again.`;
        return void window.showWarningMessage(why);
      }
      if (readSettings(Uri.file(target.file)).openPreviewOnRun) previews.open(target);
      return await this.#telling(target, () => runs.resume(waiting, chosen, resume));
    } finally {
      this.#resuming.delete(waiting);
    }
  }

  /** Opens the input of a graph for editing; its lens runs the graph. */
  async runGraphWithInput(uri?: unknown, exportName?: unknown): Promise<void> {
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place || !mayRun()) return;
    if (place.scheme === INPUT_SCHEME) return void (await this.runGraph(place));
    const chosen = await this.#choice.load(place, exportName);
    if (chosen) await this.#parts.inputDocuments.open(chosen.target, ownInput(chosen.graph));
  }

  /** Puts the file's own input back into the document that edits it. */
  async resetInput(uri?: unknown): Promise<void> {
    const target = uri instanceof Uri ? InputDocuments.target(uri) : undefined;
    if (!target || !(uri instanceof Uri) || !mayRun()) return;
    const chosen = await this.#choice.load(Uri.file(target.file), target.exportName);
    if (chosen) await this.#parts.inputDocuments.reset(uri, ownInput(chosen.graph));
  }

  /** Stops what is meant if that is clear, else asks. */
  async stopRun(uri?: unknown, exportName?: unknown): Promise<void> {
    const { activities } = this.#parts;
    const file = uri instanceof Uri ? uri.fsPath : undefined;
    const found = activities.all.filter(
      (activity) =>
        (file === undefined || activity.file === file) &&
        (typeof exportName !== 'string' || activity.exportName === exportName),
    );
    if (found.length === 0) return void window.showInformationMessage('No graph is running.');
    const running = found.filter(({ isStopping }) => !isStopping);
    const [first, ...others] = running;
    if (!first) return;
    if (others.length === 0) return first.stop();
    const { pickActivities } = await import('./runs/askToRun.ts');
    for (const activity of await pickActivities(running)) activity.stop();
  }

  /**
   * Shows the diagram of a graph beside the editor.
   * @param how `isBeside`: in the column beside the active editor, wherever its panel was.
   */
  async previewGraph(uri?: unknown, exportName?: unknown, how?: PreviewPlace): Promise<void> {
    const { files, output, previews } = this.#parts;
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place) return;
    // A restricted window reads the text that is on the screen.
    const file = workspace.isTrusted ? await saveFirst(place) : place.fsPath;
    if (file === undefined) return;
    // The panel comes at once where the graph is known; what is wrong with the file stands there.
    if (typeof exportName === 'string' || !workspace.isTrusted) {
      previews.open(typeof exportName === 'string' ? { file, exportName } : { file }, how);
      return files.refresh(file);
    }
    try {
      const [loaded, { pickGraph }] = await Promise.all([
        files.load(file),
        import('./graphs/pickGraph.ts'),
      ]);
      const graph =
        loaded && (await pickGraph(file, loaded.description.graphs, this.#parts.workspaceState));
      if (graph) previews.open({ file, exportName: graph.exportName }, how);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      previews.open({ file }, how);
      const { announceLoadError } = await import('./runs/announce.ts');
      await announceLoadError(file, error, output);
    }
  }

  async #runWithDocument(uri: Uri, start: Start): Promise<RunResult | undefined> {
    const target = InputDocuments.target(uri);
    if (!target) return undefined;
    const taken = await this.#parts.inputDocuments.take(uri);
    if (!taken) return undefined;
    const chosen = await this.#mayStart(
      await this.#choice.loadToRun(Uri.file(target.file), target.exportName),
    );
    const started = chosen && (await mayRunWith(chosen, taken.input, uri, start.begun));
    return started && this.#run(started, taken.input, start);
  }

  /** What is to be started, unless the user does not want that: who is asked if it runs already. */
  async #mayStart(chosen: ChosenGraph | undefined): Promise<ChosenGraph | undefined> {
    const running = chosen && this.#parts.runs.activeRun(chosen.target);
    if (!running) return chosen;
    if (running.elapsedMs < DOUBLE_CLICK_MS) return undefined;
    const { askToRunAgain } = await import('./runs/askToRun.ts');
    return (await askToRunAgain(running)) ? sinceAsked(chosen) : undefined;
  }

  async #run(
    chosen: ChosenGraph,
    input: unknown,
    { begun, ...mode }: Start,
  ): Promise<RunResult | undefined> {
    return this.#follow(chosen, begun, (runs, now) => runs.run(now, input, mode));
  }

  async #follow(
    chosen: ChosenGraph,
    begun: () => void,
    start: (runs: Runs, now: ChosenGraph) => Promise<RunResult>,
  ): Promise<RunResult | undefined> {
    const { previews, runs } = this.#parts;
    const { target } = chosen;
    if (readSettings(Uri.file(target.file)).openPreviewOnRun) previews.open(target);
    return this.#telling(target, async () => {
      const running = start(runs, await this.#choice.asItIsNow(chosen));
      begun();
      return running;
    });
  }

  /** Tells of what is wrong with a file; anything else is a fault of ours. */
  async #telling<T>({ file }: GraphTarget, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      const { announceLoadError } = await import('./runs/announce.ts');
      await announceLoadError(file, error, this.#parts.output);
      return undefined;
    }
  }
}

/**
 * What is to be run, if it is to be with this input: the user is asked about one that does not fit.
 * @param place Where the input can be edited.
 * @param ask Called when the user is asked, who may take long.
 */
async function mayRunWith(
  chosen: ChosenGraph,
  input: unknown,
  place: Uri,
  ask: () => void,
): Promise<ChosenGraph | undefined> {
  const { graph } = chosen;
  const problems = seriousProblems(checkInput(graph, input));
  if (problems.length === 0) return chosen;
  ask();
  const { askToRunWith } = await import('./runs/askToRun.ts');
  return (await askToRunWith(graph.name, problems, place)) ? sinceAsked(chosen) : undefined;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
