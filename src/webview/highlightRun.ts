import type { NodeProgress, NodeStatus } from '../protocol/webviewMessages.ts';
import { setTooltip, type Drawing, type DrawnNode } from './renderDiagram.ts';
import { setSign, signPath, svgElement } from './statusSign.ts';
import { describeProgress, formatChip } from './words.ts';

const CHIP_HEIGHT = 20;

/** The parts that a node gets once it has run; made at first use and then only changed. */
interface Marks {
  readonly chip: SVGGElement;
  readonly frame: SVGRectElement;
  readonly sign: SVGPathElement;
  readonly text: SVGTextElement;
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
    setTooltip(node, `${node.name}: ${describeProgress(progress)}`);
    if (progress.running + progress.done + progress.failed > 1) this.#stack(node);
    if (progress.status === 'idle') this.#marks.get(node.id)?.chip.remove();
    else this.#showChip(node, progress.status, formatChip(progress));
  }

  /** Back to how it was drawn. */
  reset(): void {
    for (const [id, { chip }] of this.#marks) {
      chip.remove();
      const node = this.#drawing.nodes.get(id);
      if (!node) continue;
      delete node.element.dataset.status;
      node.element.querySelector(':scope > .stack')?.remove();
      setTooltip(node, node.name);
    }
  }

  /** Rings the one node that has the focus in the list. */
  focus(id: string | undefined): void {
    for (const node of this.#drawing.nodes.values()) {
      node.element.classList.toggle('focused', node.id === id);
    }
  }

  #showChip(node: DrawnNode, status: NodeStatus, text: string): void {
    let marks = this.#marks.get(node.id);
    if (!marks) {
      marks = createMarks();
      this.#marks.set(node.id, marks);
    }
    if (!marks.chip.isConnected) node.element.append(marks.chip);
    setSign(marks.sign, status);
    if (marks.text.textContent === text && text !== '') return;
    marks.text.textContent = text;
    const width = text === '' ? CHIP_HEIGHT : 27 + this.#measure(text);
    const { box, isCluster } = node;
    // On a corner where no arrow arrives, and never over the middle.
    const left = Math.max(box.x + box.width + 10 - width, box.x + box.width / 2 + 10);
    const middle = isCluster ? box.y : box.y + box.height;
    marks.frame.setAttribute('width', String(width));
    marks.chip.setAttribute('transform', `translate(${left}, ${middle - CHIP_HEIGHT / 2})`);
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
  const frame = svgElement('rect', { height: CHIP_HEIGHT, rx: CHIP_HEIGHT / 2 });
  const holder = svgElement('g', { transform: 'translate(4, 4) scale(0.75)' });
  const sign = signPath('idle');
  const text = svgElement('text', { x: 20, y: CHIP_HEIGHT / 2, 'dominant-baseline': 'central' });
  holder.append(sign);
  chip.append(frame, holder, text);
  return { chip, frame, sign, text };
}

/** Text widths without asking for layout, which at this rate would be felt. */
function createMeasure(): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * 7;
  context.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
  return (text) => context.measureText(text).width;
}
