import { breakpointText, type GraphBreakpoint } from '../../protocol/breakpoints.ts';
import { describeUse } from '../../protocol/modelUse.ts';
import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import type { DiagramModel } from './diagramModel.ts';
import type { DrawnNode } from './drawing.ts';
import { edgeWords } from './edgeWords.ts';
import { overFrames } from '../frames.ts';
import { setSign, signIcon } from '../statusSign.ts';
import { STATUS_WORDS, describeNode, describeProgress, oneLine } from '../words.ts';
import { idsAroundNode } from '../../trace/nodeId.ts';

/** Rows that are made at once; where there are more, they come in over the next frames. */
const MOST_AT_ONCE = 300;

interface Row {
  readonly button: HTMLButtonElement;
  readonly sign: SVGPathElement;
  readonly state: HTMLElement;
  /** What models did, and what comes in; empty where there is nothing to say. */
  readonly models: HTMLElement;
  readonly answer: HTMLElement;
}

export interface NodeListEvents {
  /** A node was chosen, by click or Enter. */
  readonly onChoose: (id: string) => void;
  /** A subgraph is to be folded, or unfolded. */
  readonly onFold: (id: string, isFolded: boolean) => void;
  /** The focus came to a node, or left the list. */
  readonly onFocus: (id: string | undefined) => void;
}

/**
 * The nodes and their states as a list to read: for screen readers, keyboards, and whoever prefers
 * text. One stop of the Tab key; up and down go through it, left and right fold and unfold a subgraph.
 */
export class NodeList {
  readonly #list: HTMLElement;
  readonly #rows = new Map<string, Row>();
  /** Of nodes whose rows are still to come. */
  readonly #latest = new Map<string, NodeProgress>();
  /** What breakpoints do, by node. */
  #breakpoints: ReadonlyMap<string, readonly GraphBreakpoint[]> = new Map();
  #edgeWords: ReturnType<typeof edgeWords> = new Map();
  /** Counts the lists. */
  #filling = 0;

  constructor(list: HTMLElement, { onChoose, onFocus, onFold }: NodeListEvents) {
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
    list.addEventListener('keydown', (event) => {
      const { target, key } = event;
      const expanded = target instanceof Element ? target.ariaExpanded : null;
      const id = rowId(target);
      const isFolding = key === 'ArrowLeft' && expanded === 'true';
      const isUnfolding = key === 'ArrowRight' && expanded === 'false';
      if (id !== undefined && (isFolding || isUnfolding)) {
        event.preventDefault();
        onFold(id, isFolding);
      } else this.#onKeyDown(event);
    });
  }

  /**
   * Replaces the nodes; all are idle. The focus stays on its row if that is still there.
   * @param model Of the drawing, whose bars and marks are told in words.
   */
  setNodes(nodes: Iterable<DrawnNode>, model: DiagramModel | undefined): void {
    this.#edgeWords = model ? edgeWords(model) : new Map();
    const focused = rowId(document.activeElement);
    const filling = ++this.#filling;
    this.#rows.clear();
    this.#latest.clear();
    this.#list.replaceChildren();
    const all = [...nodes];
    const now = all.length > MOST_AT_ONCE ? 1 : all.length;
    for (const node of all.slice(0, now)) this.#addRow(node, focused);
    const first = this.#list.querySelector('button');
    if (!this.#list.contains(document.activeElement)) {
      this.#setTabStop(first);
    }
    void overFrames(
      all.slice(now),
      (node) => this.#addRow(node, focused),
      () => filling !== this.#filling,
    );
  }

  #addRow(node: DrawnNode, focused: string | undefined): void {
    const row = createRow(node);
    this.#rows.set(node.id, row);
    this.#describe(node.id, row);
    const item = document.createElement('li');
    item.append(row.button);
    this.#list.append(item);
    const progress = this.#latest.get(node.id);
    if (progress) this.show(progress);
    if (node.id === focused) row.button.focus();
  }

  /** Says where runs pause, in place of what was said before. */
  showBreakpoints(breakpoints: readonly GraphBreakpoint[]): void {
    this.#breakpoints = Map.groupBy(breakpoints, ({ node }) => node);
    for (const [id, row] of this.#rows) this.#describe(id, row);
  }

  /** Read with the name of the node. */
  #describe(id: string, { button }: Row): void {
    const own = this.#breakpoints.get(id);
    const sentences = [
      ...(own ? [`Pauses ${own.map(breakpointText).join(', ')}`] : []),
      ...(this.#edgeWords.get(id) ?? []),
    ];
    button.ariaDescription = sentences.length > 0 ? sentences.join('. ') : null;
  }

  show(progress: NodeProgress): void {
    const row = this.#rows.get(progress.id);
    if (!row) return void this.#latest.set(progress.id, progress);
    row.button.dataset.status = progress.status;
    setSign(row.sign, progress.status);
    const { modelUse, answer } = progress;
    row.state.textContent = describeProgress(progress);
    row.models.textContent = modelUse ? describeUse(modelUse).join(', ') : '';
    row.answer.textContent = answer === undefined ? '' : `… ${oneLine(answer)}`;
    row.button.title = `${progress.id}: ${describeNode(progress).join('\n')}`;
  }

  reset(): void {
    this.#latest.clear();
    for (const [id, { button, sign, state, models, answer }] of this.#rows) {
      button.dataset.status = 'idle';
      button.title = id;
      setSign(sign, 'idle');
      state.textContent = STATUS_WORDS.idle;
      models.textContent = answer.textContent = '';
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

function createRow({ id, name, isCluster, isFolded }: DrawnNode): Row {
  const button = document.createElement('button');
  button.type = 'button';
  button.tabIndex = -1;
  button.dataset.id = id;
  button.dataset.status = 'idle';
  button.title = id;
  button.style.setProperty('--depth', String(idsAroundNode(id).length));
  button.classList.toggle('subgraph', isCluster || isFolded);
  if (isCluster || isFolded) button.ariaExpanded = String(isCluster);
  const icon = signIcon('idle');
  const label = span('name', name);
  label.dir = 'auto';
  const state = span('state', STATUS_WORDS.idle);
  const [models, answer] = [span('models', ''), span('answer', '')];
  answer.dir = 'auto';
  button.append(icon, label, span('visuallyHidden', ': '), state, models, answer);
  return { button, sign: icon.firstElementChild as SVGPathElement, state, models, answer };
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** Which node a row of the list, or something in it, stands for. */
export function rowId(target: EventTarget | null): string | undefined {
  return target instanceof Element
    ? target.closest<HTMLElement>('#nodes [data-id]')?.dataset.id
    : undefined;
}
