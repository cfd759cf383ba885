import type { Drawing, DrawnNode } from './drawing.ts';
import { svgElement } from '../statusSign.ts';

/** Side of what one clicks, and how far it is from the corner. */
const SIDE = 20;
const INSET = { box: 4, card: 1 };

/** Gives each subgraph a sign in its right upper corner by which it is folded or unfolded. */
export function addFoldSigns({ nodes }: Drawing): void {
  for (const node of nodes.values()) {
    if (node.isCluster || node.isFolded) node.element.append(signOf(node));
  }
}

/** The subgraph whose sign was clicked, if it was one. */
export function foldSignAt(target: Element): Element | undefined {
  return target.closest('.foldSign')?.parentElement ?? undefined;
}

function signOf({ box, isFolded }: DrawnNode): SVGGElement {
  const inset = isFolded ? INSET.card : INSET.box;
  const [x, y] = [box.x + box.width - SIDE - inset, box.y + inset];
  const sign = svgElement('g', { class: 'foldSign', transform: `translate(${x}, ${y})` });
  const title = svgElement('title');
  title.textContent = isFolded ? 'Unfold' : 'Fold';
  const arrow = isFolded ? 'M8 6l4 4-4 4' : 'M6 8l4 4 4-4';
  sign.append(
    title,
    svgElement('rect', { width: SIDE, height: SIDE }),
    svgElement('path', { d: arrow }),
  );
  return sign;
}
