import { breakpointText, type GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { Drawing, DrawnNode } from './drawing.ts';
import { svgElement } from '../statusSign.ts';

const RADIUS = 5;

/** Draws the breakpoints of nodes: at the left of a node one before it, at its right one after it. */
export function drawBreakpoints({ nodes }: Drawing, breakpoints: readonly GraphBreakpoint[]): void {
  for (const { element } of nodes.values()) {
    for (const sign of element.querySelectorAll(':scope > .breakpoint')) sign.remove();
  }
  for (const breakpoint of breakpoints) {
    const node = nodes.get(breakpoint.node);
    node?.element.append(signOf(node, breakpoint));
  }
}

function signOf({ box }: DrawnNode, breakpoint: GraphBreakpoint): SVGGElement {
  const sign = svgElement('g', { class: 'breakpoint' });
  const title = svgElement('title');
  title.textContent = `Pauses ${breakpointText(breakpoint)}`;
  const cx = breakpoint.when === 'before' ? box.x : box.x + box.width;
  const cy = box.y + box.height / 2;
  sign.append(title, svgElement('circle', { cx, cy, r: RADIUS }));
  if (breakpoint.condition !== undefined) {
    const bars = `M${cx - 2.5} ${cy - 1.5}h5M${cx - 2.5} ${cy + 1.5}h5`;
    sign.append(svgElement('path', { d: bars }));
  }
  return sign;
}
