/**
 * The few parts of the editor's API that the units need, recording what they are told. Installed in
 * place of the module `vscode` by importing this file; what needs it is imported afterwards with
 * `import()`.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { FakeDebug } from './debug.ts';
import { EventEmitter } from './eventEmitter.ts';
import { QuickPick } from './quickPick.ts';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: import.meta.url, shortCircuit: true, format: 'module-typescript' }
      : next(specifier, context),
});

export { EventEmitter } from './eventEmitter.ts';
export { QuickPick, quickPicks } from './quickPick.ts';

/** Everything that was done to the editor, in order, as short texts. */
export const recorded: string[] = [];

export class Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  constructor(scheme: string, path: string, query = '') {
    this.scheme = scheme;
    this.path = path;
    this.query = query;
  }
  static file(path: string): Uri {
    return new Uri('file', path);
  }
  static from({ scheme, path, query }: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(scheme, path, query);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join('/'));
  }
  get fsPath(): string {
    return this.path;
  }
  static parse(text: string): Uri {
    const { protocol, pathname } = new URL(text);
    return new Uri(protocol.slice(0, -1), pathname);
  }
  toString(): string {
    return this.scheme === 'file' ? pathToFileURL(this.path).href : `${this.scheme}:${this.path}`;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position);
  constructor(line: number, character: number, endLine: number, endCharacter: number);
  constructor(...at: readonly [Position, Position] | readonly [number, number, number, number]) {
    const [a, b, line, character] = at as readonly [any, any, number, number];
    this.start = at.length === 2 ? a : { line: a, character: b };
    this.end = at.length === 2 ? b : { line, character };
  }
  isEqual(other: Range): boolean {
    return JSON.stringify(this) === JSON.stringify(other);
  }
  /** By lines, which is all that the tests need. */
  intersection(other: Range): Range | undefined {
    return this.start.line <= other.end.line && other.start.line <= this.end.line
      ? this
      : undefined;
  }
}

export class RelativePattern {}

export const TextEditorSelectionChangeKind = { Keyboard: 1, Mouse: 2, Command: 3 };

export const CodeActionKind = { QuickFix: 'quickfix' };

export class CodeAction {
  isPreferred?: boolean;
  diagnostics?: readonly Diagnostic[];
  edit?: WorkspaceEdit;
  readonly title: string;
  readonly kind: string;
  constructor(title: string, kind: string) {
    this.title = title;
    this.kind = kind;
  }
}

export class WorkspaceEdit {
  readonly replaced: { readonly uri: Uri; readonly range: Range; readonly text: string }[] = [];
  replace(uri: Uri, range: Range, text: string): void {
    this.replaced.push({ uri, range, text });
  }
}

export class Diagnostic {
  source?: string;
  code?: string | { value: string; target: Uri };
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export const ViewColumn = { Beside: -2 };
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2 };

export const foreignDiagnostics = new Map<string, readonly Diagnostic[]>();
export const diagnosticsChanged = new EventEmitter<{ uris: readonly Uri[] }>();

/** What stands in the Problems view, by path. */
export const diagnostics = new Map<string, readonly Diagnostic[]>();

export const languages = {
  createDiagnosticCollection: () => ({
    set: (uri: Uri, found: readonly Diagnostic[]) => {
      diagnostics.set(uri.path, found);
      const lines = found.map(
        ({ range, message }) => `${range.start.line}:${range.start.character} ${message}`,
      );
      recorded.push(`${uri.path}: ${lines.join('; ') || 'no problems'}`);
    },
    get: (uri: Uri) => diagnostics.get(uri.path),
    delete: (uri: Uri) => {
      diagnostics.delete(uri.path);
      recorded.push(`${uri.path}: forgotten`);
    },
    dispose: () => recorded.push('collection disposed'),
  }),
  /** Those that the test says somebody else has found. */
  getDiagnostics: (uri: Uri) => foreignDiagnostics.get(uri.path) ?? [],
  onDidChangeDiagnostics: diagnosticsChanged.event,
  match: () => 10,
};

export const StatusBarAlignment = { Left: 1 };

/** The status bar items that were made, in order. */
export const statusBarItems: StatusBarItem[] = [];

export class StatusBarItem {
  readonly id: string;
  text = '';
  name = '';
  tooltip: MarkdownString | undefined;
  command: unknown;
  accessibilityInformation: { readonly label: string } | undefined;
  isShown = false;

  constructor(id: string) {
    this.id = id;
    statusBarItems.push(this);
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.isShown = false;
  }
}

export class MarkdownString {
  value: string;
  isTrusted: unknown;
  constructor(value = '') {
    this.value = value;
  }
  appendText(text: string): this {
    this.value += text;
    return this;
  }
  appendMarkdown(text: string): this {
    return this.appendText(text);
  }
  appendCodeblock(text: string): this {
    return this.appendText(`\n\`\`\`\n${text}\n\`\`\`\n`);
  }
}

export class CodeLens {
  readonly range: Range;
  readonly command: { readonly title: string; readonly command: string };
  constructor(range: Range, command: CodeLens['command']) {
    this.range = range;
    this.command = command;
  }
}

export const window = {
  createStatusBarItem: (id: string) => new StatusBarItem(id),
  createOutputChannel: () => ({
    append: (text: string) => recorded.push(text),
    show: () => recorded.push('shown'),
    dispose: () => recorded.push('channel disposed'),
  }),
  createQuickPick: () => new QuickPick(),
  showInformationMessage: async (text: string) => void recorded.push(text),
  showErrorMessage: async (text: string) => void recorded.push(text),
  setStatusBarMessage: (text: string) => void recorded.push(text),
  tabGroups: { activeTabGroup: { tabs: [] } },
};

export class CancellationTokenSource {
  readonly #cancelled = new EventEmitter<void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: this.#cancelled.event,
  };

  cancel(): void {
    this.token.isCancellationRequested = true;
    this.#cancelled.fire();
  }

  dispose(): void {
    this.#cancelled.dispose();
  }
}

export const QuickPickItemKind = { Separator: -1 };

/** The editor has no language models. */
export const lm = { selectChatModels: async () => [] };

export class LanguageModelTextPart {}
export class LanguageModelToolCallPart {}
export class LanguageModelToolResultPart {}
export class LanguageModelChatMessage {}
export class LanguageModelError extends Error {}
export const LanguageModelChatToolMode = { Auto: 1, Required: 2 };

export class TabInputText {
  readonly uri: Uri;
  constructor(uri: Uri) {
    this.uri = uri;
  }
}

/** What a workspace keeps, as JSON, which is how the editor does it. */
export class FakeMemento {
  readonly #values = new Map<string, string>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  get<T>(key: string): T | undefined;
  get<T>(key: string, fallback: T): T;
  get(key: string, fallback?: unknown): unknown {
    const json = this.#values.get(key);
    return json === undefined ? fallback : (JSON.parse(json) as unknown);
  }

  async update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, JSON.stringify(value));
  }
}

/** A document that is saved when the test says so. */
export class FakeDocument {
  readonly uri: Uri;
  isDirty = true;
  version = 1;
  text: string;
  /** What `save()` answers, in order; a `true` saves. */
  readonly answers: boolean[] = [];

  constructor(path: string, text = '') {
    this.uri = Uri.file(path);
    this.text = text;
  }

  getText(): string {
    return this.text;
  }

  /** Gives it another text; one that is read from disk leaves it without edits. */
  edit(text: string, { isDirty = true } = {}): void {
    this.text = text;
    this.version++;
    this.isDirty = isDirty;
    documentChanged.fire({ document: this });
  }

  /** Types a text in the place of another. */
  type(text: string): void {
    this.text = text;
    this.version++;
    documentChanged.fire({ document: this, contentChanges: [{}] });
  }

  positionAt(offset: number): Position {
    const lines = this.text.slice(0, offset).split('\n');
    return { line: lines.length - 1, character: lines.at(-1)!.length };
  }

  /** The editor begins to write it. */
  saving(): void {
    documentWillSave.fire({ document: this });
  }

  async save(): Promise<boolean> {
    recorded.push('save');
    const answer = this.answers.shift() ?? true;
    if (answer) this.saved();
    return answer;
  }

  saved(): void {
    this.isDirty = false;
    documentChanged.fire({ document: this });
    documentSaved.fire(this);
  }
}

const documentChanged = new EventEmitter<{
  document: FakeDocument;
  contentChanges?: readonly object[];
}>();
export const documentOpened = new EventEmitter<FakeDocument>();
export const documentClosed = new EventEmitter<FakeDocument>();
const documentWillSave = new EventEmitter<{ document: FakeDocument }>();
/** What happens to files on disk. */
export const onDisk = {
  created: new EventEmitter<Uri>(),
  changed: new EventEmitter<Uri>(),
  deleted: new EventEmitter<Uri>(),
};
const documentSaved = new EventEmitter<FakeDocument>();
export const trustGranted = new EventEmitter<void>();

/** By name, without the section. */
export const settings = new Map<string, unknown>();
export const settingsChanged = new EventEmitter<{
  affectsConfiguration(section: string): boolean;
}>();

/** The debugger, for a test to lead. */
export const fakeDebug = new FakeDebug();
export const debug = fakeDebug.api;

export const FileType = { File: 1 };
export const commands = {};
export const workspace = {
  asRelativePath: (uri: Uri) => uri.path.slice(uri.path.lastIndexOf('/') + 1),
  textDocuments: [] as FakeDocument[],
  onDidGrantWorkspaceTrust: trustGranted.event,
  onDidSaveTextDocument: documentSaved.event,
  onWillSaveTextDocument: documentWillSave.event,
  onDidChangeTextDocument: documentChanged.event,
  onDidOpenTextDocument: documentOpened.event,
  onDidCloseTextDocument: documentClosed.event,
  getWorkspaceFolder: () => undefined,
  createFileSystemWatcher: () => ({
    onDidCreate: onDisk.created.event,
    onDidChange: onDisk.changed.event,
    onDidDelete: onDisk.deleted.event,
    dispose: () => {},
  }),
  fs: { stat: async (_uri: Uri) => ({ type: FileType.File, mtime: 0 }) },
  getConfiguration: () => ({
    get: (name: string, fallback?: unknown) => (settings.has(name) ? settings.get(name) : fallback),
  }),
  onDidChangeConfiguration: settingsChanged.event,
};
