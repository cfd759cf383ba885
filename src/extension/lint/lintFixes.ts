import {
  CodeAction,
  CodeActionKind,
  WorkspaceEdit,
  Range,
  type CodeActionContext,
  type CodeActionProvider,
  type Diagnostic,
  type TextDocument,
} from 'vscode';
import { disablingEdit } from '../../lint/disabling.ts';
import type { Report } from '../../lint/rule.ts';
import type { TextEdit } from '../../lint/span.ts';
import { toRange } from '../graphs/problems.ts';
import type { LintProblems } from './lintProblems.ts';

/** Offers the edits that mend what the linter has reported, and the comment that keeps it silent. */
export class LintFixes implements CodeActionProvider {
  readonly #problems: LintProblems;

  constructor(problems: LintProblems) {
    this.#problems = problems;
  }

  provideCodeActions(
    document: TextDocument,
    range: Range,
    { diagnostics }: Pick<CodeActionContext, 'diagnostics'>,
  ): CodeAction[] {
    return this.#problems
      .reportsOf(document)
      .filter((report) => toRange(report.range).intersection(range) !== undefined)
      .flatMap((report) => {
        const about = diagnostics.filter((diagnostic) => isAbout(diagnostic, report));
        const fixes = report.fixes.map(({ title, edits }) =>
          toAction(title, { document, edits, about }),
        );
        const [best] = fixes;
        if (best) best.isPreferred = true;
        const edits = [disablingEdit(document.getText(), report)];
        const title = `Say nothing of ${report.rule} in this line`;
        return [...fixes, toAction(title, { document, edits, about })];
      });
  }
}

function isAbout({ code, message }: Diagnostic, report: Report): boolean {
  return typeof code === 'object' && code.value === report.rule && message === report.message;
}

function toAction(
  title: string,
  {
    document,
    edits,
    about,
  }: {
    document: TextDocument;
    edits: readonly TextEdit[];
    about: Diagnostic[];
  },
): CodeAction {
  const action = new CodeAction(title, CodeActionKind.QuickFix);
  action.diagnostics = about;
  action.edit = new WorkspaceEdit();
  for (const { start, end, text } of edits) {
    const place = new Range(document.positionAt(start), document.positionAt(end));
    action.edit.replace(document.uri, place, text);
  }
  return action;
}
