import { readMessage } from '../protocol/messageView.ts';
import { oneLine } from './words.ts';

/** Characters of a text that are shown until somebody asks for the rest. */
const FOLDED = 2000;
const MAX_PREVIEW = 200;

/** A value on one line. */
export function previewOf(value: unknown): string {
  if (typeof value === 'string') return oneLine(value.slice(0, MAX_PREVIEW));
  const message = readMessage(value);
  if (message) {
    const { title, content, calls } = message;
    const said = typeof content === 'string' ? content : JSON.stringify(content);
    const text = oneLine(said.slice(0, MAX_PREVIEW));
    return `${title}: ${[text, ...calls.map(({ name }) => `→ ${name}`)].join(' ').trim()}`;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${value.length.toLocaleString('en-US')}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const keys = Object.keys(value);
  const names = keys.slice(0, 5).join(', ');
  return `{${keys.length > 5 ? `${names}, …` : names}}`;
}

/** A value for reading: messages as such, texts as they are, all else as JSON. Long ones are folded. */
export function valueElements(value: unknown): HTMLElement[] {
  if (typeof value === 'string') return [folded(value, 'text')];
  const message = readMessage(value);
  if (!message) return [folded(JSON.stringify(value, null, 2) ?? 'undefined', 'code')];
  const { title, content, calls } = message;
  return [
    element('p', 'role', title),
    ...(typeof content === 'string'
      ? [folded(content, 'text')]
      : [folded(JSON.stringify(content, null, 2), 'code')]),
    ...calls.map(({ name, args }) =>
      folded(`${name}(${JSON.stringify(args, null, 2) ?? ''})`, 'code'),
    ),
  ];
}

function folded(text: string, className: string): HTMLElement {
  const box = element('div', 'value');
  const shown = element('pre', className, text.length > FOLDED ? text.slice(0, FOLDED) : text);
  shown.dir = 'auto';
  box.append(shown);
  if (text.length <= FOLDED) return box;
  const left = (text.length - FOLDED).toLocaleString('en-US');
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
