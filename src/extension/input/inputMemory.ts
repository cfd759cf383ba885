import type { Memento } from 'vscode';
import { targetKey, type GraphTarget } from '../graphs/graphFile.ts';

/** The last input of each graph, as JSON text, kept in the workspace's own storage. */
export class InputMemory {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  /** The text that the user left, even if it is not valid JSON yet. */
  get(target: GraphTarget): string | undefined {
    return this.#state.get<string>(keyOf(target));
  }

  /** Blank text forgets: the next time starts from the file's own input. */
  async set(target: GraphTarget, text: string): Promise<void> {
    await this.#state.update(keyOf(target), text.trim() === '' ? undefined : text);
  }
}

function keyOf(target: GraphTarget): string {
  return `input:${targetKey(target)}`;
}
