import {
  Selection,
  languages,
  window,
  workspace,
  type Position,
  type TextDocument,
  type Uri,
} from 'vscode';

/**
 * Saves a JSON document and parses it. Text that is no JSON gets the cursor and a message.
 * @param what It holds: `input`.
 * @returns The value in a box, or `undefined` if there is none.
 */
export async function takeJson(
  uri: Uri,
  what: string,
): Promise<{ readonly value: unknown } | undefined> {
  const document = await workspace.openTextDocument(uri);
  if (document.isDirty) await document.save();
  try {
    return { value: JSON.parse(document.getText()) as unknown };
  } catch (error) {
    const position = errorPosition(document, String(error));
    await window.showTextDocument(document, { selection: new Selection(position, position) });
    const where = `line ${position.line + 1}, column ${position.character + 1}`;
    void window.showErrorMessage(`The ${what} is not valid JSON (${where})`);
    return undefined;
  }
}

/** The editor's own JSON support knows best; the parser's message is the second choice. */
function errorPosition(document: TextDocument, message: string): Position {
  const marked = languages
    .getDiagnostics(document.uri)
    .find(({ source }) => source !== 'superstep');
  if (marked) return marked.range.start;
  const offset = /at position (\d+)/.exec(message)?.[1];
  if (offset !== undefined) return document.positionAt(Number(offset));
  return document.positionAt(document.getText().length);
}
