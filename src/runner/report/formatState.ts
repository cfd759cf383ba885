import { inspect, stripVTControlCharacters } from 'node:util';
import { oneLine } from './textWidth.ts';

/** How much of a value is shown; what is left out leaves a mark. Everything is shown by default. */
export interface FormatLimits {
  /** Characters of one text. */
  readonly textLength?: number;
  /** Entries of one list, Map or Set. */
  readonly items?: number;
  /** Levels of nesting below a key. */
  readonly depth?: number;
}

interface PlainMessage {
  readonly type: string;
  readonly content: unknown;
  readonly name?: unknown;
  readonly tool_calls?: unknown;
}

const messageTypes = new Set(['human', 'ai', 'system', 'tool', 'remove', 'generic']);

/**
 * Pretty-prints a graph's state (or an update, or any other value), one line each entry of the
 * result: keys in their order, lists of messages as `[type] text`, texts of several lines as
 * blocks, all else in JavaScript's own notation.
 */
export function formatState(value: unknown, limits: FormatLimits = {}): string[] {
  if (!isRecord(value) || isMessage(value)) return formatValue(value, limits);
  const lines: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const shown = formatValue(item, limits);
    const label = `${oneLine(key)}:`;
    if (shown.length === 1 && !isMessage(item) && !isMessageList(item)) {
      lines.push(`${label} ${shown[0]}`);
    } else lines.push(label, ...shown.map((line) => `  ${line}`));
  }
  return lines.length > 0 ? lines : ['{}'];
}

function formatValue(value: unknown, limits: FormatLimits): string[] {
  if (isMessage(value)) return formatMessage(value, limits);
  if (isMessageList(value)) {
    const shown = value.slice(0, limits.items ?? value.length);
    const lines = shown.flatMap((message) => formatMessage(message, limits));
    const left = value.length - shown.length;
    return left > 0 ? [...lines, `… ${count(left)} more messages`] : lines;
  }
  if (typeof value === 'string' && value.includes('\n')) return textLines(value, limits);
  return inspect(value, {
    depth: limits.depth ?? Infinity,
    maxArrayLength: limits.items ?? Infinity,
    maxStringLength: limits.textLength ?? Infinity,
    breakLength: 96,
    compact: 3,
  }).split('\n');
}

function formatMessage(message: PlainMessage, limits: FormatLimits): string[] {
  const name = typeof message.name === 'string' ? ` ${oneLine(message.name)}` : '';
  const title = `[${message.type}${name}]`;
  const { content, tool_calls: calls } = message;
  const words = textOf(content);
  const text = words === undefined ? formatValue(content, limits) : textLines(words, limits);
  const lines = text.map((line, index) =>
    index === 0 ? `${title} ${line}`.trimEnd() : `  ${line}`,
  );
  if (Array.isArray(calls)) {
    for (const call of calls) lines.push(...formatCall(call, limits).map((line) => `  ${line}`));
  }
  return lines;
}

/** The text of a content that is nothing but text, in one piece or in blocks. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((block) => (isRecord(block) ? block['text'] : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

function formatCall(call: unknown, limits: FormatLimits): string[] {
  if (!isRecord(call) || typeof call['name'] !== 'string') return formatValue(call, limits);
  const [first = '', ...rest] = formatValue(call['args'], limits);
  return [`calls ${oneLine(call['name'])} ${first}`, ...rest];
}

function textLines(text: string, { textLength = Infinity }: FormatLimits): string[] {
  const cut = text.length > textLength ? text.slice(0, textLength) : text;
  const lines = stripVTControlCharacters(cut).split(/\r\n|\r|\n/);
  const left = text.length - cut.length;
  if (left > 0) lines[lines.length - 1] += `… ${count(left)} more characters`;
  return lines;
}

function isMessageList(value: unknown): value is readonly PlainMessage[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage);
}

function isMessage(value: unknown): value is PlainMessage {
  return (
    isRecord(value) &&
    typeof value['type'] === 'string' &&
    messageTypes.has(value['type']) &&
    'content' in value
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
