import { readImage, tellImage, type ImageText } from '../protocol/imageText.ts';
import { readMessage, type MessageView } from '../protocol/messageView.ts';
import { parseJsonText } from './jsonText.ts';
import { formatCount, oneLine } from './words.ts';

/** Characters of a text that are shown until somebody asks for the rest. */
const FOLDED = 2000;
const MAX_PREVIEW = 200;
/** Of one value. */
const MAX_IMAGES = 20;
/** Of one list, the last of which are shown. */
const MAX_MESSAGES = 100;
/** An image takes memory by its pixels, however small its bytes are. */
const MAX_PIXELS = 40_000_000;

/** A value on one line. */
export function previewOf(value: unknown): string {
  if (typeof value === 'string') {
    const image = readImage(value);
    return image ? tellImage(image) : oneLine(value.slice(0, MAX_PREVIEW));
  }
  const message = readMessage(value);
  if (message) {
    const { title, content, calls } = message;
    const said = typeof content === 'string' ? content : content.map(tellPart).join(' ');
    const text = oneLine(said.slice(0, MAX_PREVIEW));
    return `${title}: ${[text, ...calls.map(({ name }) => `→ ${name}`)].join(' ').trim()}`;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${formatCount(value.length)}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const keys = Object.keys(value);
  const names = keys.slice(0, 5).join(', ');
  return `{${keys.length > 5 ? `${names}, …` : names}}`;
}

/** The fields of an object on one line: `messages: ai: Hello · n: 3`. */
export function previewFields(fields: unknown): string {
  return Object.entries(fields as object)
    .map(([key, value]) => {
      const list: unknown[] = Array.isArray(value) ? value : [];
      return `${key}: ${previewOf(list.length === 1 ? list[0] : value)}`;
    })
    .join(' · ');
}

/**
 * A value for reading: messages and images as such, texts as they are, all else as JSON. Long ones are
 * folded.
 */
export function valueElements(value: unknown): HTMLElement[] {
  if (typeof value === 'string') return textElements(value);
  const messages = Array.isArray(value) ? value.map(readMessage) : [readMessage(value)];
  if (messages.length === 0 || !messages.every((each) => each !== undefined)) {
    return jsonElements(value);
  }
  const left = messages.length - MAX_MESSAGES;
  return [
    ...(left > 0 ? [element('p', 'how', `${formatCount(left)} before them`)] : []),
    ...messages.slice(-MAX_MESSAGES).flatMap(messageElements),
  ];
}

function messageElements(message: MessageView): HTMLElement[] {
  const { title, content, calls } = message;
  const parts = typeof content === 'string' ? [content] : content;
  return [
    element('p', 'role', title),
    ...parts.flatMap((part) =>
      typeof part === 'string' ? textElements(part) : partElements(part),
    ),
    ...calls.map(({ name, args }) =>
      folded(`${name}(${JSON.stringify(args, null, 2) ?? ''})`, 'code'),
    ),
  ];
}

/** A part of a message on one line. */
function tellPart(part: unknown): string {
  const { text } = (part ?? {}) as { readonly text?: unknown };
  if (typeof text === 'string') return text;
  const images: string[] = [];
  const json = toJson(part, images);
  return images.length > 0 ? images.map((each) => `(${previewOf(each)})`).join(' ') : json;
}

/** A part of a message. */
function partElements(part: unknown): HTMLElement[] {
  const { type, text } = (part ?? {}) as { readonly type?: unknown; readonly text?: unknown };
  return type === 'text' && typeof text === 'string' ? textElements(text) : jsonElements(part);
}

function textElements(text: string): HTMLElement[] {
  const image = readImage(text);
  if (image) return [imageElement(image, text)];
  const json = parseJsonText(text);
  return json ? jsonElements(json) : [folded(text, 'text')];
}

/** As JSON, with the images that stand in it beside it. */
function jsonElements(value: unknown): HTMLElement[] {
  const images: string[] = [];
  const text = toJson(value, images, 2);
  const shown = images.slice(0, MAX_IMAGES).map((each) => imageElement(readImage(each)!, each));
  return [...shown, folded(text, 'code')];
}

/** JSON that names images instead of spelling them out. */
function toJson(value: unknown, images: string[], indent?: number): string {
  const named = (_: string, each: unknown) => {
    const image = typeof each === 'string' ? readImage(each) : undefined;
    if (!image) return each;
    images.push(each as string);
    return `(${tellImage(image)})`;
  };
  return JSON.stringify(value, named, indent) ?? 'undefined';
}

/** @param text It was read from; it stands there if the image cannot be drawn. */
function imageElement(image: ImageText, text: string): HTMLElement {
  const caption = element('figcaption', 'how', tellImage(image));
  const { size: { width, height } = { width: Infinity, height: 1 }, bytes } = image;
  if (width * height > MAX_PIXELS || bytes === undefined) return caption;
  const figure = element('figure', 'image');
  const shown = document.createElement('img');
  shown.alt = tellImage(image);
  shown.addEventListener('error', () => figure.replaceChildren(folded(text, 'text')), {
    once: true,
  });
  shown.src = image.url;
  figure.append(shown, caption);
  return figure;
}

function folded(text: string, className: string): HTMLElement {
  const box = element('div', 'value');
  const shown = element('pre', className, text.length > FOLDED ? text.slice(0, FOLDED) : text);
  shown.dir = 'auto';
  box.append(shown);
  if (text.length <= FOLDED) return box;
  const left = formatCount(text.length - FOLDED);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'secondary quiet';
  button.textContent = `Show ${left} more characters`;
  button.addEventListener('click', () => {
    shown.textContent = text;
    button.remove();
  });
  box.append(button);
  return box;
}

/** An element with a text. */
export function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
