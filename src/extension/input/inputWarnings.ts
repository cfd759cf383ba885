import { languages, workspace, type Disposable, type TextDocument, type Uri } from 'vscode';
import type { GraphDescription } from '../../runner/runner.ts';
import type { GraphValues } from '../../runner/valueSchema.ts';
import { DisposableStore } from '../disposableStore.ts';
import { STATE_SCHEME, stateTarget } from './documentTarget.ts';
import { targetKey, type GraphTarget } from '../graphs/graphFile.ts';
import type { GraphFiles } from '../graphs/graphFiles.ts';
import { InputDocuments, INPUT_SCHEME } from './inputDocuments.ts';
import { renamed, type PathOwner, type Rename } from '../graphs/rename.ts';

/**
 * Marks in the documents of inputs and states what does not fit the graphs, as far as those were loaded, as
 * one types and again when a graph has changed; and offers what fits.
 */
export class InputWarnings implements Disposable, PathOwner {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('superstep input'));
  /** What the graphs take, by `targetKey`. */
  readonly #graphs = new Map<
    string,
    { readonly target: GraphTarget; readonly graph: GraphDescription }
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
    const documents = [{ scheme: INPUT_SCHEME }, { scheme: STATE_SCHEME }];
    this.#owned.add(
      languages.registerCompletionItemProvider(
        documents,
        {
          provideCompletionItems: async (document, position) => {
            const values = this.#valuesOf(document.uri);
            const { valueCompletions } = await loadValues();
            return values && valueCompletions(document, position, values);
          },
        },
        '"',
      ),
    );
    this.#owned.add(workspace.onDidOpenTextDocument((document) => void this.#mark(document)));
    this.#owned.add(workspace.onDidChangeTextDocument(({ document }) => void this.#mark(document)));
    this.#owned.add(workspace.onDidCloseTextDocument(({ uri }) => this.#collection.delete(uri)));
  }

  move(rename: Rename): void {
    const kept = [...this.#graphs.values()];
    this.#graphs.clear();
    for (const { target, graph } of kept) this.#keep(renamed(target, rename), graph);
    this.#markAll();
  }

  #keep(target: GraphTarget, graph: GraphDescription): void {
    this.#graphs.set(targetKey(target), { target, graph });
  }

  #markAll(): void {
    workspace.textDocuments.forEach((document) => void this.#mark(document));
  }

  async #mark(document: TextDocument): Promise<void> {
    const { uri, version } = document;
    if (uri.scheme !== INPUT_SCHEME && uri.scheme !== STATE_SCHEME) return;
    const { valueProblems } = await loadValues();
    if (document.isClosed || document.version !== version) return;
    const values = this.#valuesOf(uri);
    const what = uri.scheme === INPUT_SCHEME ? 'input' : 'state';
    this.#collection.set(uri, values ? valueProblems(document, values, what) : []);
  }

  #valuesOf(uri: Uri): GraphValues | undefined {
    const target = InputDocuments.target(uri) ?? stateTarget(uri);
    const graph = target && this.#graphs.get(targetKey(target))?.graph;
    if (!graph) return undefined;
    const { kind, inputFields, stateFields = inputFields, schemas = {} } = graph;
    return { kind, fields: uri.scheme === INPUT_SCHEME ? inputFields : stateFields, schemas };
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Loaded when there is such a document. */
async function loadValues() {
  return import('./values.ts');
}
