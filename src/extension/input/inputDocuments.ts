import {
  CodeLens,
  FileChangeType,
  FileSystemError,
  FileType,
  Range,
  TabInputText,
  Uri,
  WorkspaceEdit,
  commands,
  window,
  workspace,
  type FileStat,
  type Tab,
  type TextDocument,
} from 'vscode';
import { DocumentFileSystem } from './documentFileSystem.ts';
import type { GraphTarget } from '../graphs/graphFile.ts';
import type { InputMemory } from './inputMemory.ts';
import { renamed, type PathOwner, type Rename } from '../graphs/rename.ts';
import { takeJson } from './takeJson.ts';

/** Scheme of the JSON documents in which inputs are edited; package.json names it too. */
export const INPUT_SCHEME = 'superstep-input';

const SUFFIX = '.input.json';

/**
 * The inputs of graphs as JSON documents that live in the workspace's storage and never in the
 * user's folders: saving one remembers it, an emptied one is forgotten.
 */
export class InputDocuments extends DocumentFileSystem implements PathOwner {
  readonly #memory: InputMemory;
  /** What a document shows for as long as the user has saved nothing; by URI. */
  readonly #initial = new Map<string, string>();
  /** When a document was last written, in milliseconds since the epoch; by URI. */
  readonly #writtenAt = new Map<string, number>();

  /** Documents that are about to be closed: what is written into them is not kept. By URI. */
  readonly #leaving = new Set<string>();

  constructor(memory: InputMemory) {
    super(INPUT_SCHEME);
    this.#memory = memory;
  }

  /**
   * Opens the input of a graph for editing.
   * @param initial JSON text that stands there if the user has not left any.
   */
  async open(target: GraphTarget, initial: string): Promise<void> {
    const uri = inputUri(target);
    this.#initial.set(uri.toString(), initial);
    await window.showTextDocument(uri, { preview: false });
  }

  /** Which graph a document is the input of. */
  static target(uri: Uri): GraphTarget | undefined {
    if (uri.scheme !== INPUT_SCHEME || !uri.path.endsWith(SUFFIX)) return undefined;
    const slash = uri.path.lastIndexOf('/');
    return {
      file: Uri.file(uri.path.slice(0, slash)).fsPath,
      exportName: decodeURIComponent(uri.path.slice(slash + 1, -SUFFIX.length)),
    };
  }

  /**
   * Saves the document and parses it. Text that is no JSON gets the cursor and a message.
   * @returns The input, or `undefined` if there is none to run with.
   */
  async take(uri: Uri): Promise<{ readonly input: unknown } | undefined> {
    const taken = await takeJson(uri, 'input');
    return taken && { input: taken.value };
  }

  /** Puts back what the file itself offers. */
  async reset(uri: Uri, initial: string): Promise<void> {
    this.#initial.set(uri.toString(), initial);
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(document, { preview: false });
    const all = new Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(all, initial));
    await document.save();
  }

  /** The inputs of files that were renamed stay open, under their new names and with their edits. */
  async move(rename: Rename): Promise<void> {
    const movedUri = (uri: Uri): Uri | undefined => {
      const target = InputDocuments.target(uri);
      const moved = target && renamed(target, rename);
      return moved && moved.file !== target.file ? inputUri(moved) : undefined;
    };
    for (const [key, text] of [...this.#initial]) {
      const to = movedUri(Uri.parse(key));
      if (!to) continue;
      this.#initial.delete(key);
      this.#initial.set(to.toString(), text);
    }
    for (const tab of window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
      const from = tab.input instanceof TabInputText ? tab.input.uri : undefined;
      const to = from && movedUri(from);
      if (to) await this.#replaceTab(tab, from, to);
    }
  }

  async #replaceTab(tab: Tab, from: Uri, to: Uri): Promise<void> {
    const old = await workspace.openTextDocument(from);
    const editor = window.visibleTextEditors.find(({ document }) => document === old);
    this.#outdate(to);
    await commands.executeCommand('vscode.open', to, {
      viewColumn: tab.group.viewColumn,
      preview: false,
      preserveFocus: true,
      background: !tab.isActive,
      ...(editor && { selection: editor.selection }),
    });
    if (old.isDirty) {
      const edit = new WorkspaceEdit();
      const { lineCount } = await workspace.openTextDocument(to);
      edit.replace(to, new Range(0, 0, lineCount, 0), old.getText());
      await workspace.applyEdit(edit);
      // The editor would ask whether to save what is closed, though the text is elsewhere by now.
      this.#leaving.add(from.toString());
      await old.save();
      this.#leaving.delete(from.toString());
    }
    await window.tabGroups.close(tab, true);
    this.#outdate(from);
  }

  /** The editor keeps the text of documents for a while after they are closed: it is to read again. */
  #outdate(uri: Uri): void {
    this.#writtenAt.set(uri.toString(), Date.now());
    this.changed.fire([{ type: FileChangeType.Changed, uri }]);
  }

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    const target = InputDocuments.target(uri);
    if (!target) return [];
    const top = new Range(0, 0, 0, 0);
    return [
      new CodeLens(top, {
        title: `$(play)\u00a0Run ${target.exportName} with this input`,
        command: 'superstep.runGraph',
        arguments: [uri],
      }),
      new CodeLens(top, {
        title: 'Reset',
        tooltip: "Back to the file's own input",
        command: 'superstep.resetInput',
        arguments: [uri],
      }),
    ];
  }

  stat(uri: Uri): FileStat {
    const size = this.readFile(uri).byteLength;
    const mtime = this.#writtenAt.get(uri.toString()) ?? 0;
    return { type: FileType.File, ctime: 0, mtime, size };
  }

  readFile(uri: Uri): Uint8Array {
    const target = InputDocuments.target(uri);
    if (!target) throw FileSystemError.FileNotFound(uri);
    const text = this.#memory.get(target) ?? this.#initial.get(uri.toString()) ?? '{}\n';
    return new TextEncoder().encode(text);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const target = InputDocuments.target(uri);
    if (!target) throw FileSystemError.NoPermissions(uri);
    if (this.#leaving.has(uri.toString())) return;
    const text = new TextDecoder().decode(content);
    const isInitial = text === this.#initial.get(uri.toString());
    // An input that equals the file's own must follow the file when that changes.
    await this.#memory.set(target, isInitial ? '' : text);
    this.#writtenAt.set(uri.toString(), Date.now());
  }
}

function inputUri({ file, exportName }: GraphTarget): Uri {
  const path = `${Uri.file(file).path}/${encodeURIComponent(exportName)}${SUFFIX}`;
  return Uri.from({ scheme: INPUT_SCHEME, path });
}
