import { TabInputText, Uri, window, type Memento } from 'vscode';
import { LoadError } from '../../loader/loadError.ts';
import { preparing, type Activities } from '../runs/activities.ts';
import { isGraphFile, isScript } from './graphFile.ts';
import type { GraphFiles } from './graphFiles.ts';
import { INPUT_SCHEME } from '../input/inputDocuments.ts';
import type { pickGraph } from './pickGraph.ts';
import type { Previews } from '../panel/previews.ts';
import type { RunOutput } from '../runs/runOutput.ts';
import type { ChosenGraph } from '../runs/runs.ts';
import { saveFirst } from './saveFirst.ts';

interface Parts {
  readonly activities: Activities;
  readonly files: GraphFiles;
  readonly output: RunOutput;
  readonly previews: Previews;
  readonly workspaceState: Memento;
}

/** Finds out which file and which of its graphs a command means, and loads it; what is not clear is asked. */
export class GraphChoice {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The file that the active editor or panel shows, or the user's choice. */
  async fileAtHand(): Promise<Uri | undefined> {
    const document = window.activeTextEditor?.document;
    if (document && (document.uri.scheme === INPUT_SCHEME || isScript(document))) {
      return document.uri;
    }
    // The editor knows no active text while a panel has the focus, or the output.
    const tab = window.tabGroups.activeTabGroup.activeTab?.input;
    if (tab instanceof TabInputText && isGraphFile(tab.uri)) return tab.uri;
    const { activeFile } = this.#parts.previews;
    if (activeFile !== undefined) return Uri.file(activeFile);
    const { pickGraphFile } = await import('./pickGraph.ts');
    return pickGraphFile();
  }

  /** Loads what is about to be run: where it is known which graph, its lens answers at once. */
  async loadToRun(place: Uri, exportName: unknown): Promise<ChosenGraph | undefined> {
    if (typeof exportName !== 'string') return this.load(place, exportName);
    const abort = new AbortController();
    const what = { title: exportName, file: place.fsPath, exportName, state: 'starting…' };
    const starting = this.#parts.activities.begin(preparing(abort, what), { atOnce: true });
    try {
      return await this.load(place, exportName, abort.signal);
    } finally {
      starting.dispose();
    }
  }

  /**
   * Saves and loads a file, and finds out which of its graphs is meant.
   * @param signal Of an activity that tells of it, and can be stopped.
   */
  async load(
    place: Uri,
    exportName: unknown,
    signal?: AbortSignal,
  ): Promise<ChosenGraph | undefined> {
    const { files, output, workspaceState } = this.#parts;
    const file = await saveFirst(place);
    if (file === undefined || signal?.aborted) return undefined;
    try {
      const loaded = await files.load(file, signal && { signal, isTold: true });
      if (!loaded) return undefined;
      const { graphs } = loaded.description;
      const named = graphs.find((graph) => graph.exportName === exportName);
      const graph = named ?? (await pick(file, graphs, workspaceState));
      if (!graph) return undefined;
      const chosen = { graph, loaded, target: { file, exportName: graph.exportName } };
      return named || graphs.length === 1 ? chosen : sinceAsked(chosen);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      const { announceLoadError } = await import('../runs/announce.ts');
      await announceLoadError(file, error, output);
      return undefined;
    }
  }

  /**
   * Loads a graph again that the user was asked about meanwhile: of a run it is kept what its nodes are made
   * of. What is wrong by now is told by the run.
   */
  async asItIsNow(chosen: ChosenGraph): Promise<ChosenGraph> {
    if (chosen.loaded) return chosen;
    const { target } = chosen;
    const loaded = await this.#parts.files.load(target.file).catch(() => undefined);
    const graph = loaded?.description.graphs.find(
      ({ exportName }) => exportName === target.exportName,
    );
    return loaded && graph ? { target, graph, loaded } : chosen;
  }
}

/** The file may have changed while the user was asked something. */
export function sinceAsked({ target, graph }: ChosenGraph): ChosenGraph {
  return { target, graph };
}

async function pick(...args: Parameters<typeof pickGraph>): ReturnType<typeof pickGraph> {
  const picking = await import('./pickGraph.ts');
  return picking.pickGraph(...args);
}
