import { Diagnostic, DiagnosticSeverity, Range, languages, Uri, type Disposable } from 'vscode';
import type { Problem } from '../loader/problem.ts';
import { DisposableStore } from './disposableStore.ts';

/**
 * What is wrong with graph files, in the Problems view. The problems of one graph file replace each
 * other as a whole, though they may stand in several files (the file itself and its imports).
 */
export class Problems implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('superstep'));
  /** By the graph file that was loaded or run. */
  readonly #byGraphFile = new Map<string, readonly Problem[]>();

  /** Replaces what was known about a graph file; an empty list clears it. */
  set(graphFile: string, problems: readonly Problem[]): void {
    const before = this.#byGraphFile.get(graphFile) ?? [];
    if (problems.length > 0) this.#byGraphFile.set(graphFile, problems);
    else this.#byGraphFile.delete(graphFile);
    const files = new Set([...before, ...problems].map(({ file }) => file ?? graphFile));
    for (const file of files) this.#publish(file);
  }

  /** Forgets what is known about a graph file, since it was closed or deleted. */
  forget({ scheme, fsPath }: Uri): void {
    if (scheme === 'file') this.set(fsPath, []);
  }

  #publish(file: string): void {
    const seen = new Map<string, Diagnostic>();
    for (const [graphFile, problems] of this.#byGraphFile) {
      for (const problem of problems) {
        if ((problem.file ?? graphFile) !== file) continue;
        // Two graph files with one broken import report the same thing.
        seen.set(JSON.stringify(problem), toDiagnostic(problem));
      }
    }
    this.#collection.set(Uri.file(file), [...seen.values()]);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Without a known place the file's first line stands for the whole file. */
function toDiagnostic({ severity, message, code, range }: Problem): Diagnostic {
  const diagnostic = new Diagnostic(
    toRange(range ?? { line1: 1, column1: 1, endLine1: 1, endColumn1: Number.MAX_SAFE_INTEGER }),
    message,
    severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'superstep';
  if (code !== undefined) diagnostic.code = code;
  return diagnostic;
}

/** From 1-based to the editor's 0-based places. */
export function toRange(range: {
  readonly line1: number;
  readonly column1: number;
  readonly endLine1: number;
  readonly endColumn1: number;
}): Range {
  return new Range(range.line1 - 1, range.column1 - 1, range.endLine1 - 1, range.endColumn1 - 1);
}
