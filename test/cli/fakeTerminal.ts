import { plainPaint } from '../../src/runner/report/paint.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal with somebody who types these lines, and Ctrl+C (`undefined`) when there are no more. */
export function fakeTerminal(typed: readonly (string | undefined)[] = [], isInteractive = true) {
  const printed: string[] = [];
  const noted: string[] = [];
  const prompts: string[] = [];
  const left = [...typed];
  const terminal: Terminal = {
    print: (lines) => void printed.push(...lines),
    note: (lines) => void noted.push(...lines),
    paint: plainPaint,
    notePaint: plainPaint,
    isInteractive,
    async ask(prompt) {
      prompts.push(prompt);
      return left.shift();
    },
  };
  return { terminal, noted, prompts, text: () => printed.join('\n') };
}
