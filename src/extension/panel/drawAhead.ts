import type { Disposable } from 'vscode';
import type { GraphFiles } from '../graphs/graphFiles.ts';
import type { PreviewPanel } from './previewPanel.ts';
import { findGraph } from './showFile.ts';
import { staticDiagram } from './staticDiagram.ts';

/** Milliseconds for which nobody has to type before the text is read. */
const REST_MS = 100;

/**
 * Has the panels of files that are edited draw ahead what they will most likely show after the save, as the
 * text tells. What they show stays as it is: that comes of the file that was loaded.
 */
export class DrawAhead implements Disposable {
  readonly #files: Pick<GraphFiles, 'prepare' | 'readText'>;
  readonly #panelsOf: (file: string) => readonly PreviewPanel[];
  /** By file (absolute path). */
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    files: Pick<GraphFiles, 'prepare' | 'readText'>,
    panelsOf: (file: string) => readonly PreviewPanel[],
  ) {
    this.#files = files;
    this.#panelsOf = panelsOf;
  }

  /** The text of a file (absolute path) was changed, and not saved yet. */
  edited(file: string): void {
    clearTimeout(this.#timers.get(file));
    this.#timers.set(
      file,
      setTimeout(() => {
        this.#timers.delete(file);
        void this.#read(file);
      }, REST_MS),
    );
  }

  async #read(file: string): Promise<void> {
    const graphs = await this.#files.readText(file).catch(() => []);
    for (const panel of this.#panelsOf(file)) {
      const graph = findGraph(panel.target, graphs);
      if (graph) panel.expect(staticDiagram(graph, { graphs, file }));
    }
    // What fails here fails again, and is told of, when the file is loaded.
    await this.#files.prepare(file).catch(() => undefined);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
