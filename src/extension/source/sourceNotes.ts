import {
  DecorationRangeBehavior,
  ThemeColor,
  window,
  workspace,
  type Disposable,
  type Range,
  type TextDocumentChangeEvent,
  type TextEditor,
} from 'vscode';
import { DisposableStore } from '../disposableStore.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { GraphSources } from '../graphs/graphSources.ts';
import type { Note, NotedRun } from './nodeNotes.ts';
import { renamed, type PathOwner, type Rename } from '../graphs/rename.ts';
import type { Runs } from '../runs/runs.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import { readSettings } from '../settings.ts';

/** Between two drawings while a run goes on. */
const drawEveryMs = 250;

/**
 * Says at each node in the source how it has fared in the last run: time, count, tokens, failures; what
 * it was given and has done, on hover. A node that is edited loses its note.
 */
export class SourceNotes implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #sources: GraphSources;
  /** The last run of each graph, by file and export. */
  readonly #noted = new Map<string, NotedRun>();
  readonly #decoration = this.#owned.add(
    window.createTextEditorDecorationType({
      after: { color: new ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 2em' },
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    }),
  );
  /** Where the notes stand, by the document's URI: an edit there ends the note. */
  readonly #notes = new Map<string, readonly Note[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ sources, runs }: { sources: GraphSources; runs: Runs }) {
    this.#sources = sources;
    this.#owned.add(runs.onDidStart((run) => this.#follow(run)));
    this.#owned.add(window.onDidChangeVisibleTextEditors(() => this.#drawSoon(0)));
    this.#owned.add(workspace.onDidChangeTextDocument((change) => this.#edit(change)));
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('superstep.sourceNotes')) this.#drawSoon(0);
      }),
    );
  }

  #follow(run: RunViewModel): void {
    const { target } = run;
    this.#noted.set(keyOf(target), { target, run, edited: new Set() });
    run.onDidProgress(() => this.#drawSoon(drawEveryMs));
    run.onDidEnd(() => this.#drawSoon(0));
    this.#drawSoon(0);
  }

  /** The notes of a graph stay with its file. */
  move(rename: Rename): void {
    const all = [...this.#noted.values()];
    this.#noted.clear();
    for (const noted of all) {
      const target = renamed(noted.target, rename);
      this.#noted.set(keyOf(target), { ...noted, target });
    }
    this.#drawSoon(0);
  }

  #edit({ document, contentChanges }: TextDocumentChangeEvent): void {
    const notes = this.#notes.get(document.uri.toString());
    if (!notes || contentChanges.length === 0) return;
    for (const { range, noted, progress } of notes) {
      if (contentChanges.some((change) => touches(range, change.range)))
        noted.edited.add(progress.id);
    }
    this.#drawSoon(0);
  }

  #drawSoon(afterMs: number): void {
    if (afterMs === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const editor of window.visibleTextEditors) void this.#draw(editor);
    }, afterMs);
  }

  async #draw(editor: TextEditor): Promise<void> {
    const { document } = editor;
    const noted = [...this.#noted.values()].filter(
      ({ target }) => target.file === document.uri.fsPath,
    );
    if (noted.length === 0 || document.uri.scheme !== 'file') return;
    const { decorationsOf, notesOf } = await import('./nodeNotes.ts');
    const { version } = document;
    const graphs = await this.#sources.read(document);
    // An edit that has come in between asks for another drawing.
    if (document.version !== version) return;
    const isOn = readSettings(document.uri).sourceNotes;
    const notes = isOn ? noted.flatMap((each) => notesOf(each, { document, graphs })) : [];
    this.#notes.set(document.uri.toString(), notes);
    editor.setDecorations(this.#decoration, decorationsOf(notes, document));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }
}

/** Whether an edit changes a node, and not only what stands above or below it. */
function touches(node: Range, edit: Range): boolean {
  return edit.start.isBefore(node.end) && edit.end.isAfterOrEqual(node.start);
}

function keyOf({ file, exportName }: GraphTarget): string {
  return JSON.stringify([file, exportName]);
}
