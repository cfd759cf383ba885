import { isDeepStrictEqual } from 'node:util';
import { Uri, window, workspace, type Memento } from 'vscode';
import { LoadError } from '../loader/loadError.ts';
import type { Resume } from '../protocol/threads.ts';
import { checkInput, seriousProblems, type InputProblem } from '../runner/checkInput.ts';
import type { RunResult } from '../runner/runner.ts';
import type { RunViewModel } from './runViewModel.ts';
import type { Activities, Activity } from './activities.ts';
import { announceLoadError } from './announce.ts';
import { GraphChoice, sinceAsked } from './graphChoice.ts';
import { targetKey, type GraphTarget } from './graphFile.ts';
import type { GraphFiles } from './graphFiles.ts';
import { INPUT_SCHEME, InputDocuments } from './inputDocuments.ts';
import type { InputMemory } from './inputMemory.ts';
import { inputText, ownInput, parseInput } from './ownInput.ts';
import { pickGraph } from './pickGraph.ts';
import type { Previews } from './previews.ts';
import type { RunOutput } from './runOutput.ts';
import type { ChosenGraph, ForkedThread, Runs } from './runs.ts';
import { saveFirst } from './saveFirst.ts';
import { readSettings } from './settings.ts';
import { Starts } from './starts.ts';
import { mayRun } from './trust.ts';
import type { WaitingRuns } from './waitingRuns.ts';

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
  async runGraph(uri?: unknown, exportName?: unknown): Promise<RunResult | undefined> {
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place || !mayRun()) return undefined;
    const name = typeof exportName === 'string' ? exportName : '';
    return this.#starts.join(targetKey({ file: place.toString(), exportName: name }), (begun) =>
      place.scheme === INPUT_SCHEME
        ? this.#runWithDocument(place, begun)
        : this.#runFile(place, exportName, begun),
    );
  }

  async #runFile(
    place: Uri,
    exportName: unknown,
    begun: () => void,
  ): Promise<RunResult | undefined> {
    const chosen = await this.#mayStart(await this.#choice.loadToRun(place, exportName));
    if (!chosen) return undefined;
    const { graph, target } = chosen;
    if (graph.hasInput) {
      const started = await mayRunWith(chosen, graph.input, place, begun);
      return started && this.#run(started, undefined, begun);
    }
    // An entrypoint takes one value, whatever it is; a graph takes an object of its required keys.
    const isValue = graph.kind === 'entrypoint';
    const asked = graph.inputFields.filter((field) => isValue || field.required);
    if (asked.length === 0) return this.#run(chosen, {}, begun);
    const last = parseInput(this.#parts.inputMemory.get(target));
    const previous = isValue ? { [asked[0]!.key]: last } : toRecord(last);
    const { askInput } = await import('./askInput.ts');
    const answers = await askInput(`Input of ${graph.name}`, asked, previous);
    if (!answers) return undefined;
    const input = isValue ? answers[asked[0]!.key] : answers;
    await this.#parts.inputMemory.set(
      target,
      inputText(isValue ? input : { ...previous, ...answers }),
    );
    return this.#run(sinceAsked(chosen), input, begun);
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
      return this.#run(chosen, isOwn ? undefined : (input ?? {}), begun);
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
  ): Promise<RunResult | undefined> {
    return this.#starts.join(`from ${targetKey(target)}`, async (begun) => {
      const loaded = await this.#choice.loadToRun(Uri.file(target.file), target.exportName);
      if (loaded && loaded.target.exportName !== target.exportName) return undefined;
      const chosen = await this.#mayStart(loaded);
      if (!chosen) return undefined;
      return this.#follow(chosen, begun, (runs) => runs.runFrom(chosen, thread, resume));
    });
  }

  /**
   * Goes on with a run that waits, with the code as it is now.
   * @returns How it ended, once it has; `undefined` if it could not go on, which the user was told.
   */
  async resume(waiting: RunViewModel, resume: Resume): Promise<RunResult | undefined> {
    if (!mayRun()) return undefined;
    const { target } = waiting;
    const { output, previews, runs, waits } = this.#parts;
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
      return await runs.resume(waiting, chosen, resume);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      await announceLoadError(target.file, error, output);
      return undefined;
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
    for (const activity of await pickActivities(running)) activity.stop();
  }

  /** Opens the diagram of a graph beside the editor. */
  async previewGraph(uri?: unknown, exportName?: unknown): Promise<void> {
    const { files, output, previews } = this.#parts;
    const place = uri instanceof Uri ? uri : await this.#choice.fileAtHand();
    if (!place) return;
    // A restricted window reads the text that is on the screen.
    const file = workspace.isTrusted ? await saveFirst(place) : place.fsPath;
    if (file === undefined) return;
    // The panel comes at once where the graph is known; what is wrong with the file stands there.
    if (typeof exportName === 'string' || !workspace.isTrusted) {
      previews.open(typeof exportName === 'string' ? { file, exportName } : { file });
      return files.refresh(file);
    }
    try {
      const loaded = await files.load(file);
      const graph =
        loaded && (await pickGraph(file, loaded.description.graphs, this.#parts.workspaceState));
      if (graph) previews.open({ file, exportName: graph.exportName });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      previews.open({ file });
      await announceLoadError(file, error, output);
    }
  }

  async #runWithDocument(uri: Uri, begun: () => void): Promise<RunResult | undefined> {
    const target = InputDocuments.target(uri);
    if (!target) return undefined;
    const taken = await this.#parts.inputDocuments.take(uri);
    if (!taken) return undefined;
    const chosen = await this.#mayStart(
      await this.#choice.loadToRun(Uri.file(target.file), target.exportName),
    );
    const started = chosen && (await mayRunWith(chosen, taken.input, uri, begun));
    return started && this.#run(started, taken.input, begun);
  }

  /** What is to be started, unless the user does not want that: who is asked if it runs already. */
  async #mayStart(chosen: ChosenGraph | undefined): Promise<ChosenGraph | undefined> {
    const running = chosen && this.#parts.runs.activeRun(chosen.target);
    if (!running) return chosen;
    const mayRun = running.elapsedMs >= DOUBLE_CLICK_MS && (await askToRunAgain(running));
    return mayRun ? sinceAsked(chosen) : undefined;
  }

  async #run(
    chosen: ChosenGraph,
    input: unknown,
    begun: () => void,
  ): Promise<RunResult | undefined> {
    return this.#follow(chosen, begun, (runs) => runs.run(chosen, input));
  }

  async #follow(
    chosen: ChosenGraph,
    begun: () => void,
    start: (runs: Runs) => Promise<RunResult>,
  ): Promise<RunResult | undefined> {
    const { output, previews, runs } = this.#parts;
    const { target } = chosen;
    if (readSettings(Uri.file(target.file)).openPreviewOnRun) previews.open(target);
    try {
      const running = start(runs);
      begun();
      return await running;
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      await announceLoadError(target.file, error, output);
      return undefined;
    }
  }
}

/** In a list, which stays until it is answered, and where Esc leaves all as it is. */
async function askToRunAgain(run: RunViewModel): Promise<boolean> {
  const second = '$(play) Start a Second Run';
  const instead = '$(debug-restart) Stop It, Then Run Again';
  const title = `${run.title} Is Running Already`;
  const chosen = await window.showQuickPick([second, instead], { title });
  if (chosen === instead) await run.stopped();
  return chosen !== undefined;
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
  const edit = 'Edit Input';
  const anyway = 'Run Anyway';
  const message = `The input of ${graph.name} does not fit: ${listProblems(problems)}`;
  const choice = await window.showWarningMessage(message, edit, anyway);
  if (choice === edit) await window.showTextDocument(place, { preview: false });
  return choice === anyway ? sinceAsked(chosen) : undefined;
}

/** As many as fit into a notification. */
function listProblems(problems: readonly InputProblem[]): string {
  const shown = problems.slice(0, 3).map(({ problem }) => problem);
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('. ');
}

async function pickActivities(running: readonly Activity[]): Promise<readonly Activity[]> {
  const items = running.map((activity) => ({
    label: activity.title,
    description: `${activity.state} ${workspace.asRelativePath(activity.file)}`,
    stops: [activity],
  }));
  const all = { label: `All ${running.length}`, description: '', stops: running };
  const chosen = await window.showQuickPick([...items, all], { placeHolder: 'Stop which run?' });
  return chosen?.stops ?? [];
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
