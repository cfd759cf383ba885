import type { GraphReach } from '../../protocol/graphReach.ts';
import { reachWords } from './reachWords.ts';

interface Parts {
  readonly button: HTMLElement;
  readonly text: HTMLElement;
}

interface Handlers {
  readonly isOn: () => boolean;
  readonly onToggle: () => void;
  readonly onShow: (reach: GraphReach | undefined) => void;
}

/** The button that marks what tests have reached, and the words beside the diagram; hidden while no test has run. */
export class ReachToggle {
  readonly #parts: Parts;
  readonly #handlers: Handlers;
  #reach: GraphReach | undefined;

  constructor(parts: Parts, handlers: Handlers) {
    this.#parts = parts;
    this.#handlers = handlers;
    parts.button.addEventListener('click', () => {
      handlers.onToggle();
      this.show(this.#reach);
    });
  }

  /** @param reach What tests have reached of the graph; `undefined`: none has run. */
  show(reach: GraphReach | undefined): void {
    this.#reach = reach;
    const { button, text } = this.#parts;
    const shown = this.#handlers.isOn() ? reach : undefined;
    button.hidden = reach === undefined;
    button.setAttribute('aria-pressed', String(shown !== undefined));
    text.hidden = shown === undefined;
    text.textContent = shown ? reachWords(shown) : '';
    this.#handlers.onShow(shown);
  }
}
