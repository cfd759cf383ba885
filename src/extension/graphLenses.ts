import {
  CodeLens,
  EventEmitter,
  workspace,
  type CodeLensProvider,
  type Command,
  type Disposable,
  type Event,
  type TextDocument,
} from 'vscode';
import type { Activities } from './activities.ts';
import { DisposableStore } from './disposableStore.ts';
import type { GraphSources } from './graphSources.ts';
import { toRange } from './problems.ts';
import { readSettings } from './settings.ts';

/** At most one refresh in this many milliseconds while a run goes on. */
const REFRESH_MS = 250;

/** A lens swallows an ordinary blank behind an icon. */
const NBSP = '\u00a0';

/** Run, Run with Input… and Preview above each graph; Stop and the state while it runs. */
export class GraphLenses implements CodeLensProvider, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #sources: GraphSources;
  readonly #activities: Activities;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeCodeLenses: Event<void> = this.#changed.event;

  constructor(sources: GraphSources, activities: Activities) {
    this.#sources = sources;
    this.#activities = activities;
    this.#owned.add(activities.onDidChange(() => this.#refreshSoon()));
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('superstep.codeLens')) this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    if (!readSettings(document.uri).codeLens) return [];
    const graphs = await this.#sources.read(document);
    return graphs.flatMap(({ exportName, range }) => {
      // What is not exported cannot be reached from outside: it has no lenses.
      if (exportName === undefined) return [];
      const place = toRange({ ...range, endLine1: range.line1, endColumn1: range.column1 });
      return this.#commands(document, exportName).map((command) => new CodeLens(place, command));
    });
  }

  #commands(document: TextDocument, exportName: string): Command[] {
    const target = [document.uri, exportName];
    const running = this.#activities.of({ file: document.uri.fsPath, exportName });
    const preview = { title: 'Preview', command: 'superstep.previewGraph', arguments: target };
    if (running.length === 0) {
      return [
        { title: `$(play)${NBSP}Run`, command: 'superstep.runGraph', arguments: target },
        {
          title: 'Run with Input…',
          command: 'superstep.runGraphWithInput',
          arguments: target,
        },
        preview,
      ];
    }
    const state = running.length > 1 ? `${running.length} runs` : (running[0]?.state ?? '');
    return [
      { title: `$(debug-stop)${NBSP}Stop`, command: 'superstep.stopRun', arguments: target },
      {
        title: `$(sync~spin)${NBSP}Running ${state}`.trimEnd(),
        command: 'superstep.showOutput',
        arguments: [],
      },
      preview,
    ];
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, REFRESH_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }
}
