import type { Problem } from '../../loader/problem.ts';
import { showPath } from '../../runner/report/formatError.ts';

/** Problems as the output channel lists them: place, code, message. */
export function problemLines(problems: readonly Problem[], baseFolder?: string): string[] {
  return problems.flatMap(({ file, range, severity, code, message }) => {
    const path = file === undefined ? '' : showPath(file, baseFolder);
    const place = range ? `${path}:${range.line1}:${range.column1}` : path;
    const [first = '', ...rest] = message.split('\n');
    const head = `${severity}${code ? ` ${code}` : ''}: ${first}`;
    return [place ? `${place} ${head}` : head, ...rest.map((line) => `  ${line}`)];
  });
}
