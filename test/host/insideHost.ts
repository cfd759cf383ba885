/**
 * What a test has done in the extension host: each function is sent there as text, so it can use
 * nothing but its arguments.
 */
import type * as vscode from 'vscode';

/** One row of `problems()`. Lines and columns count from 1. */
export interface ShownProblem {
  readonly file: string;
  readonly line1: number;
  readonly column1: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  readonly source?: string;
}

/** What `activeEditor()` tells of. */
export interface ShownEditor {
  readonly uri: string;
  readonly path: string;
  readonly text: string;
  readonly isDirty: boolean;
  /** Of the cursor, from 1. */
  readonly line1: number;
}

/** Shows a file in the active editor, the cursor at the begin of a line (from 1). */
export async function showDocument(
  code: typeof vscode,
  path: string,
  line1: number,
): Promise<void> {
  const at = new code.Position(line1 - 1, 0);
  const document = await code.workspace.openTextDocument(code.Uri.file(path));
  const selection = new code.Range(at, at);
  await code.window.showTextDocument(document, { selection, preview: false });
}

/** What the active editor shows. */
export function readActiveEditor(code: typeof vscode): ShownEditor | undefined {
  const editor = code.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  return {
    uri: document.uri.toString(),
    path: document.fileName,
    text: document.getText(),
    isDirty: document.isDirty,
    line1: selection.active.line + 1,
  };
}

/** Every problem that the editor knows. */
export function readProblems(code: typeof vscode): ShownProblem[] {
  return code.languages.getDiagnostics().flatMap(([uri, found]) =>
    found.map(({ range, severity, message, source }) => ({
      file: uri.path,
      line1: range.start.line + 1,
      column1: range.start.character + 1,
      severity: (['error', 'warning', 'information', 'hint'] as const)[severity] ?? 'error',
      message,
      ...(source === undefined ? {} : { source }),
    })),
  );
}

/**
 * Gives a document another text.
 * @param place Absolute path, or a URI.
 */
export async function editDocument(
  code: typeof vscode,
  place: string,
  text: string,
  isSaved: boolean,
): Promise<void> {
  const uri = /^[\w-]{2,}:/.test(place) ? code.Uri.parse(place) : code.Uri.file(place);
  const document = await code.workspace.openTextDocument(uri);
  if (document.getText() !== text) {
    const edit = new code.WorkspaceEdit();
    edit.replace(uri, new code.Range(0, 0, document.lineCount, 0), text);
    if (!(await code.workspace.applyEdit(edit))) throw new Error('The edit was refused');
  }
  if (isSaved && document.isDirty && !(await document.save())) throw new Error('It was not saved');
  if (document.getText() !== text) throw new Error('The document has another text');
}
