import type { ModelUse } from '../protocol/modelUse.ts';
import { formatAmount } from './words.ts';

/** A line below the state of the run: what models did in all, and who answered for them. */
export class Totals {
  readonly #element: HTMLElement;
  #shown = '';

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** What is shown, to be read aloud; empty where no model was asked. */
  get words(): string {
    return this.#element.hidden ? '' : this.#shown.replaceAll('\n', ', ');
  }

  /** Adds up what models did for each node; nothing is shown where none were asked. */
  show(uses: Iterable<ModelUse>): void {
    let [calls, tokensIn, tokensOut] = [0, 0, 0];
    const sources = new Set<string>();
    for (const use of uses) {
      calls += use.calls;
      tokensIn += use.tokensIn;
      tokensOut += use.tokensOut;
      for (const source of use.sources) sources.add(source);
    }
    const counts = calls === 1 ? '1 model call' : `${formatAmount(calls)} model calls`;
    const tokens =
      tokensIn + tokensOut > 0 ? `${formatAmount(tokensIn)}→${formatAmount(tokensOut)} tokens` : '';
    const parts = [counts, tokens, ...sources].filter((part) => part !== '');
    const text = calls > 0 ? parts.join('\n') : '';
    if (text === this.#shown) return;
    this.#shown = text;
    this.#element.hidden = calls === 0;
    this.#element.replaceChildren(
      ...[counts, tokens].filter((part) => part !== '').map((part) => span('', part)),
      ...[...sources].map((source) => span('badge', source)),
    );
  }
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
