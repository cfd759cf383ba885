import { svgElement } from '../statusSign.ts';

/** Properties that the look of shapes and texts comes from, and their values where none is given. */
const LOOK = {
  ...{ fill: '', stroke: 'none', display: 'inline', opacity: '1', 'fill-opacity': '1' },
  ...{ 'stroke-width': '1px', 'stroke-dasharray': 'none', 'paint-order': 'normal' },
  ...{ rx: 'auto', ry: 'auto', 'text-anchor': 'start', 'dominant-baseline': 'auto' },
  ...{ 'font-family': '', 'font-size': '', 'font-weight': '400', 'font-style': 'normal' },
  ...{ 'letter-spacing': 'normal' },
};
/** Those of them that an element does not get from the one around it. */
const OWN = new Set(['display', 'opacity', 'rx', 'ry', 'dominant-baseline']);
/** Room around the drawing, in pixels. */
const MARGIN = 8;
/** Pixels of a picture for one of the drawing, and the most there may be on a side. */
const PICTURE_SCALE = 2;
const MAX_SIDE = 8000;

/**
 * The drawing as it looks now, as an SVG that needs no style sheet, and no HTML for its texts, which
 * programs for drawing do not know.
 */
export function svgText(drawing: SVGSVGElement): string {
  const bench = document.createElement('div');
  bench.className = 'diagram measuring';
  const svg = drawing.cloneNode(true) as SVGSVGElement;
  bench.append(svg);
  document.body.append(bench);
  try {
    const { x, y, width, height } = svg.viewBox.baseVal;
    const texts = [...svg.querySelectorAll('foreignObject')].map((label) => ({
      label,
      parts: textParts(label),
    }));
    removeUnused(svg);
    const inside = svg.querySelectorAll<SVGElement>(':not(foreignObject, foreignObject *)');
    const elements = [svg, ...inside];
    // All of them are looked at before one is changed: how one looks depends on those around it.
    const looks = elements.map((element) => lookOf(element));
    elements.forEach((element, i) => giveLook(element, looks[i]!));
    for (const { label, parts } of texts) label.replaceWith(...parts);
    const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN] as const;
    const [left, top, whole, high] = box;
    const ground = svgElement('rect', { x: left, y: top, width: whole, height: high });
    ground.setAttribute('fill', plainColour(getComputedStyle(document.body).backgroundColor));
    svg.prepend(ground);
    svg.setAttribute('viewBox', box.join(' '));
    svg.setAttribute('width', String(whole));
    svg.setAttribute('height', String(high));
    return new XMLSerializer().serializeToString(svg);
  } finally {
    bench.remove();
  }
}

/**
 * The drawing as a PNG, in base64; twice as large as it is drawn, as far as that can be.
 * @throws {Error} if the browser cannot make a picture of it.
 */
export async function pngData(drawing: SVGSVGElement): Promise<string> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(drawing))}`;
  await picture.decode();
  const { naturalWidth: width, naturalHeight: height } = picture;
  const scale = Math.min(PICTURE_SCALE, MAX_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

/** Mermaid brings ends of all kinds for the lines. */
function removeUnused(svg: SVGSVGElement): void {
  const ends = [...svg.querySelectorAll('[marker-start], [marker-end]')].flatMap((line) =>
    ['marker-start', 'marker-end'].map((name) => line.getAttribute(name)),
  );
  const used = new Set(ends);
  for (const marker of svg.querySelectorAll('marker')) {
    if (!used.has(`url(#${marker.id})`)) marker.remove();
  }
}

interface Look {
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** As `12px -5px`, which is not among what other programs know. */
  readonly translate: string;
}

function lookOf(element: SVGElement): Look {
  const style = getComputedStyle(element);
  const around = element instanceof SVGSVGElement ? undefined : element.parentElement;
  const outer = around && getComputedStyle(around);
  const properties = Object.entries(LOOK).flatMap(([name, usual]) => {
    const value = style.getPropertyValue(name);
    const known = outer && !OWN.has(name) ? outer.getPropertyValue(name) : usual;
    return value === '' || value === known ? [] : [[name, plainColour(value)] as const];
  });
  return { properties, translate: style.translate };
}

function giveLook(element: SVGElement, { properties, translate }: Look): void {
  for (const { name } of [...element.attributes]) {
    if (/^(?:style|class|data-.*)$/.test(name)) element.removeAttribute(name);
  }
  const path = element.getAttribute('d');
  if (path !== null) element.setAttribute('d', path.replaceAll(/\.(\d\d)\d+/g, '.$1'));
  for (const [name, value] of properties) element.style.setProperty(name, value);
  if (translate === 'none') return;
  const [x = 0, y = 0] = translate.split(' ').map(parseFloat);
  const transform = element.getAttribute('transform') ?? '';
  element.setAttribute('transform', `translate(${x}, ${y}) ${transform}`.trim());
}

/** Mixed colours as programs other than browsers know them. */
function plainColour(value: string): string {
  const [, r, g, b, a = '1'] =
    /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(value) ?? [];
  if (r === undefined) return value;
  const [red, green, blue] = [r, g, b].map((share) => Math.round(Number(share) * 255));
  return `rgba(${red}, ${green}, ${blue}, ${Number(a)})`;
}

/** What an HTML label shows, as shapes and texts in its place. */
function textParts(label: SVGForeignObjectElement): SVGElement[] {
  const toLocal = (label.parentElement as unknown as SVGGElement).getScreenCTM()!.inverse();
  const at = (screenX: number, screenY: number) => {
    const { x, y } = new DOMPoint(screenX, screenY).matrixTransform(toLocal);
    return { x, y };
  };
  const parts: SVGElement[] = [];
  for (const element of label.querySelectorAll<HTMLElement>('*')) {
    const { backgroundColor } = getComputedStyle(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width === 0 || /^rgba\(.*, 0\)$|^transparent$/.test(backgroundColor)) continue;
    const { x, y } = at(left, top);
    const ground = svgElement('rect', { x, y, width, height });
    ground.setAttribute('fill', plainColour(backgroundColor));
    parts.push(ground);
  }
  const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { text, box } of linesOf(node as Text)) {
      parts.push(textElement(text, { node: node as Text, ...at(box.x + box.width / 2, box.top) }));
    }
  }
  return parts;
}

interface Line {
  text: string;
  box: DOMRect;
}

/** The lines into which a text is broken. */
function linesOf(node: Text): Line[] {
  const lines: Line[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < box.height / 2) {
      last.text += ` ${word.trim()}`;
      const [left, right] = [
        Math.min(last.box.left, box.left),
        Math.max(last.box.right, box.right),
      ];
      last.box = new DOMRect(left, last.box.top, right - left, last.box.height);
    } else lines.push({ text: word.trim(), box });
  }
  return lines;
}

let measure: CanvasRenderingContext2D | null | undefined;

/** A text in the middle of where it stood, so that another font does no harm. */
function textElement(
  words: string,
  { node, x, y }: { readonly node: Text; readonly x: number; readonly y: number },
): SVGElement {
  const style = getComputedStyle(node.parentElement!);
  const { fontFamily, fontSize, fontWeight, fontStyle } = style;
  measure ??= document.createElement('canvas').getContext('2d');
  if (measure) measure.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const ascent = measure?.measureText(words).fontBoundingBoxAscent ?? parseFloat(fontSize);
  const text = svgElement('text', { x, y: y + ascent, 'text-anchor': 'middle' });
  text.textContent = words;
  text.setAttribute('fill', plainColour(style.color));
  text.style.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return text;
}
