import type { Disposable } from 'vscode';
import type { StaticGraph } from '../../loader/source/staticGraph.ts';
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
  readonly #readText: (file: string) => Promise<readonly StaticGraph[]>;
  readonly #panelsOf: (file: string) => readonly PreviewPanel[];
  /** By file (absolute path). */
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    readText: (file: string) => Promise<readonly StaticGraph[]>,
    panelsOf: (file: string) => readonly PreviewPanel[],
  ) {
    this.#readText = readText;
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
    const graphs = await this.#readText(file).catch(() => []);
    for (const panel of this.#panelsOf(file)) {
      const graph = findGraph(panel.target, graphs);
      if (graph) panel.expect(staticDiagram(graph, { graphs, file }));
    }
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
