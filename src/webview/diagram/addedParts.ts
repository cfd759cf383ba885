import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import type { EdgeCounts } from '../../trace/edgeCounts.ts';
import type { CalledNode, Declared, FoundEdge } from './diagramModel.ts';

/** Most nodes, and most edges, that are added to a drawing; of further ones nothing is shown. */
const MAX_ADDED = 100;

/** What a run adds to the drawing of its graph, since no text tells of it. */
export class AddedParts {
  /** Functional tasks that have run: they are drawn once they are known of. */
  readonly #called = new Map<string, CalledNode>();
  /** Edges that were taken. */
  readonly #found = new Map<string, FoundEdge>();

  get called(): readonly CalledNode[] {
    return [...this.#called.values()];
  }

  get found(): readonly FoundEdge[] {
    return [...this.#found.values()];
  }

  clear(): void {
    this.#called.clear();
    this.#found.clear();
  }

  /** Takes note of nodes that code has called. @returns Whether there are new ones to draw. */
  addCalled(nodes: readonly NodeProgress[]): boolean {
    const before = this.#called.size;
    for (const { id, calledBy } of nodes) {
      if (!calledBy || this.#called.has(id) || this.#called.size >= MAX_ADDED) continue;
      this.#called.set(id, { id, ...calledBy });
    }
    return this.#called.size > before;
  }

  /** Takes note of edges that no declaration tells of. @returns Whether there are new ones to draw. */
  addFound(taken: EdgeCounts, declared: Declared): boolean {
    const before = this.#found.size;
    for (const { source, target } of taken.all()) {
      if (this.#found.size >= MAX_ADDED) break;
      if (!declared.lacks(source, target)) continue;
      this.#found.set(JSON.stringify([source, target]), { source, target });
    }
    return this.#found.size > before;
  }
}
