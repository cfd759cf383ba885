import { basename } from 'node:path';
import type { Problem } from '../loader/problem.ts';
import { showPath } from '../runner/report/formatEvent.ts';
import type { RunResult } from '../runner/runner.ts';

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

/**
 * What a notification says about a run that failed.
 * @param node The node that is to blame, if one is.
 */
export function failureMessage({ graph, error, problem }: RunResult, node?: string): string {
  const [message = ''] = (error?.message ?? 'unknown error').split('\n');
  const inNode = node === undefined ? '' : ` in node "${node}"`;
  const where = problem?.file
    ? ` (${basename(problem.file)}${problem.range ? `:${problem.range.line1}` : ''})`
    : '';
  return `${graph} failed${inNode}: ${message.slice(0, 300)}${where}`;
}
