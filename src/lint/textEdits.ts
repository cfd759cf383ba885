import type { CallExpression, Node } from '@babel/types';
import type { BuilderCall } from '../loader/source/graphDraft.ts';
import type { LintNode } from './lintGraph.ts';
import type { TextEdit } from './span.ts';
import { isPlaced, spanOf } from './syntax.ts';

/** Writes another text in the place of a piece of syntax. */
export function replace(node: Node, text: string): TextEdit {
  return { ...spanOf(node), text };
}

/** A text as a literal in the way of the text around it. */
export function quoted(name: string, like: string): string {
  return like.startsWith('"') ? JSON.stringify(name) : `'${name.replace(/['\\]/g, '\\$&')}'`;
}

/** Takes one call out of a chain, or the statement if there is nothing else in it. */
export function removeCall(text: string, { at }: BuilderCall): TextEdit {
  const call = at as CallExpression;
  const object = spanOf((call.callee as { object: Node }).object);
  const { end } = spanOf(call);
  const lineStart = text.lastIndexOf('\n', object.start - 1) + 1;
  const lineEnd = (text.indexOf('\n', end) + 1 || text.length + 1) - 1;
  const isName = /^[\w$.]+$/.test(text.slice(object.start, object.end));
  const isAlone =
    isName &&
    text.slice(lineStart, object.start).trim() === '' &&
    /^\s*;?\s*$/.test(text.slice(end, lineEnd));
  if (isAlone) return { start: lineStart, end: Math.min(lineEnd + 1, text.length), text: '' };
  return { start: object.end, end, text: '' };
}

/** Gives a node one more option; `undefined` where its options are not written beside it. */
export function addOption(
  text: string,
  { call, options }: LintNode,
  option: string,
): TextEdit | undefined {
  const [, action, given] = call?.args ?? [];
  if (!call || !action || !options || !isPlaced(action.at)) return undefined;
  if (!given) {
    const { end } = spanOf(action.at);
    return { start: end, end, text: `, { ${option} }` };
  }
  const { start, end } = spanOf(given.at);
  if (text[start] !== '{') return undefined;
  const isEmpty = /^\{\s*\}$/.test(text.slice(start, end));
  return isEmpty
    ? { start, end, text: `{ ${option} }` }
    : { start: start + 1, end: start + 1, text: ` ${option},` };
}

/** Takes an element, or a property, out of a list of them, with the comma that parts it from the next. */
export function removeElement(text: string, element: Node): TextEdit {
  const { start, end } = spanOf(element);
  const after = /^\s*,\s*/.exec(text.slice(end))?.[0];
  if (after !== undefined) return { start, end: end + after.length, text: '' };
  const before = /,?\s*$/.exec(text.slice(0, start))![0];
  return { start: start - before.length, end, text: before.startsWith(',') ? '' : before };
}

/** The text with all edits made. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return sorted.reduce(
    (changed, edit) => changed.slice(0, edit.start) + edit.text + changed.slice(edit.end),
    text,
  );
}
