import type { NodeProgress } from '../protocol/webviewMessages.ts';
import type { DrawnNode } from './renderDiagram.ts';
import { setSign, signIcon } from './statusSign.ts';
import { STATUS_WORDS, describeProgress } from './words.ts';

interface Row {
  readonly button: HTMLButtonElement;
  readonly sign: SVGPathElement;
  readonly state: HTMLElement;
}

export interface NodeListEvents {
  /** A node was chosen, by click or Enter. */
  readonly onChoose: (id: string) => void;
  /** The focus came to a node, or left the list. */
  readonly onFocus: (id: string | undefined) => void;
}

/**
 * The nodes and their states as a list to read: for screen readers, keyboards, and whoever prefers
 * text. One stop of the Tab key; the arrow keys go through it.
 */
export class NodeList {
  readonly #list: HTMLElement;
  readonly #rows = new Map<string, Row>();

  constructor(list: HTMLElement, { onChoose, onFocus }: NodeListEvents) {
    this.#list = list;
    list.addEventListener('click', ({ target }) => {
      const id = rowId(target);
      if (id !== undefined) onChoose(id);
    });
    list.addEventListener('focusin', ({ target }) => {
      this.#setTabStop(target);
      onFocus(rowId(target));
    });
    list.addEventListener('focusout', () => onFocus(undefined));
    list.addEventListener('keydown', (event) => this.#onKeyDown(event));
  }

  /** Replaces the nodes; all are idle. The focus stays on its row if that is still there. */
  setNodes(nodes: Iterable<DrawnNode>): void {
    const focused = rowId(document.activeElement);
    this.#rows.clear();
    const items: HTMLElement[] = [];
    for (const node of nodes) {
      const row = createRow(node);
      this.#rows.set(node.id, row);
      const item = document.createElement('li');
      item.append(row.button);
      items.push(item);
    }
    this.#list.replaceChildren(...items);
    const kept = focused === undefined ? undefined : this.#rows.get(focused)?.button;
    if (kept) kept.focus();
    else this.#setTabStop(items[0]?.firstElementChild);
  }

  show(progress: NodeProgress): void {
    const row = this.#rows.get(progress.id);
    if (!row) return;
    row.button.dataset.status = progress.status;
    setSign(row.sign, progress.status);
    row.state.textContent = describeProgress(progress);
    row.button.title = `${progress.id}: ${row.state.textContent}`;
  }

  reset(): void {
    for (const [id, { button, sign, state }] of this.#rows) {
      button.dataset.status = 'idle';
      button.title = id;
      setSign(sign, 'idle');
      state.textContent = STATUS_WORDS.idle;
    }
  }

  #setTabStop(target: EventTarget | null | undefined): void {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const { button } of this.#rows.values()) button.tabIndex = button === target ? 0 : -1;
  }

  #onKeyDown(event: KeyboardEvent): void {
    const buttons = [...this.#rows.values()].map(({ button }) => button);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  }
}

function createRow({ id, name, isCluster }: DrawnNode): Row {
  const button = document.createElement('button');
  button.type = 'button';
  button.tabIndex = -1;
  button.dataset.id = id;
  button.dataset.status = 'idle';
  button.title = id;
  button.style.setProperty('--depth', String(id.split(':').length - 1));
  button.classList.toggle('subgraph', isCluster);
  const icon = signIcon('idle');
  const label = document.createElement('span');
  label.className = 'name';
  label.dir = 'auto';
  label.textContent = name;
  const state = document.createElement('span');
  state.className = 'state';
  state.textContent = STATUS_WORDS.idle;
  const colon = document.createElement('span');
  colon.className = 'visuallyHidden';
  colon.textContent = ': ';
  button.append(icon, label, colon, state);
  return { button, sign: icon.firstElementChild as SVGPathElement, state };
}

function rowId(target: EventTarget | null): string | undefined {
  return target instanceof Element
    ? target.closest<HTMLElement>('#nodes [data-id]')?.dataset.id
    : undefined;
}
