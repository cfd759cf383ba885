import type { ModelUse } from '../protocol/modelUse.ts';
import type { DiagramNode, NodeProgress, ToWebview } from '../protocol/webviewMessages.ts';

/**
 * Checks that what arrived is a message of the protocol.
 * @returns `undefined` for anything else: the panel shows nothing of it.
 */
export function readMessage(data: unknown): ToWebview | undefined {
  if (!isRecord(data) || !Number.isFinite(data.revision)) return undefined;
  return CHECKS.get(data.type)?.(data) ? (data as ToWebview) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const CHECKS = new Map<unknown, (data: Fields) => boolean>([
  [
    'graph',
    ({ title, file, mermaid, nodes, notice }) =>
      [title, file, mermaid].every(isString) &&
      isArrayOf(nodes, isDiagramNode) &&
      isOptional(notice, isString),
  ],
  ['restore', ({ restore }) => isString(restore)],
  [
    'problem',
    ({ message, places }) =>
      isString(message) && isOptional(places, (list) => isArrayOf(list, isString)),
  ],
  ['sourceChanged', () => true],
  ['runStarted', ({ elapsedMs }) => isOptional(elapsedMs, Number.isFinite)],
  ['progress', ({ nodes }) => isArrayOf(nodes, isNodeProgress)],
  ['runStopping', () => true],
  [
    'runEnded',
    ({ status, durationMs, message, places, waitsFor }) =>
      END_STATUSES.has(status) &&
      Number.isFinite(durationMs) &&
      isOptional(message, isString) &&
      isOptional(waitsFor, (lines) => isArrayOf(lines, isString)) &&
      isOptional(places, (list) => isArrayOf(list, isString)),
  ],
] satisfies [ToWebview['type'], (data: Fields) => boolean][]);

const END_STATUSES = new Set<unknown>(['done', 'waiting', 'failed', 'cancelled']);
const NODE_STATUSES = new Set<unknown>([...END_STATUSES, 'idle', 'running']);

function isDiagramNode(value: unknown): value is DiagramNode {
  return isRecord(value) && [value.id, value.name, value.mermaidId].every(isString);
}

function isNodeProgress(value: unknown): value is NodeProgress {
  return (
    isRecord(value) &&
    isString(value.id) &&
    NODE_STATUSES.has(value.status) &&
    [value.running, value.done, value.failed, value.totalMs].every(Number.isFinite) &&
    [value.cancelled, value.waiting, value.paused, value.cached, value.handled].every((count) =>
      isOptional(count, Number.isFinite),
    ) &&
    [value.error, value.answer].every((text) => isOptional(text, isString)) &&
    isOptional(value.modelUse, isModelUse) &&
    isOptional(value.calledBy, isCalledBy)
  );
}

function isModelUse(value: unknown): value is ModelUse {
  if (!isRecord(value)) return false;
  const { calls, failed, retries, cached, tokensIn, tokensOut, uncounted } = value;
  const counts = [calls, failed, retries, cached, tokensIn, tokensOut, uncounted];
  const lists = [value.models, value.sources];
  return counts.every(Number.isFinite) && lists.every((list) => isArrayOf(list, isString));
}

function isCalledBy(value: unknown): value is NodeProgress['calledBy'] {
  return isRecord(value) && isString(value.parent) && isString(value.name);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptional(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value);
}

function isArrayOf(value: unknown, check: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}
