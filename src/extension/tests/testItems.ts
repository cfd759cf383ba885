import { workspace, type Uri, type TestController, type TestItem, type TextDocument } from 'vscode';
import { basename } from 'node:path';
import { findTests, mentionsTests } from '../../loader/source/findTests.ts';
import { DisposableStore, type Owned } from '../disposableStore.ts';
import { toRange } from '../graphs/problems.ts';

/** Files that may have tests, by their names. One level of braces, as not all that take globs know more. */
const TEST_GLOB = '**/*.graph.{ts,tsx,mts,cts,js,mjs,test.ts,test.mts,test.js,test.mjs}';

const TEST_FILE = /\.graph\.(?:test\.)?[cm]?[jt]sx?$/;

/** From the last keystroke. */
const PAUSE_MS = 300;

/**
 * Keeps the items of a test controller up with the files of the workspace: one for each file, and in it one for
 * each of its tests. They are read from texts; nothing is run for it.
 */
export class TestItems implements Owned {
  readonly #owned = new DisposableStore();
  readonly #controller: TestController;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #found: Promise<void> | undefined;

  constructor(controller: TestController) {
    this.#controller = controller;
    controller.resolveHandler = (item) => (item ? undefined : this.find());
    controller.refreshHandler = () => this.#find();
    const watcher = this.#owned.add(workspace.createFileSystemWatcher(TEST_GLOB));
    this.#owned.add(watcher.onDidCreate((uri) => void this.#readFile(uri)));
    this.#owned.add(watcher.onDidChange((uri) => void this.#readFile(uri)));
    this.#owned.add(watcher.onDidDelete((uri) => controller.items.delete(uri.toString())));
    const isOpen = ({ uri }: TextDocument) => uri.scheme === 'file' && TEST_FILE.test(uri.path);
    this.#owned.add(
      workspace.onDidOpenTextDocument((document) => {
        if (isOpen(document)) this.#read(document.uri, document.getText());
      }),
    );
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isOpen(document)) this.#readSoon(document);
      }),
    );
    for (const document of workspace.textDocuments) {
      if (isOpen(document)) this.#read(document.uri, document.getText());
    }
  }

  /** Reads all files of the workspace, once. */
  find(): Promise<void> {
    return (this.#found ??= this.#find());
  }

  async #find(): Promise<void> {
    const files = await workspace.findFiles(TEST_GLOB, '**/node_modules/**');
    await Promise.all(files.map((uri) => this.#readFile(uri)));
  }

  #readSoon(document: TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const read = () => {
      this.#timers.delete(key);
      if (!document.isClosed) this.#read(document.uri, document.getText());
    };
    this.#timers.set(key, setTimeout(read, PAUSE_MS));
  }

  async #readFile(uri: Uri): Promise<void> {
    const open = workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    const bytes = open ? undefined : await workspace.fs.readFile(uri).then(undefined, () => []);
    this.#read(uri, open?.getText() ?? Buffer.from(bytes ?? []).toString('utf8'));
  }

  #read(uri: Uri, text: string): void {
    const { items } = this.#controller;
    const id = uri.toString();
    const tests = mentionsTests(text) ? findTests(text, uri.fsPath) : [];
    if (tests.length === 0) return items.delete(id);
    const item = items.get(id) ?? this.#controller.createTestItem(id, basename(uri.fsPath), uri);
    const names = new Set(tests.map(({ name }) => name));
    for (const [name] of item.children) if (!names.has(name)) item.children.delete(name);
    for (const { name, range } of tests) {
      // One that is run while its file is edited must stay the same, else nothing more is told of it.
      const child = item.children.get(name) ?? this.#controller.createTestItem(name, name, uri);
      child.range = toRange(range);
      if (!item.children.get(name)) item.children.add(child);
    }
    if (!items.get(id)) items.add(item);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#owned.dispose();
  }
}

/** The tests of a file that are to be run. */
export interface ChosenTests {
  readonly file: TestItem;
  readonly tests: readonly TestItem[];
  /** All that the file has. */
  readonly isAll: boolean;
}

/** Which tests of which files a request means. */
export function chosenTests(
  controller: TestController,
  {
    include,
    exclude = [],
  }: {
    readonly include: readonly TestItem[] | undefined;
    readonly exclude?: readonly TestItem[] | undefined;
  },
): ChosenTests[] {
  const wanted = include ?? [...controller.items].map(([, item]) => item);
  return [...controller.items].flatMap(([, file]) => {
    const all = [...file.children].map(([, test]) => test);
    const tests = all.filter(
      (test) =>
        (wanted.includes(test) || wanted.includes(file)) &&
        !exclude.includes(test) &&
        !exclude.includes(file),
    );
    return tests.length > 0 ? [{ file, tests, isAll: tests.length === all.length }] : [];
  });
}
