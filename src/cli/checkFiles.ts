import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LoadError } from '../loader/loadError.ts';
import { mentionsGraphs } from '../loader/source/mentionsGraphs.ts';
import type { Problem } from '../loader/problem.ts';
import { readGraphFile } from '../loader/source/readGraphFile.ts';
import { checkText, type CheckedText, type RuleSettings } from '../lint/lintText.ts';
import { RULES } from '../lint/rules.ts';
import { UsageError } from './usageError.ts';
import type { CheckCommand } from './command.ts';
import { findFiles } from './findFiles.ts';
import { formatProblems } from './formatProblems.ts';
import { toSarif } from './sarif.ts';
import type { Terminal } from './terminal.ts';

/** A file that was read, and what was found in it. */
export interface CheckedFile extends CheckedText {
  /** Absolute path. */
  readonly file: string;
}

/**
 * `superstep check`: reports what is wrong with graph files, without running them. Files that neither
 * define graphs nor are named one by one are passed over.
 * @returns The exit code: 1 for errors and warnings, 0 for notes alone or nothing.
 * @throws {UsageError} if no file is found, or a rule does not exist.
 * @throws {LoadError} if a file that is named cannot be read.
 */
export async function checkFiles(
  { paths, format, rules, packageJson }: CheckCommand & { packageJson: URL },
  terminal: Terminal,
): Promise<number> {
  const settings = settingsOf(rules);
  const found = findFiles(paths.length > 0 ? paths : ['.']);
  if (found.length === 0) {
    const where = paths.length > 0 ? paths.map((path) => `"${path}"`).join(' and ') : 'this folder';
    throw new UsageError(`There is no TypeScript or JavaScript file in ${where}`);
  }
  const checked: CheckedFile[] = [];
  for (const { path, isNamed } of found) {
    const file = resolve(path);
    const text = await readText(file, isNamed);
    if (text === undefined || (!isNamed && !mentionsGraphs(text))) continue;
    checked.push({ file, ...checkText(text, { file, rules: settings }) });
  }
  const problems = checked.flatMap(problemsOf);
  if (format === 'sarif') {
    const { version } = JSON.parse(await readFile(packageJson, 'utf8')) as { version: string };
    terminal.print([JSON.stringify(toSarif(checked, version), null, 2)]);
  } else if (format === 'json') {
    terminal.print([JSON.stringify(problems.map(plain), null, 2)]);
  } else {
    terminal.print(formatProblems(problems, terminal.paint));
    terminal.note([
      summary(problems, checked.filter(({ hasGraphs }) => hasGraphs !== false).length),
    ]);
  }
  return problems.some(({ severity }) => severity !== 'information') ? 1 : 0;
}

const SEVERITIES = new Set(['error', 'warning', 'information', 'off']);

function settingsOf(rules: CheckCommand['rules']): RuleSettings {
  for (const { id, severity } of rules) {
    if (!RULES.some((rule) => rule.id === id)) {
      const known = RULES.map((rule) => rule.id).join(', ');
      throw new UsageError(`There is no rule "${id}"; there are ${known}`);
    }
    if (!SEVERITIES.has(severity)) {
      throw new UsageError(
        `--rule ${id} takes error, warning, information or off, got "${severity}"`,
      );
    }
  }
  return Object.fromEntries(rules.map(({ id, severity }) => [id, severity])) as RuleSettings;
}

/** Of files that were only come across, one that cannot be read is none. */
async function readText(file: string, isNamed: boolean): Promise<string | undefined> {
  try {
    return await readGraphFile(file);
  } catch (error) {
    if (isNamed || !(error instanceof LoadError)) throw error;
    return undefined;
  }
}

function problemsOf({ file, problems, reports }: CheckedFile): Problem[] {
  return [
    ...problems.map((problem) => ({ ...problem, file })),
    ...reports.map(({ rule, severity, message, range }) => ({
      severity,
      message,
      code: rule,
      file,
      range,
    })),
  ];
}

function plain({ file, code, severity, message, range }: Problem) {
  return { file, rule: code, severity, message, ...range };
}

/** @param files How many of them define graphs, or may. */
function summary(problems: readonly Problem[], files: number): string {
  const count = (severity: string, name: string): string[] => {
    const { length } = problems.filter((problem) => problem.severity === severity);
    return length === 0 ? [] : [`${length} ${name}${length === 1 ? '' : 's'}`];
  };
  const counts = [
    ...count('error', 'error'),
    ...count('warning', 'warning'),
    ...count('information', 'note'),
  ];
  const what = counts.length > 0 ? counts.join(', ') : 'nothing to report';
  if (files === 0) return 'no graphs to check';
  return `${what} in ${files === 1 ? '1 file' : `${files} files`} with graphs`;
}
