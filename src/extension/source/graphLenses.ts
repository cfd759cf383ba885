import {
  CodeLens,
  EventEmitter,
  Uri,
  workspace,
  type CodeLensProvider,
  type Command,
  type Disposable,
  type Event,
  type TextDocument,
} from 'vscode';
import type { SourceRange } from '../../loader/source/staticGraph.ts';
import type { Waiting } from '../../protocol/waiting.ts';
import type { Activities, Activity } from '../runs/activities.ts';
import { DisposableStore } from '../disposableStore.ts';
import { isProject } from '../graphs/graphFile.ts';
import type { GraphSources } from '../graphs/graphSources.ts';
import { toRange } from '../graphs/problems.ts';
import { readSettings } from '../settings.ts';
import { countWaits, type WaitingRuns } from '../runs/waitingRuns.ts';

/** Where lenses of a graph are shown. */
interface LensPlace {
  readonly uri: Uri;
  readonly exportName: string;
  readonly range: SourceRange;
}

/** A lens swallows an ordinary blank behind an icon. */
const NBSP = '\u00a0';

/**
 * Run, Debug, Run with Input… and Preview above each graph; Stop and the state while it runs; and after a run
 * that waits, how many answers it waits for: a click answers.
 */
export class GraphLenses implements CodeLensProvider, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #sources: GraphSources;
  readonly #activities: Activities;
  readonly #waits: WaitingRuns;
  /** What went on when the lenses were last asked for anew. */
  #shown = '';

  readonly onDidChangeCodeLenses: Event<void> = this.#changed.event;

  constructor(parts: { sources: GraphSources; activities: Activities; waits: WaitingRuns }) {
    const { activities, waits } = parts;
    this.#sources = parts.sources;
    this.#activities = activities;
    this.#waits = waits;
    this.#owned.add(waits.onDidChange(() => this.#changed.fire()));
    this.#owned.add(activities.onDidChange(() => this.#refresh()));
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        const settings = ['superstep.codeLens', 'superstep.files'];
        if (settings.some((name) => change.affectsConfiguration(name))) this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    if (!readSettings(document.uri).codeLens) return [];
    const exported = isProject(document.uri)
      ? await namedIn(document)
      : await this.#exportedBy(document);
    const byLine = Map.groupBy(exported, ({ range }) => range.line1);
    return exported.flatMap(({ uri, exportName, range }) => {
      const place = toRange({ ...range, endLine1: range.line1, endColumn1: range.column1 });
      const isAlone = byLine.get(range.line1)!.length === 1;
      return this.#commands(uri, exportName).map((command) => {
        // Of several graphs in one line each says its name.
        const title = isAlone ? command.title : `${command.title}${NBSP}${exportName}`;
        return new CodeLens(place, { ...command, title });
      });
    });
  }

  async #exportedBy(document: TextDocument): Promise<LensPlace[]> {
    const { uri } = document;
    // What is not exported cannot be reached from outside: it has no lenses.
    const graphs = await this.#sources.read(document);
    return graphs.flatMap(({ exportName, range }) =>
      exportName === undefined ? [] : [{ uri, exportName, range }],
    );
  }

  #commands(uri: Uri, exportName: string): Command[] {
    const target = [uri, exportName];
    const graph = { file: uri.fsPath, exportName };
    const running = this.#activities.of(graph);
    const preview = { title: 'Preview', command: 'superstep.previewGraph', arguments: target };
    if (running.length === 0) {
      const waiting = this.#waits.of(graph)?.waiting;
      return [
        ...(waiting ? [answerLens(waiting, target)] : []),
        { title: `$(play)${NBSP}Run`, command: 'superstep.runGraph', arguments: target },
        { title: 'Debug', command: 'superstep.debugGraph', arguments: target },
        {
          title: 'Run with Input…',
          command: 'superstep.runGraphWithInput',
          arguments: target,
        },
        preview,
      ];
    }
    // Where Run was stands what does no harm: who clicks twice must not stop the run.
    const state = {
      title: `$(sync~spin)${NBSP}${stateOf(running)}`,
      command: 'superstep.showOutput',
      arguments: [],
    };
    if (running.every(({ isStopping }) => isStopping)) return [state, preview];
    return [
      state,
      { title: `$(debug-stop)${NBSP}Stop`, command: 'superstep.stopRun', arguments: target },
      preview,
    ];
  }

  /** Only for a run that begins, stops or ends: the editor takes its time, a count would be stale. */
  #refresh(): void {
    const now = JSON.stringify(
      this.#activities.shown.map(({ file, exportName, isStopping }) => [
        file,
        exportName,
        isStopping,
      ]),
    );
    if (now === this.#shown) return;
    this.#shown = now;
    this.#changed.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** The graphs of other files that a project names. */
async function namedIn(document: TextDocument): Promise<LensPlace[]> {
  const { parseProject } = await import('../../loader/langGraphJson.ts');
  const { graphs } = parseProject(document.getText(), document.uri.fsPath);
  return graphs.map(({ file, exportName, range }) => ({ uri: Uri.file(file), exportName, range }));
}

function answerLens(waiting: Waiting, target: unknown[]): Command {
  const word = waiting.questions.length > 0 ? 'Answer' : 'Go On';
  const title = `$(comment-discussion)${NBSP}${word} (${countWaits(waiting)})`;
  return { title, command: 'superstep.answerQuestion', arguments: target };
}

function stateOf(running: readonly Activity[]): string {
  if (running.every(({ isStopping }) => isStopping)) return 'Stopping…';
  return running.length > 1 ? `Running ${running.length}×` : 'Running';
}
