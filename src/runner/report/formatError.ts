import { relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { ErrorInfo } from '../../engine/model/events.ts';
import { sourcePlace } from './sourcePlace.ts';

/** What a failed request is told with: its task tells the rest, if that fails too. */
export function errorLine({ name, code, message }: ErrorInfo): string {
  const [first = ''] = stripVTControlCharacters(message)
    .trim()
    .split(/\r\n|\r|\n/, 1);
  return `${name}${code === undefined ? '' : ` ${code}`}: ${first.slice(0, 300)}`;
}

/**
 * An error for people: name, code and message, the source place as `file:line:column`, then its
 * causes and, for an `AggregateError`, its members in the same way, indented.
 */
export function formatError(
  error: ErrorInfo,
  options: { readonly baseFolder?: string } = {},
): string[] {
  const code = error.code === undefined ? '' : ` ${error.code}`;
  const message = stripVTControlCharacters(error.message).split(/\r\n|\r|\n/);
  const lines = [
    `${error.name}${code}: ${message[0]}`,
    ...message.slice(1).map((line) => `  ${line}`),
  ];
  const place = sourcePlace(error);
  if (place) {
    const file = showPath(place.file, options.baseFolder);
    lines.push(`  at ${file}:${place.line1}:${place.column1}`);
  }
  const inner: [string, ErrorInfo][] = (error.errors ?? []).map((member) => ['', member]);
  if (error.cause) inner.push(['caused by ', error.cause]);
  for (const [title, info] of inner) {
    const [first = '', ...rest] = formatError(info, options);
    lines.push(...[`${title}${first}`, ...rest].map((line) => `  ${line}`));
  }
  return lines;
}

/** A path as people know it: relative to the folder if it lies inside of it. */
export function showPath(file: string, baseFolder?: string): string {
  if (baseFolder === undefined) return file;
  const path = relative(baseFolder, file);
  return path.startsWith('..') || path.startsWith(sep) ? file : path;
}
