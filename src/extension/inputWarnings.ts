import {
  Diagnostic,
  DiagnosticSeverity,
  Range,
  languages,
  workspace,
  type Disposable,
  type TextDocument,
} from 'vscode';
import { checkInput, type CheckedGraph } from '../runner/checkInput.ts';
import { DisposableStore } from './disposableStore.ts';
import { targetKey, type GraphTarget } from './graphFile.ts';
import type { GraphFiles } from './graphFiles.ts';
import { InputDocuments, INPUT_SCHEME } from './inputDocuments.ts';
import { keyPlaces } from './keyPlaces.ts';
import { renamed, type PathOwner, type Rename } from './rename.ts';

/**
 * Marks in the documents of inputs what does not fit the graphs, as far as those were loaded: as one
 * types, and again when a graph has changed.
 */
export class InputWarnings implements Disposable, PathOwner {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('superstep input'));
  /** What the graphs take, by `targetKey`. */
  readonly #graphs = new Map<
    string,
    { readonly target: GraphTarget; readonly graph: CheckedGraph }
  >();

  constructor(files: GraphFiles) {
    this.#owned.add(
      files.onDidChange((found) => {
        if (found.state !== 'loaded') return;
        const { file, description } = found;
        for (const graph of description.graphs) {
          this.#keep({ file, exportName: graph.exportName }, graph);
        }
        this.#markAll();
      }),
    );
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#mark(document)));
    this.#owned.add(workspace.onDidChangeTextDocument(({ document }) => this.#mark(document)));
    this.#owned.add(workspace.onDidCloseTextDocument(({ uri }) => this.#collection.delete(uri)));
  }

  move(rename: Rename): void {
    const kept = [...this.#graphs.values()];
    this.#graphs.clear();
    for (const { target, graph } of kept) this.#keep(renamed(target, rename), graph);
    this.#markAll();
  }

  #keep(target: GraphTarget, graph: CheckedGraph): void {
    this.#graphs.set(targetKey(target), { target, graph });
  }

  #markAll(): void {
    workspace.textDocuments.forEach((document) => this.#mark(document));
  }

  #mark(document: TextDocument): void {
    if (document.uri.scheme !== INPUT_SCHEME) return;
    const target = InputDocuments.target(document.uri);
    const graph = target && this.#graphs.get(targetKey(target))?.graph;
    this.#collection.set(document.uri, graph ? diagnosticsOf(document, graph) : []);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function diagnosticsOf(document: TextDocument, graph: CheckedGraph): Diagnostic[] {
  const text = document.getText();
  let input: unknown;
  try {
    input = JSON.parse(text) as unknown;
  } catch {
    // The editor's own JSON support tells of that.
    return [];
  }
  const problems = checkInput(graph, input);
  const places = problems.length > 0 ? keyPlaces(text) : undefined;
  return problems.map(({ key, problem, isGuess }) => {
    const { start, end } = places?.get(key) ?? firstCharacter(text);
    const range = new Range(document.positionAt(start), document.positionAt(end));
    const severity = isGuess ? DiagnosticSeverity.Information : DiagnosticSeverity.Warning;
    const message = problem.charAt(0).toUpperCase() + problem.slice(1);
    const diagnostic = new Diagnostic(range, message, severity);
    diagnostic.source = 'superstep';
    return diagnostic;
  });
}

/** Where the value begins: of a key that is missing there is no other place. */
function firstCharacter(text: string): { readonly start: number; readonly end: number } {
  const start = Math.max(0, text.search(/\S/));
  return { start, end: start + 1 };
}
