import { askedBeside } from '../../protocol/answerForm.ts';
import type { OpenQuestion, ReachedBreakpoint, Waiting } from '../../protocol/waiting.ts';
import { formatState, type FormatLimits } from './formatState.ts';
import { formatSince } from './formatTime.ts';
import { label } from './label.ts';
import { plainPaint, type Paint } from './paint.ts';
import { oneLine } from './textWidth.ts';

/** Longest text of a question where there is one line for it. */
const lineLength = 200;

/** What a run waits for, with ids to answer by; lines without line ends. */
export function formatWaiting(
  { questions, breakpoints }: Waiting,
  { paint = plainPaint, limits }: { readonly paint?: Paint; readonly limits: FormatLimits },
): string[] {
  return [
    ...questions.flatMap(({ id, value, path, since }) => {
      const at = paint('dim', `since ${formatSince(since)}, id ${id}`);
      const lines = formatState(value, limits).map((line) => `  ${line}`);
      return [`${label(path)}  ${at}`, ...lines];
    }),
    ...breakpoints.map((breakpoint) => {
      const at = paint('dim', `since ${formatSince(breakpoint.since)}`);
      return `breakpoint ${describeBreakpoint(breakpoint)}  ${at}`;
    }),
  ];
}

/** What a run waits for, one line each: `ask: "Really?"`, `breakpoint before review`. */
export function describeWaiting({ questions, breakpoints }: Waiting): string[] {
  return [
    ...questions.map(describeQuestion),
    ...breakpoints.map((each) => `breakpoint ${describeBreakpoint(each)}`),
  ];
}

/** What a run waits for as the end of a sentence: `an answer`, `2 answers`, `somebody to let it go on`. */
export function countWaiting({ questions }: Waiting): string {
  if (questions.length === 0) return 'somebody to let it go on';
  return questions.length === 1 ? 'an answer' : `${questions.length} answers`;
}

function describeQuestion({ path, value }: OpenQuestion): string {
  const text = formatState(askedBeside(value), { textLength: lineLength, items: 5, depth: 2 }).join(
    ' ',
  );
  const line = oneLine(text);
  const short = line.length > lineLength ? `${line.slice(0, lineLength)}…` : line;
  return path.length === 0 ? short : `${label(path)}: ${short}`;
}

/** `before review`, `after a, b of inner`. */
export function describeBreakpoint({
  when,
  nodes,
  path,
}: Pick<ReachedBreakpoint, 'when' | 'nodes' | 'path'>): string {
  const where = path.length === 0 ? '' : ` of ${label(path)}`;
  return `${when} ${nodes.map(oneLine).join(', ')}${where}`;
}
