import { commands, EventEmitter, Uri, ViewColumn, window } from './vscode.ts';

/** A panel of the editor, as what opened it and its user see it. */
export class FakeWebviewPanel {
  readonly #messages = new EventEmitter<unknown>();
  readonly #viewState = new EventEmitter<void>();
  readonly #disposed = new EventEmitter<void>();
  readonly onDidChangeViewState = this.#viewState.event;
  readonly onDidDispose = this.#disposed.event;
  /** What the page was told. */
  readonly posted: any[] = [];
  readonly webview = {
    onDidReceiveMessage: this.#messages.event,
    postMessage: async (message: unknown) => void this.posted.push(message),
    asWebviewUri: (uri: Uri) => uri,
  };
  title: string;
  active = false;
  readonly visible = true;
  viewColumn = 2;

  constructor(title = '') {
    this.title = title;
  }

  /** The page sends a message. */
  send(message: unknown): void {
    this.#messages.fire(message);
  }

  /** The user clicks into it, or elsewhere. */
  focus(isActive: boolean): void {
    this.active = isActive;
    this.#viewState.fire();
  }

  reveal(column?: number): void {
    if (column === ViewColumn.Beside) this.viewColumn = 3;
  }

  dispose(): void {
    this.#disposed.fire();
  }
}

/** Panels that were opened, the newest last. */
export const openedPanels: FakeWebviewPanel[] = [];
/** Context keys and their values. */
export const contextKeys = new Map<string, unknown>();
const activeEditorChanged = new EventEmitter<unknown>();
const selectionChanged = new EventEmitter<unknown>();

Object.assign(commands, {
  executeCommand: async (_: string, key: string, value: unknown) =>
    void contextKeys.set(key, value),
});
Object.assign(window, {
  createWebviewPanel: (_: string, title: string) => {
    const panel = new FakeWebviewPanel(title);
    openedPanels.push(panel);
    panel.send({ type: 'ready' });
    return panel;
  },
  registerWebviewPanelSerializer: () => ({ dispose: () => {} }),
  onDidChangeActiveTextEditor: activeEditorChanged.event,
  onDidChangeTextEditorSelection: selectionChanged.event,
  visibleTextEditors: [],
});

/** The user goes to the editor of a file, or with `undefined` to where there is no text. */
export function activate(file: string | undefined): void {
  const editor = file === undefined ? undefined : { document: { uri: Uri.file(file) } };
  Object.assign(window, { activeTextEditor: editor });
  activeEditorChanged.fire(editor);
}

/**
 * The cursor of an editor comes to a line (1-based).
 * @param kind As of `TextEditorSelectionChangeKind`; default by the mouse.
 */
export function moveCursor(file: string, line1: number, kind: number | undefined = 2): void {
  const selection = { active: { line: line1 - 1 } };
  selectionChanged.fire({ textEditor: { document: { uri: Uri.file(file) }, selection }, kind });
}
