import { Diagnostic, DiagnosticSeverity, Range, languages, Uri, type Disposable } from 'vscode';
import type { Problem } from '../../loader/problem.ts';
import { DisposableStore } from '../disposableStore.ts';
import { renamed, type PathOwner, type Rename } from './rename.ts';

/** Shows what the page of errors says of a code. Not in the palette. */
export const EXPLAIN_COMMAND = 'superstep.explainError';

/** What is wrong with one graph file, and who has found it. */
interface Found {
  readonly loading: readonly Problem[];
  /** What its latest run has met; a run may end when the text is another already. */
  readonly run: readonly Problem[];
}

const NOTHING: Found = { loading: [], run: [] };

/**
 * What is wrong with graph files, in the Problems view. The problems of one graph file replace each
 * other as a whole, though they may stand in several files (the file itself and its imports).
 */
export class Problems implements PathOwner, Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('superstep'));
  /** By the graph file that was loaded or run. */
  readonly #byGraphFile = new Map<string, Found>();

  /** Replaces all that was known about a graph file by what its loading has found. */
  loaded(graphFile: string, problems: readonly Problem[]): void {
    this.#set(graphFile, { loading: problems, run: [] });
  }

  /** Replaces what the last run of a graph file has met, and nothing else. */
  ran(graphFile: string, problems: readonly Problem[]): void {
    this.#set(graphFile, { ...(this.#byGraphFile.get(graphFile) ?? NOTHING), run: problems });
  }

  /** Forgets what is known about a graph file, since it was closed or deleted. */
  forget({ scheme, fsPath }: Uri): void {
    if (scheme === 'file') this.#set(fsPath, NOTHING);
  }

  /** Shows the problems of files that were renamed where those lie now. */
  move(rename: Rename): void {
    const moved = [...this.#byGraphFile].filter(([graphFile, found]) =>
      [graphFile, ...both(found).map(({ file }) => file ?? graphFile)].some(
        (file) => rename(file) !== file,
      ),
    );
    for (const [graphFile] of moved) this.#set(graphFile, NOTHING);
    for (const [graphFile, { loading, run }] of moved) {
      this.#set(rename(graphFile), {
        loading: loading.map((problem) => renamed(problem, rename)),
        run: run.map((problem) => renamed(problem, rename)),
      });
    }
  }

  #set(graphFile: string, found: Found): void {
    const all = [this.#byGraphFile.get(graphFile) ?? NOTHING, found].flatMap(both);
    if (both(found).length > 0) this.#byGraphFile.set(graphFile, found);
    else this.#byGraphFile.delete(graphFile);
    for (const file of new Set(all.map(({ file }) => file ?? graphFile))) this.#publish(file);
  }

  #publish(file: string): void {
    const seen = new Map<string, Diagnostic>();
    for (const [graphFile, found] of this.#byGraphFile) {
      for (const problem of both(found)) {
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

function both({ loading, run }: Found): readonly Problem[] {
  return [...loading, ...run];
}

/** Without a known place the file's first line stands for the whole file. */
function toDiagnostic({ severity, message, code, range }: Problem): Diagnostic {
  const diagnostic = new Diagnostic(
    toRange(range ?? { line1: 1, column1: 1, endLine1: 1, endColumn1: Number.MAX_SAFE_INTEGER }),
    message,
    SEVERITIES[severity],
  );
  diagnostic.source = 'superstep';
  if (code !== undefined) diagnostic.code = NODE_CODE.test(code) ? code : explained(code);
  return diagnostic;
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const;

/** Codes of Node's own errors, which users meet in their nodes: `ENOENT`, `ERR_INVALID_URL`. */
const NODE_CODE = /^(E[A-Z0-9]+|ERR_\w+)$/;

/** A code that leads to what is said of it, on a click in the Problems view or the hover. */
function explained(value: string): { value: string; target: Uri } {
  const query = JSON.stringify([value]);
  return { value, target: Uri.from({ scheme: 'command', path: EXPLAIN_COMMAND, query }) };
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
