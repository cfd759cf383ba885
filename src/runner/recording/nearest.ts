import { isDeepStrictEqual } from 'node:util';
import type { AskedModel, RecordedCall } from './recordedCall.ts';
import { questionOf } from './modelRequest.ts';

const longestShown = 200;

/** Says how a request differs from the recorded one that is most like it, line by line. */
export function tellNearest(
  asked: AskedModel,
  { branch, calls }: { readonly branch: string; readonly calls: readonly RecordedCall[] },
): string {
  if (calls.length === 0) return 'There are no recorded calls of this graph.';
  const own = calls.filter((call) => call.branch === branch);
  const [nearest] = (own.length > 0 ? own : calls)
    .map((call) => ({ call, changes: changesIn(call.request.body, asked.body) }))
    .sort((one, other) => weight(one.changes) - weight(other.changes));
  const { call, changes } = nearest!;
  const where = `call ${call.call} of ${call.branch || 'the graph'}`;
  if (questionOf(asked) === questionOf(call.request)) {
    return call.branch === branch
      ? `It was recorded as ${where}, but not as often as it is made now.`
      : `It was recorded as ${where}: another branch.`;
  }
  const lines = changes.flatMap(({ path, was, is }) => [
    `  ${path}:`,
    ...(was === undefined ? [] : [`  - ${was}`]),
    ...(is === undefined ? [] : [`  + ${is}`]),
  ]);
  const shown = lines.length > 0 ? lines : [`  - ${call.request.url}`, `  + ${asked.url}`];
  return [`The nearest is ${where}. What has changed (- recorded, + now):`, ...shown].join('\n');
}

interface Change {
  readonly path: string;
  readonly was?: string;
  readonly is?: string;
}

function weight(changes: readonly Change[]): number {
  return changes.reduce((sum, { was = '', is = '' }) => sum + 1 + was.length + is.length, 0);
}

/** Where two values differ: of texts, from a little before the first difference. */
function changesIn(was: unknown, is: unknown, path = ''): Change[] {
  if (isDeepStrictEqual(was, is)) return [];
  if (isObject(was) && isObject(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...names].flatMap((name) =>
      changesIn(was[name], is[name], path === '' ? name : `${path}.${name}`),
    );
  }
  const [one, other] = [toText(was), toText(is)];
  const start = Math.max(0, sharedStart(one ?? '', other ?? '') - 20);
  return [
    {
      path: path || 'body',
      ...(one !== undefined && { was: part(one, start) }),
      ...(other !== undefined && { is: part(other, start) }),
    },
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function sharedStart(one: string, other: string): number {
  let i = 0;
  while (i < one.length && one[i] === other[i]) i++;
  return i;
}

function part(text: string, start: number): string {
  const end = start + longestShown;
  const shown = text.slice(start, end).replaceAll('\n', '⏎');
  return `${start > 0 ? '…' : ''}${shown}${end < text.length ? '…' : ''}`;
}
