import type { ModelUse } from '../protocol/modelUse.ts';
import type { AnswerForm, FormInput, FormOption } from '../protocol/answerForm.ts';
import type { GraphBreakpoint } from '../protocol/breakpoints.ts';
import type { GraphReach } from '../protocol/graphReach.ts';
import type { FormField } from '../protocol/formFields.ts';
import type {
  DiagramNode,
  NodeProgress,
  PauseCard,
  QuestionCard,
  ToWebview,
  WaitingCards,
} from '../protocol/webviewMessages.ts';

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
  ['expected', ({ mermaid, nodes }) => isString(mermaid) && isArrayOf(nodes, isDiagramNode)],
  ['restore', ({ restore }) => isString(restore)],
  [
    'problem',
    ({ message, places }) =>
      isString(message) && isOptional(places, (list) => isArrayOf(list, isString)),
  ],
  ['sourceChanged', () => true],
  ['breakpoints', ({ breakpoints }) => isArrayOf(breakpoints, isBreakpoint)],
  ['reach', ({ reach }) => isOptional(reach, isReach)],
  ['runStarted', ({ elapsedMs }) => isOptional(elapsedMs, Number.isFinite)],
  ['progress', ({ nodes }) => isArrayOf(nodes, isNodeProgress)],
  ['runEvents', ({ events }) => isArrayOf(events, isEvent)],
  ['runStopping', () => true],
  [
    'select',
    ({ nodeId, view }) =>
      isString(nodeId) && (view === 'timeline' || view === 'state' || view === 'output'),
  ],
  ['drawImage', ({ format }) => format === 'svg' || format === 'png'],
  [
    'runEnded',
    ({ status, durationMs, message, places, waits }) =>
      END_STATUSES.has(status) &&
      Number.isFinite(durationMs) &&
      isOptional(message, isString) &&
      isOptional(waits, isWaitingCards) &&
      isOptional(places, (list) => isArrayOf(list, isString)),
  ],
] satisfies [ToWebview['type'], (data: Fields) => boolean][]);

const END_STATUSES = new Set<unknown>(['done', 'waiting', 'failed', 'cancelled']);
const NODE_STATUSES = new Set<unknown>([...END_STATUSES, 'idle', 'running']);

/** The events are our own, of the same version; that each is one is all that is asked. */
function isEvent(value: unknown): boolean {
  return isRecord(value) && isString(value.type) && Number.isFinite(value.time);
}

function isDiagramNode(value: unknown): value is DiagramNode {
  return (
    isRecord(value) &&
    [value.id, value.name, value.mermaidId].every(isString) &&
    isOptional(value.joins, (joins) => isArrayOf(joins, (ids) => isArrayOf(ids, isString)))
  );
}

function isBreakpoint(value: unknown): value is GraphBreakpoint {
  return (
    isRecord(value) &&
    isString(value.node) &&
    (value.when === 'before' || value.when === 'after') &&
    isOptional(value.condition, isString)
  );
}

function isReach(value: unknown): value is GraphReach {
  return (
    isRecord(value) &&
    isRecord(value.nodes) &&
    Object.values(value.nodes).every(Number.isFinite) &&
    [value.tests, value.stale].every(Number.isFinite) &&
    isArrayOf(
      value.edges,
      (edge) =>
        isRecord(edge) && [edge.source, edge.target].every(isString) && Number.isFinite(edge.count),
    )
  );
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

function isWaitingCards(value: unknown): value is WaitingCards {
  return (
    isRecord(value) &&
    isArrayOf(value.questions, isQuestionCard) &&
    isOptional(value.pause, isPauseCard) &&
    isOptional(value.obstacle, isString)
  );
}

function isQuestionCard(value: unknown): value is QuestionCard {
  return (
    isRecord(value) &&
    [value.id, value.asker, value.since].every(isString) &&
    isArrayOf(value.lines, isString) &&
    isForm(value.form)
  );
}

function isPauseCard(value: unknown): value is PauseCard {
  return (
    isRecord(value) &&
    isString(value.since) &&
    isArrayOf(value.places, isString) &&
    isOptional(value.state, isString)
  );
}

function isForm(value: unknown): value is AnswerForm {
  return (
    isRecord(value) &&
    isArrayOf(
      value.parts,
      (part) =>
        isRecord(part) &&
        isOptional(part.title, isString) &&
        isArrayOf(part.options, isFormOption) &&
        (part.options as unknown[]).length > 0,
    )
  );
}

function isFormOption(value: unknown): value is FormOption {
  return isRecord(value) && isString(value.label) && isOptional(value.input, isFormInput);
}

function isFormInput(value: unknown): value is FormInput {
  if (!isRecord(value)) return false;
  if (value.kind === 'fields') return isArrayOf(value.fields, isFormField);
  return isString(value.label) && (value.kind === 'text' || isString(value.text));
}

function isFormField(value: unknown): value is FormField {
  return (
    isRecord(value) &&
    [value.key, value.label, value.type, value.text].every(isString) &&
    isOptional(value.description, isString) &&
    isOptional(value.choices, Array.isArray)
  );
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
