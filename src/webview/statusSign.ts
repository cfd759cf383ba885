import type { NodeStatus } from '../protocol/webviewMessages.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** One line each, in a square of 16; told apart by shape alone. */
const SIGNS: Readonly<Record<NodeStatus, string>> = {
  idle: 'M8 8h.01',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  waiting: 'M5.5 3.5v9M10.5 3.5v9',
  done: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M4.2 11.8l7.6-7.6',
};

/** Makes an SVG element. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** The path of a status sign; the running one turns (in CSS, where motion is welcome). */
export function signPath(status: NodeStatus): SVGPathElement {
  return svgElement('path', { class: 'sign', d: SIGNS[status] });
}

/** Changes the status that an existing sign shows. */
export function setSign(path: SVGPathElement, status: NodeStatus): void {
  if (path.getAttribute('d') !== SIGNS[status]) path.setAttribute('d', SIGNS[status]);
}

/** A cross that nobody takes for a button that closes something. */
export function errorIcon(): SVGSVGElement {
  const svg = signIcon('failed');
  svg.firstElementChild?.setAttribute(
    'd',
    'M8 1.7a6.3 6.3 0 1 0 0 12.6a6.3 6.3 0 1 0 0-12.6M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6',
  );
  return svg;
}

/** A status sign as an image of its own, for HTML; hidden from screen readers. */
export function signIcon(status: NodeStatus): SVGSVGElement {
  const svg = svgElement('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  svg.append(signPath(status));
  return svg;
}
