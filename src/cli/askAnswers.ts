import { choicesOf } from '../protocol/choices.ts';
import type { Resume } from '../protocol/threads.ts';
import type { OpenQuestion, Waiting } from '../protocol/waiting.ts';
import { formatState } from '../runner/report/formatState.ts';
import { describeBreakpoint } from '../runner/report/formatWaiting.ts';
import { label } from '../runner/report/label.ts';
import { firstLines, stateLimits } from '../runner/report/runReport.ts';
import { oneLine } from '../runner/report/textWidth.ts';
import { parseAnswer } from './readAnswer.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks on the terminal for everything that a run waits for.
 * @returns How to go on; `undefined` if somebody gave up, whatever was answered before.
 */
export async function askAnswers(
  { questions, breakpoints }: Waiting,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<Resume | undefined> {
  const ask = (prompt: string) => terminal.ask(prompt, signal);
  if (questions.length === 0) {
    const places = breakpoints.map(describeBreakpoint).join('; ');
    terminal.print(['', `${terminal.paint('cyan', '?')} Paused ${places}`]);
    return (await ask('Press Enter to go on: ')) === undefined ? undefined : {};
  }
  const answers: Record<string, unknown> = {};
  for (const [i, question] of questions.entries()) {
    const place = questions.length > 1 ? ` (${i + 1} of ${questions.length})` : '';
    const head = `${terminal.paint('cyan', '?')} ${label(question.path)} asks${place}`;
    terminal.print(['', head, ...shown(question).map((line) => `  ${line}`)]);
    const answer = await askOne(question, { terminal, ask });
    if (answer === undefined) return undefined;
    answers[question.id] = answer;
  }
  return { answers };
}

/** The question, without the choices, which follow by number. */
function shown({ value }: OpenQuestion): readonly string[] {
  const choices = choicesOf(value);
  if (!choices) return firstLines(formatState(value, stateLimits));
  const { options: _, choices: __, ...rest } = value as Record<string, unknown>;
  const text = Object.keys(rest).length > 0 ? formatState(rest, stateLimits) : [];
  return [...text, ...choices.map((choice, i) => `${i + 1}  ${oneLine(choice.label)}`)];
}

async function askOne(
  { value }: OpenQuestion,
  {
    terminal,
    ask,
  }: {
    readonly terminal: Terminal;
    readonly ask: (prompt: string) => Promise<string | undefined>;
  },
): Promise<unknown> {
  const choices = choicesOf(value);
  const range = choices && (choices.length > 1 ? ` (1 to ${choices.length})` : ' (1)');
  for (;;) {
    const line = (await ask(`Answer${range ?? ''}: `))?.trim();
    if (line === undefined) return undefined;
    if (choices) {
      const chosen =
        choices[Number(line) - 1] ?? choices.find((choice) => choice.label.trim() === line);
      if (chosen) return chosen.answer;
      terminal.print([`Type the number of a choice${range}, or its text`]);
      continue;
    }
    const answer = parseAnswer(line);
    // Not a slip of the finger, and null is no answer to the engine.
    if (line !== '' && answer !== null) return answer;
    terminal.print(['Type a line of text, or JSON; "" is an empty text, and null is no answer']);
  }
}
