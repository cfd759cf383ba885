import type { Problem } from '../loader/problem.ts';
import { showPath } from '../runner/report/formatError.ts';
import type { Paint } from '../runner/report/paint.ts';

const KINDS = {
  error: ['red', 'error'],
  warning: ['yellow', 'warning'],
  information: ['dim', 'note'],
} as const;

/** Problems in the form of compilers, `file:line:column: error: message`, paths from here. */
export function formatProblems(problems: readonly Problem[], paint: Paint): string[] {
  return problems.flatMap(({ file, range, severity, code, message }) => {
    const path = file === undefined ? '' : showPath(file, process.cwd());
    const place = range ? `${path}:${range.line1}:${range.column1}` : path;
    const [first = '', ...rest] = message.split('\n');
    const [colour, word] = KINDS[severity];
    const kind = paint(colour, word);
    const head = `${place && `${place}: `}${kind}: ${first}${code ? ` (${code})` : ''}`;
    return [head, ...rest.map((line) => `  ${line}`)];
  });
}
