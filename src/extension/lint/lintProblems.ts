import {
  Diagnostic,
  DiagnosticSeverity,
  Uri,
  languages,
  workspace,
  type Disposable,
  type TextDocument,
} from 'vscode';
import type { Report } from '../../lint/rule.ts';
import type { RuleSettings } from '../../lint/lintText.ts';
import { DisposableStore } from '../disposableStore.ts';
import { mayHoldGraphs } from '../graphs/mayHoldGraphs.ts';
import { toRange } from '../graphs/problems.ts';

/** Shows what the page of rules says of one. Not in the palette. */
export const EXPLAIN_RULE_COMMAND = 'superstep.explainRule';

/** From the last keystroke. With the time that reading takes it stays well below half a second. */
const pauseMs = 250;

interface Linted {
  readonly document: TextDocument;
  readonly version: number;
  readonly reports: readonly Report[];
}

/**
 * Keeps the Problems view up with what the linter says of open documents, as one types. Nothing of them
 * is run, so restricted mode changes nothing.
 */
export class LintProblems implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('superstep lint'));
  /** By URI. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #linted = new Map<string, Linted>();

  constructor() {
    for (const document of workspace.textDocuments) this.#lintSoon(document, 0);
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#lintSoon(document, 0)));
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#lintSoon(document, pauseMs);
      }),
    );
    this.#owned.add(workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this.#owned.add(
      workspace.onDidChangeConfiguration((change) => {
        const settings = ['superstep.lint', 'superstep.files'];
        if (!settings.some((name) => change.affectsConfiguration(name))) return;
        for (const document of workspace.textDocuments) this.#lintSoon(document, 0);
      }),
    );
    this.#owned.add(
      languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) {
          const linted = this.#linted.get(uri.toString());
          if (linted) this.#publish(linted);
        }
      }),
    );
  }

  /** What was reported of a document as it is now; nothing while that is not known. */
  reportsOf(document: TextDocument): readonly Report[] {
    const linted = this.#linted.get(document.uri.toString());
    return linted?.version === document.version ? linted.reports : [];
  }

  #lintSoon(document: TextDocument, afterMs: number): void {
    if (document.uri.scheme !== 'file') return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      void this.#lint(document);
    }, afterMs);
    this.#timers.set(key, timer);
  }

  async #lint(document: TextDocument): Promise<void> {
    const { uri } = document;
    const section = workspace.getConfiguration('superstep.lint', uri);
    const isOn = section.get('enabled', true) && mayHoldGraphs(document);
    if (!isOn && !this.#linted.has(uri.toString())) return;
    // The rules and the parser load with the first file that has graphs.
    const { lintText } = await import('../../lint/lintText.ts');
    // Whoever has edited it meanwhile has asked again.
    if (document.isClosed || this.#timers.has(uri.toString())) return;
    const rules = section.get<RuleSettings>('rules', {});
    const reports = isOn ? lintText(document.getText(), { file: uri.fsPath, rules }) : [];
    const linted = { document, version: document.version, reports };
    this.#linted.set(uri.toString(), linted);
    this.#publish(linted);
  }

  /** Shows the reports, but for those of which the last loading or run of the file tells as well. */
  #publish({ document: { uri }, reports }: Linted): void {
    const said = new Set(
      languages
        .getDiagnostics(uri)
        .filter(({ source }) => source === 'superstep')
        .map(({ code }) => (typeof code === 'object' ? code.value : code)),
    );
    const shown = reports
      .filter(({ sameAs }) => !sameAs.some((code) => said.has(code)))
      .map(toDiagnostic);
    const before = this.#collection.get(uri) ?? [];
    // What is set anew is announced, and would come back here.
    const isSame =
      before.length === shown.length && shown.every((each, i) => isEqual(each, before[i]!));
    if (!isSame) this.#collection.set(uri, shown);
  }

  #forget({ uri }: TextDocument): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#linted.delete(key);
    this.#collection.delete(uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#owned.dispose();
  }
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const;

function isEqual(a: Diagnostic, b: Diagnostic): boolean {
  return a.message === b.message && a.severity === b.severity && a.range.isEqual(b.range);
}

function toDiagnostic({ rule, severity, message, range }: Report): Diagnostic {
  const diagnostic = new Diagnostic(toRange(range), message, SEVERITIES[severity]);
  diagnostic.source = 'superstep lint';
  const query = JSON.stringify([rule]);
  const target = Uri.from({ scheme: 'command', path: EXPLAIN_RULE_COMMAND, query });
  diagnostic.code = { value: rule, target };
  return diagnostic;
}
