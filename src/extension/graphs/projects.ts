import { workspace, type Disposable, type TextDocument } from 'vscode';
import { readProject } from '../../loader/langGraphJson.ts';
import { DisposableStore } from '../disposableStore.ts';
import { PROJECT_GLOB, SCRIPT_GLOB, isProject } from './graphFile.ts';
import type { Problems } from './problems.ts';

/** Milliseconds in which changes of files are taken together. */
const CHANGES_MS = 100;
/** More are not read. */
const MAX_PROJECTS = 100;

/**
 * Tells in the Problems view what is wrong with each `langgraph.json` that is open or in the workspace.
 * Nothing is run.
 */
export class Projects implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #problems: Problems;
  #checking: NodeJS.Timeout | undefined;

  constructor(problems: Problems) {
    this.#problems = problems;
    const soon = () => this.#checkSoon();
    const projects = this.#owned.add(workspace.createFileSystemWatcher(PROJECT_GLOB));
    this.#owned.add(projects.onDidCreate(soon));
    this.#owned.add(projects.onDidChange(soon));
    this.#owned.add(projects.onDidDelete((uri) => problems.forget(uri)));
    const scripts = this.#owned.add(workspace.createFileSystemWatcher(SCRIPT_GLOB));
    for (const event of [scripts.onDidCreate, scripts.onDidChange, scripts.onDidDelete]) {
      this.#owned.add(event(soon));
    }
    const look = ({ uri }: TextDocument) => {
      if (isProject(uri)) soon();
    };
    this.#owned.add(workspace.onDidOpenTextDocument(look));
    this.#owned.add(workspace.onDidSaveTextDocument(look));
    // Another program has written the file.
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (!document.isDirty) look(document);
      }),
    );
    soon();
  }

  #checkSoon(): void {
    this.#checking ??= setTimeout(() => {
      this.#checking = undefined;
      void this.#check();
    }, CHANGES_MS);
  }

  async #check(): Promise<void> {
    // Also of folders that are not open; these need not be looked for.
    const shown = workspace.textDocuments.map(({ uri }) => uri).filter(isProject);
    await Promise.all(shown.map(({ fsPath }) => this.#tell(fsPath)));
    const found = await workspace.findFiles(PROJECT_GLOB, '**/node_modules/**', MAX_PROJECTS);
    await Promise.all(found.map(({ fsPath }) => this.#tell(fsPath)));
  }

  async #tell(file: string): Promise<void> {
    const { problems } = await readProject(file);
    this.#problems.loaded(file, problems);
  }

  dispose(): void {
    clearTimeout(this.#checking);
    this.#owned.dispose();
  }
}
