import {
  TextEditorSelectionChangeKind,
  type Disposable,
  type TextEditorSelectionChangeEvent,
} from 'vscode';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
import { graphAt } from '../graphs/graphAt.ts';

/** Milliseconds for which a cursor has to rest before its graph is looked for. */
const REST_MS = 150;
const { Keyboard, Mouse } = TextEditorSelectionChangeKind;

/** Tells when the cursor goes from one graph of a file to another. */
export class CursorGraph implements Disposable {
  readonly #readText: (file: string) => Promise<readonly StaticGraph[]>;
  readonly #onEnter: (file: string, exportName: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where it was last. */
  #in = '';

  /** @param onEnter It has come into an exported graph, and was in none or in another one before. */
  constructor(
    readText: (file: string) => Promise<readonly StaticGraph[]>,
    onEnter: (file: string, exportName: string) => void,
  ) {
    this.#readText = readText;
    this.#onEnter = onEnter;
  }

  /** The cursor was moved. Where a command has led, such as a click in a panel, nobody has gone. */
  moved({ textEditor, kind }: TextEditorSelectionChangeEvent): void {
    if (kind !== Keyboard && kind !== Mouse) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(textEditor), REST_MS);
  }

  async #look(editor: TextEditorSelectionChangeEvent['textEditor']): Promise<void> {
    const file = editor.document.uri.fsPath;
    const graphs = await this.#readText(file).catch(() => []);
    const exportName = graphAt(graphs, editor.selection.active.line + 1)?.exportName;
    const key = JSON.stringify([file, exportName]);
    if (exportName === undefined || this.#in === key) return;
    this.#in = key;
    this.#onEnter(file, exportName);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
