import { answerForm, askedBeside } from '../../protocol/answerForm.ts';
import { isRecord, toJsonText } from '../../protocol/formFields.ts';
import type { GraphBreakpoint } from '../../protocol/breakpoints.ts';
import type { OpenQuestion, ReachedBreakpoint } from '../../protocol/waiting.ts';
import type { PauseCard, QuestionCard, WaitingCards } from '../../protocol/webviewMessages.ts';
import { formatState } from '../../runner/report/formatState.ts';
import { formatClock } from '../../runner/report/formatTime.ts';
import { describeBreakpoint } from '../../runner/report/formatWaiting.ts';
import { label } from '../../runner/report/label.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import { RESTRICTED_RUN } from '../trust.ts';

/** Lines of a question that are shown; what is answered is whole. */
const MAX_LINES = 200;
/** Values that one question may show before it is shown with less depth. */
const MAX_VALUES = 5000;
/** Characters of a state that can be edited in the panel. */
const MAX_STATE = 500_000;

/**
 * What a run waits for, as the panel shows it; `undefined` if it does not wait.
 * @param options.canRun Whether code of this workspace may run.
 */
export function waitingCards(
  run: RunViewModel,
  options: { readonly canRun: boolean },
): WaitingCards | undefined {
  const { waiting, result } = run;
  if (!waiting || !result) return undefined;
  const { questions, breakpoints } = waiting;
  const obstacle = !options.canRun
    ? RESTRICTED_RUN
    : result.keptBy
      ? undefined
      : 'Nothing keeps the thread of this run, so it cannot go on: the graph is compiled with checkpointer: false, or the storage of the editor cannot be used (the output says why).';
  return {
    questions: questions.map(questionCard),
    ...(breakpoints.length > 0 && { pause: pauseCard(breakpoints, run) }),
    ...(obstacle !== undefined && { obstacle }),
  };
}

function questionCard({ id, value, path, since }: OpenQuestion): QuestionCard {
  return {
    ...{ id, asker: label(path), since: formatClock(since).slice(0, 8) },
    ...{ lines: questionLines(askedBeside(value)), form: answerForm(value) },
    ...(typeof value === 'string' && { isText: true }),
  };
}

/** A question for reading: as much of it as a person reads. */
export function questionLines(value: unknown): string[] {
  const limits =
    countValues(value) > MAX_VALUES
      ? { textLength: 1000, items: 10, depth: 3 }
      : { textLength: 10_000, items: 100, depth: 12 };
  // A text is a text, however short it is.
  const lines =
    typeof value === 'string' && value.length <= limits.textLength
      ? value.split('\n')
      : formatState(value, limits);
  if (lines.length <= MAX_LINES) return lines;
  const left = (lines.length - MAX_LINES).toLocaleString('en-US');
  return [...lines.slice(0, MAX_LINES), `… ${left} more lines`];
}

/** Looks at no more of a value than is needed to know that it is large. */
function countValues(value: unknown, known = 0): number {
  if (typeof value !== 'object' || value === null || known > MAX_VALUES) return known + 1;
  let count = known + 1;
  for (const item of Object.values(value)) {
    if (count > MAX_VALUES) break;
    count = countValues(item, count);
  }
  return count;
}

function pauseCard(
  breakpoints: readonly ReachedBreakpoint[],
  { result, breakpoints: told }: RunViewModel,
): PauseCard {
  const state = result?.state;
  const [{ since } = { since: 0 }] = breakpoints;
  // The state of a subgraph is its own, and is not at hand.
  const isOwn = breakpoints.every(({ path }) => path.length === 0);
  const text = isOwn && isRecord(state) && isJson(state) ? toJsonText(state) : '';
  return {
    places: breakpoints.map((each) => `${describeBreakpoint(each)}${conditionOf(each, told)}`),
    since: formatClock(since).slice(0, 8),
    ...(text !== '' && text.length <= MAX_STATE && { state: text }),
  };
}

/** Under which conditions it was to pause there, in words. */
function conditionOf(
  { when, nodes, path }: ReachedBreakpoint,
  told: readonly GraphBreakpoint[],
): string {
  const around = path.map((step) => `${step.replace(/\[\d+\]$/, '')}:`).join('');
  const ids = new Set(nodes.map((node) => around + node));
  const known = told.filter((each) => each.when === when && ids.has(each.node));
  const conditions = known.flatMap(({ condition }) => condition ?? []);
  // One that always holds says nothing of the others.
  return conditions.length === 0 || conditions.length < known.length
    ? ''
    : `, since ${conditions.join(' or ')}`;
}

/** Whether a value comes back from JSON as it was. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  return Object.values(value).every((item) => item === undefined || isJson(item));
}
