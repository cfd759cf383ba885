import type { NodeProgress } from '../protocol/webviewMessages.ts';
import { setTooltip, type Drawing, type DrawnNode } from './renderDiagram.ts';
import { setSign, signPath, svgElement } from './statusSign.ts';
import { countTasks, describeNode, formatChip, formatUse, oneLine } from './words.ts';

const LINE_HEIGHT = 20;
/** With a second line, for models. */
const TALL_HEIGHT = 35;
/** How far a chip stands out on the right of its node. */
const OVERHANG = 10;
/** How far one may stand out on both sides and still not touch its neighbour. */
const MOST_OVERHANG = 21;
/** Where the title of a subgraph begins, and its size as a part of that of a chip's text. */
const TITLE_LEFT = 14;
const TITLE_SCALE = 1.3;
/** Width of a note as a part of what the same text takes in the first line. */
const NOTE_SCALE = 0.88;

/** The parts that a node gets once it has run; made at first use and then only changed. */
interface Marks {
  readonly chip: SVGGElement;
  readonly frame: SVGRectElement;
  readonly sign: SVGPathElement;
  readonly text: SVGTextElement;
  /** The second line. */
  readonly note: SVGTextElement;
}

/**
 * Shows a run on a drawing, by attributes and small additions: nothing is drawn anew, so that
 * hundreds of nodes may change in one frame.
 */
export class RunHighlight {
  readonly #drawing: Drawing;
  readonly #marks = new Map<string, Marks>();
  readonly #measure: (text: string) => number;

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    this.#measure = createMeasure();
    for (const node of drawing.nodes.values()) setTooltip(node, node.name);
  }

  /** Makes one node look like its progress. Progress of nodes that are not drawn is ignored. */
  show(progress: NodeProgress): void {
    const node = this.#drawing.nodes.get(progress.id);
    if (!node) return;
    const { element } = node;
    element.dataset.status = progress.status;
    setTooltip(node, `${node.name}: ${describeNode(progress).join('\n')}`);
    if (countTasks(progress) > 1) {
      this.#stack(node);
      showShares(node, progress);
    }
    if (progress.status === 'idle') this.#marks.get(node.id)?.chip.remove();
    else this.#showChip(node, progress);
  }

  /** Back to how it was drawn. */
  reset(): void {
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

  #showChip(node: DrawnNode, progress: NodeProgress): void {
    let marks = this.#marks.get(node.id);
    if (!marks) {
      marks = createMarks();
      this.#marks.set(node.id, marks);
    }
    if (!marks.chip.isConnected) node.element.append(marks.chip);
    const { status, modelUse, answer } = progress;
    const { box, isCluster } = node;
    const room = Math.max(box.width + 2 * MOST_OVERHANG, 120);
    setSign(marks.sign, status);
    const text = this.#longest(formatChip(progress), room - 27);
    const noteRoom = (room - 16) / NOTE_SCALE;
    const isAnswer = answer !== undefined;
    const note = isAnswer
      ? this.#lastWords(answer, noteRoom)
      : this.#longest(modelUse ? formatUse(modelUse) : [], noteRoom);
    if (marks.text.textContent === text && marks.note.textContent === note && text !== '') return;
    marks.text.textContent = text;
    marks.note.textContent = note;
    marks.note.classList.toggle('answer', isAnswer);
    if (note === '') marks.note.remove();
    else marks.chip.append(marks.note);
    const line = text === '' ? LINE_HEIGHT : 27 + this.#measure(text);
    // It must not change its size at each word that comes in.
    const below = isAnswer ? room : note === '' ? 0 : 16 + this.#measure(note) * NOTE_SCALE;
    const width = Math.max(line, below);
    const height = note === '' ? LINE_HEIGHT : TALL_HEIGHT;
    const { left, top } = isCluster
      ? this.#besideTitle(node, width)
      : onCorner(box, { width, height });
    marks.frame.setAttribute('width', String(width));
    marks.frame.setAttribute('height', String(height));
    marks.chip.setAttribute('transform', `translate(${left}, ${top})`);
  }

  /** In the line of a subgraph's title; on the frame, where the title leaves no room. */
  #besideTitle({ name, box }: DrawnNode, width: number): Corner {
    const titleEnd = box.x + TITLE_LEFT + this.#measure(name) * TITLE_SCALE;
    const left = box.x + box.width - TITLE_LEFT / 2 - width;
    if (left > titleEnd + OVERHANG) return { left, top: box.y + TITLE_LEFT / 2 };
    return { left: left + TITLE_LEFT / 2 + OVERHANG, top: box.y - LINE_HEIGHT * 0.75 };
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

  /** A second outline behind a node that runs more than once. */
  #stack({ element, shape, isCluster }: DrawnNode): void {
    if (isCluster || element.querySelector(':scope > .stack')) return;
    const stack = shape.cloneNode() as SVGGraphicsElement;
    stack.setAttribute('class', 'stack');
    stack.setAttribute('transform', 'translate(5, 5)');
    shape.before(stack);
  }
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

/**
 * Where no arrow arrives and not over the middle, unless it is too wide for that. What is tall stays
 * above the lower edge of a subgraph.
 */
function onCorner(
  box: DrawnNode['box'],
  { width, height }: { readonly width: number; readonly height: number },
): Corner {
  const middle = box.x + box.width / 2;
  const right = box.x + box.width + OVERHANG;
  const corner = Math.max(right - width, middle + OVERHANG);
  const left = corner + width > right + OVERHANG ? middle - width / 2 : corner;
  const inside = LINE_HEIGHT / 2 + (height - LINE_HEIGHT) / 4;
  return { left, top: box.y + box.height - inside };
}

function createMarks(): Marks {
  const chip = svgElement('g', { class: 'chip' });
  const frame = svgElement('rect', { height: LINE_HEIGHT, rx: LINE_HEIGHT / 2 });
  const holder = svgElement('g', { transform: 'translate(4, 4) scale(0.75)' });
  const sign = signPath('idle');
  const text = svgElement('text', { x: 20, y: LINE_HEIGHT / 2, 'dominant-baseline': 'central' });
  const note = svgElement('text', { class: 'note', x: 8, y: 26, 'dominant-baseline': 'central' });
  holder.append(sign);
  chip.append(frame, holder, text);
  return { chip, frame, sign, text, note };
}

/** A bar along the upper edge of a node: how many of its tasks have come how far. */
function showShares({ element, box }: DrawnNode, progress: NodeProgress): void {
  let bar = element.querySelector<SVGGElement>(':scope > .shares');
  if (!bar) {
    bar = svgElement('g', { class: 'shares' });
    for (const share of ['all', 'done', 'failed', 'cancelled', 'paused', 'running']) {
      bar.append(svgElement('rect', { class: share, y: box.y + 4, height: 3, rx: 1.5 }));
    }
    element.append(bar);
  }
  const { done, failed, cancelled = 0, paused = 0, running } = progress;
  const total = countTasks(progress);
  const width = box.width - 20;
  let left = box.x + 10;
  [total, done, failed, cancelled, paused, running].forEach((count, at) => {
    const share = bar.children[at]!;
    const length = (width * count) / total;
    share.setAttribute('x', String(left));
    // A gap tells one from the next without any colour.
    share.setAttribute('width', String(Math.max(0, at === 0 ? length : length - 1)));
    if (at > 0) left += length;
  });
}

/** Text widths without asking for layout, which at this rate would be felt. */
function createMeasure(): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * 7;
  context.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}
