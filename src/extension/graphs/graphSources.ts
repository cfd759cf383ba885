import { EventEmitter, workspace, type Disposable, type Event, type TextDocument } from 'vscode';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import { DisposableStore } from '../disposableStore.ts';
import { shiftGraphs } from './shiftGraphs.ts';

interface Known {
  readonly version: number;
  readonly graphs: readonly StaticGraph[];
}

/**
 * The graphs that a document defines, read from its text and never by running it. While the text
 * cannot be parsed, which is most of the time while one types, the last graphs stay, moved along.
 */
export class GraphSources implements Disposable {
  readonly #owned = new DisposableStore();
  /** By URI. */
  readonly #known = new Map<string, Known>();
  /** Paths of files in which graphs were found last. */
  readonly #files = new Set<string>();
  readonly #changed = this.#owned.add(new EventEmitter<readonly string[]>());

  /** Tells the paths of all files in which graphs have been found, when they become others. */
  readonly onDidChangeFiles: Event<readonly string[]> = this.#changed.event;

  constructor() {
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const known = this.#known.get(document.uri.toString());
        if (!known || contentChanges.length === 0) return;
        this.#known.set(document.uri.toString(), {
          version: known.version,
          graphs: shiftGraphs(known.graphs, contentChanges),
        });
      }),
    );
    this.#owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => this.#known.delete(uri.toString())),
    );
  }

  /**
   * The document's graphs, in the order of the text. Never throws for broken text. What does not
   * mention the packages that graphs are made with is not parsed.
   */
  async read(document: TextDocument): Promise<readonly StaticGraph[]> {
    const { mayHoldGraphs } = await import('./mayHoldGraphs.ts');
    const graphs = mayHoldGraphs(document) ? await this.#parse(document) : [];
    const { fsPath } = document.uri;
    const isNews = graphs.length > 0 !== this.#files.has(fsPath);
    if (graphs.length > 0) this.#files.add(fsPath);
    else this.#files.delete(fsPath);
    if (isNews) this.#changed.fire([...this.#files]);
    return graphs;
  }

  async #parse(document: TextDocument): Promise<readonly StaticGraph[]> {
    // The parser loads with the first graph file; nothing below may wait, or an edit slips between.
    const { findGraphs } = await import('../../loader/source/findGraphs.ts');
    const key = document.uri.toString();
    const known = this.#known.get(key);
    if (known?.version === document.version) return known.graphs;
    const found = findGraphs(document.getText(), document.uri.fsPath);
    const graphs = found.complete ? found.graphs : merge(found.graphs, known?.graphs ?? []);
    if (!document.isClosed) this.#known.set(key, { version: document.version, graphs });
    return graphs;
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** What was found in broken text, and what was there before and may only be hidden by the break. */
function merge(
  found: readonly StaticGraph[],
  before: readonly StaticGraph[],
): readonly StaticGraph[] {
  const names = new Set(found.map(({ localName }) => localName));
  const hidden = before.filter(({ localName }) => !names.has(localName));
  return [...found, ...hidden].sort((a, b) => a.range.line1 - b.range.line1);
}
