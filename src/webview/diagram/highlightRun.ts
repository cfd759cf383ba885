import type { NodeProgress } from '../../protocol/webviewMessages.ts';
import { setTooltip, type Drawing, type DrawnNode } from './drawing.ts';
import type { Box } from './obstacles.ts';
import { setSign, signPath, svgElement } from '../statusSign.ts';
import { readLabelFont } from '../theme.ts';
import { countTasks, describeNode, formatChip, formatUse, oneLine } from '../words.ts';

/** Sizes of the two lines below a name, as parts of the labels' font; their room is in the stylesheet. */
const STATE_SIZE = 0.85;
const NOTE_SIZE = 0.77;
/** How far above the lower edge of a card their middles are, in the same unit. */
const STATE_ABOVE = 1.9;
const NOTE_ABOVE = 0.8;
/** What a card keeps free on both sides. */
const SIDE = 8;
const SIGN_SIZE = 12;
const SIGN_GAP = 5;
/** Seen from far, a node shows its sign alone, so much larger, and so far above its lower edge. */
const FAR_SCALE = 2.4;
const FAR_ABOVE = 1.6;
/** Where the state of a subgraph stands, below its title: from its left in pixels, from its top by the font. */
const TITLE_LEFT = 14;
const BELOW_TITLE = 2.6;

/** The parts that a node gets once it has run; made at first use and then only changed. */
interface Marks {
  readonly chip: SVGGElement;
  /** The first line: a sign and words. */
  readonly state: SVGGElement;
  readonly holder: SVGGElement;
  readonly sign: SVGPathElement;
  readonly text: SVGTextElement;
  /** The second line: what models do. */
  readonly note: SVGTextElement;
  /** What stands there, to see that nothing has changed. */
  shown: string;
}

/**
 * Shows a run on a drawing, by attributes and small additions: nothing is drawn anew, so that
 * hundreds of nodes may change in one frame.
 */
export class RunHighlight {
  readonly #drawing: Drawing;
  readonly #marks = new Map<string, Marks>();
  /** How the bars stand, by node: most do so for several tasks. */
  readonly #shares = new Map<string, string>();
  /** Size of the labels, in pixels. */
  readonly #em: number;
  /** Width of a text in the first line. */
  readonly #measure: (text: string) => number;

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    const { fontFamily, fontSize } = readLabelFont();
    this.#em = parseFloat(fontSize);
    this.#measure = createMeasure(`600 ${this.#em * STATE_SIZE}px ${fontFamily}`);
  }

  /**
   * Makes one node look like its progress. Progress of nodes that are not drawn is ignored.
   * @param isFar No text could be read: there is a sign only.
   */
  show(progress: NodeProgress, isFar: boolean): void {
    const node = this.#drawing.nodes.get(progress.id);
    if (!node) return;
    const { element } = node;
    if (element.dataset.status !== progress.status) element.dataset.status = progress.status;
    setTooltip(node, `${node.name}: ${describeNode(progress).join('\n')}`);
    if (countTasks(progress) > 1 && !isFar) {
      this.#stack(node);
      this.#showShares(node, progress);
    }
    if (progress.status === 'idle') this.#marks.get(node.id)?.chip.remove();
    else this.#showChip(node, progress, isFar);
  }

  /** Back to how it was drawn. */
  reset(): void {
    this.#shares.clear();
    for (const [id, { chip }] of this.#marks) {
      chip.remove();
      const node = this.#drawing.nodes.get(id);
      if (!node) continue;
      delete node.element.dataset.status;
      node.element.querySelector(':scope > .stack')?.remove();
      node.element.querySelector(':scope > .shares')?.remove();
      setTooltip(node, node.name);
    }
  }

  /** Rings the one node that has the focus in the list. */
  focus(id: string | undefined): void {
    for (const node of this.#drawing.nodes.values()) {
      node.element.classList.toggle('focused', node.id === id);
    }
  }

  /** Marks nodes that were looked for, and no others. */
  mark(ids: readonly string[]): void {
    const marked = new Set(ids);
    for (const node of this.#drawing.nodes.values()) {
      node.element.classList.toggle('match', marked.has(node.id));
    }
  }

  #showChip(node: DrawnNode, progress: NodeProgress, isFar: boolean): void {
    let marks = this.#marks.get(node.id);
    if (!marks) {
      marks = createMarks();
      this.#marks.set(node.id, marks);
    }
    if (!marks.chip.isConnected) node.element.append(marks.chip);
    setSign(marks.sign, progress.status);
    const [text, note] = isFar ? ['', ''] : this.#wordsOf(node, progress);
    const key = JSON.stringify([text, note, isFar]);
    if (marks.shown === key) return;
    marks.shown = key;
    marks.text.textContent = text;
    marks.note.textContent = note;
    marks.note.classList.toggle('answer', progress.answer !== undefined);
    if (note === '') marks.note.remove();
    else marks.chip.append(marks.note);
    this.#place(marks, node, isFar);
  }

  /** The line of the state, and that of models. */
  #wordsOf({ box, isCluster }: DrawnNode, progress: NodeProgress): [string, string] {
    const { modelUse, answer } = progress;
    const room = box.width - 2 * (isCluster ? TITLE_LEFT : SIDE);
    const text = this.#longest(formatChip(progress), room - SIGN_SIZE - SIGN_GAP);
    // What models do in a subgraph stands on the nodes in it.
    if (isCluster) return [text, ''];
    const noteRoom = (room * STATE_SIZE) / NOTE_SIZE;
    if (answer !== undefined) return [text, this.#lastWords(answer, noteRoom)];
    return [text, this.#longest(modelUse ? formatUse(modelUse) : [], noteRoom)];
  }

  #place(
    { state, holder, text, note }: Marks,
    { box, isCluster }: DrawnNode,
    isFar: boolean,
  ): void {
    const size = SIGN_SIZE * (isFar ? FAR_SCALE : 1);
    holder.setAttribute('transform', `translate(0, ${-size / 2}) scale(${size / 16})`);
    const width = isFar ? size : size + SIGN_GAP + this.#measure(text.textContent);
    const middle = box.x + box.width / 2;
    const bottom = box.y + box.height;
    const above = isFar ? FAR_ABOVE : STATE_ABOVE;
    const at = isCluster
      ? { x: box.x + TITLE_LEFT, y: box.y + BELOW_TITLE * this.#em }
      : { x: middle - width / 2, y: bottom - above * this.#em };
    state.setAttribute('transform', `translate(${at.x}, ${at.y})`);
    note.setAttribute('x', String(middle));
    note.setAttribute('y', String(bottom - NOTE_ABOVE * this.#em));
  }

  /** The first that there is room for, else the last. */
  #longest(texts: readonly string[], room: number): string {
    return texts.find((text) => this.#measure(text) <= room) ?? texts.at(-1) ?? '';
  }

  /** As much of the end of an answer as there is room for. */
  #lastWords(answer: string, room: number): string {
    const words = oneLine(answer);
    let from = Math.max(0, words.length - 60);
    while (from < words.length && this.#measure(words.slice(from)) > room - 12) from++;
    if (from === 0) return words;
    const space = words.indexOf(' ', from);
    return `… ${words.slice(space < 0 || space > from + 12 ? from : space + 1)}`;
  }

  #showShares(node: DrawnNode, progress: NodeProgress): void {
    const parts = sharesOf(progress, node.box);
    const key = parts.join();
    if (this.#shares.get(node.id) === key) return;
    this.#shares.set(node.id, key);
    drawShares(node, parts);
  }

  /** A second outline behind a node that runs more than once. */
  #stack({ element, shape, isCluster }: DrawnNode): void {
    if (isCluster || element.querySelector(':scope > .stack')) return;
    const stack = shape.cloneNode() as SVGGraphicsElement;
    stack.setAttribute('class', 'stack');
    stack.setAttribute('transform', 'translate(5, 5)');
    shape.before(stack);
  }
}

function createMarks(): Marks {
  const chip = svgElement('g', { class: 'chip' });
  const state = svgElement('g');
  const holder = svgElement('g');
  const sign = signPath('idle');
  const text = svgElement('text', { x: SIGN_SIZE + SIGN_GAP, 'dominant-baseline': 'central' });
  const note = svgElement('text', { class: 'note', 'dominant-baseline': 'central' });
  holder.append(sign);
  state.append(holder, text);
  chip.append(state);
  return { chip, state, holder, sign, text, note, shown: '' };
}

const SHARES = ['done', 'failed', 'cancelled', 'paused', 'running'] as const;
/** Free on both sides of the bar. */
const BAR_SIDE = 10;

/** Where each share of a bar begins, and where the last one ends; in tenths of a pixel. */
function sharesOf(progress: NodeProgress, { width }: Box): number[] {
  const total = countTasks(progress);
  let count = 0;
  const ends = SHARES.map((share) => (count += progress[share] ?? 0));
  return [0, ...ends].map((end) => Math.round((10 * (width - 2 * BAR_SIDE) * end) / total) / 10);
}

/** A bar along the upper edge of a node: how many of its tasks have come how far. */
function drawShares({ element, box }: DrawnNode, parts: readonly number[]): void {
  let bar = element.querySelector<SVGGElement>(':scope > .shares');
  const left = box.x + BAR_SIDE;
  if (!bar) {
    const look = { y: box.y + 4, height: 3, rx: 1.5 };
    bar = svgElement('g', { class: 'shares' });
    const all = { class: 'all', x: left, width: box.width - 2 * BAR_SIDE };
    bar.append(svgElement('rect', { ...look, ...all }));
    for (const share of SHARES) bar.append(svgElement('rect', { ...look, class: share }));
    element.append(bar);
  }
  SHARES.forEach((_, at) => {
    const [from, to] = [parts[at]!, parts[at + 1]!];
    const rect = bar.children[at + 1]!;
    rect.setAttribute('x', String(left + from));
    // A gap tells one from the next without any colour.
    rect.setAttribute('width', String(Math.max(0, to - from - 1)));
  });
}

/** Text widths without asking for layout, which at this rate would be felt. */
function createMeasure(font: string): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * 7;
  context.font = font;
  return (text) => context.measureText(text).width;
}
