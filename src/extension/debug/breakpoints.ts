import { EventEmitter, type Disposable, type Event, type Memento } from 'vscode';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import { DisposableStore } from '../disposableStore.ts';
import { targetKey, type GraphTarget } from '../graphs/graphFile.ts';

/** Where the runs of each graph pause, kept in the workspace's own storage. A node has one of each kind. */
export class GraphBreakpoints implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly #state: Memento;

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(state: Memento) {
    this.#state = state;
  }

  of(target: GraphTarget): readonly GraphBreakpoint[] {
    return this.#state.get<readonly GraphBreakpoint[]>(keyOf(target), []);
  }

  /** That of a node, by its id. */
  at(
    target: GraphTarget,
    node: string,
    when: GraphBreakpoint['when'],
  ): GraphBreakpoint | undefined {
    return this.of(target).find((each) => each.node === node && each.when === when);
  }

  /** Puts a breakpoint in the place of that which its node has. */
  async set(target: GraphTarget, breakpoint: GraphBreakpoint): Promise<void> {
    await this.#keep(target, [...this.#others(target, breakpoint), breakpoint]);
  }

  async remove(target: GraphTarget, breakpoint: GraphBreakpoint): Promise<void> {
    await this.#keep(target, this.#others(target, breakpoint));
  }

  /** Removes the breakpoint of a node, or puts one there that always holds. */
  async toggle(target: GraphTarget, node: string, when: GraphBreakpoint['when']): Promise<void> {
    const known = this.at(target, node, when);
    await (known ? this.remove(target, known) : this.set(target, { node, when }));
  }

  /** Removes all breakpoints of a graph. */
  async clear(target: GraphTarget): Promise<void> {
    await this.#keep(target, []);
  }

  #others(target: GraphTarget, { node, when }: GraphBreakpoint): readonly GraphBreakpoint[] {
    return this.of(target).filter((each) => each.node !== node || each.when !== when);
  }

  async #keep(target: GraphTarget, breakpoints: readonly GraphBreakpoint[]): Promise<void> {
    await this.#state.update(keyOf(target), breakpoints.length > 0 ? breakpoints : undefined);
    this.#changed.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** Moved with its file, as all keys of this form are. */
function keyOf(target: GraphTarget): string {
  return `breakpoints:${targetKey(target)}`;
}
