import type { Problem } from '../loader/problem.ts';
import { readSource } from '../loader/source/readSource.ts';
import { disabledLines } from './disabling.ts';
import { LintedFile } from './lintedFile.ts';
import { Lines } from './lines.ts';
import type { Report, Severity } from './rule.ts';
import { RULES } from './rules.ts';

/** By the id of a rule; rules that are not named keep their own severity. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

/** What was found in a text. */
export interface CheckedText {
  /** In the order of the text. */
  readonly reports: readonly Report[];
  /** Syntax errors; with any, there are no reports. */
  readonly problems: readonly Problem[];
  /** Whether it defines a graph, or builds one; unknown of a text that cannot be parsed. */
  readonly hasGraphs: boolean | undefined;
}

interface CheckOptions {
  /** Its extension tells TypeScript from JavaScript, its name whether it is a graph file. */
  readonly file: string;
  readonly rules?: RuleSettings;
}

/**
 * Reports what is wrong with the graphs in a text, in the order of the text. Nothing is run, and what
 * the text does not tell for certain is not reported; of a text that cannot be parsed, nothing is.
 */
export function lintText(text: string, options: CheckOptions): readonly Report[] {
  return checkText(text, options).reports;
}

/** As `lintText`, with what the parser does not like. */
export function checkText(text: string, { file, rules = {} }: CheckOptions): CheckedText {
  const read = readSource(text, file);
  const { problems } = read;
  const hasNone = read.reader.builders.length === 0 && read.reader.graphs.length === 0;
  if (!read.complete || problems.length > 0) return { reports: [], problems, hasGraphs: undefined };
  if (hasNone) return { reports: [], problems, hasGraphs: false };
  const linted = new LintedFile(text, file, read);
  const lines = new Lines(text);
  const isDisabled = disabledLines(text);
  const reports = RULES.flatMap((rule): Report[] => {
    const severity = rules[rule.id] ?? rule.severity;
    if (severity === 'off') return [];
    return [...rule.check(linted)].map(({ at, message, fixes = [] }) => ({
      rule: rule.id,
      severity,
      message,
      range: lines.rangeOf(at),
      fixes,
      sameAs: rule.sameAs ?? [],
    }));
  });
  const told = reports.filter(({ rule, range }) => !isDisabled(rule, range.line1));
  return { reports: told.sort(byPlace), problems, hasGraphs: true };
}

function byPlace({ range: a }: Report, { range: b }: Report): number {
  return a.line1 - b.line1 || a.column1 - b.column1;
}
