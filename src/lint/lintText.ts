import { readSource } from '../loader/readSource.ts';
import { disabledLines } from './disabling.ts';
import { LintedFile } from './lintedFile.ts';
import { Lines } from './lines.ts';
import type { Report, Severity } from './rule.ts';
import { RULES } from './rules.ts';

/** By the id of a rule; rules that are not named keep their own severity. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

/**
 * Reports what is wrong with the graphs in a text, in the order of the text. Nothing is run, and what
 * the text does not tell for certain is not reported; of a text that cannot be parsed as a whole,
 * nothing is.
 * @param options.file Its extension tells TypeScript from JavaScript, its name whether it is a graph file.
 */
export function lintText(
  text: string,
  { file, rules = {} }: { file: string; rules?: RuleSettings },
): Report[] {
  const read = readSource(text, file);
  if (!read.complete || read.problems.length > 0) return [];
  const { reader } = read;
  if (reader.builders.length === 0 && reader.graphs.length === 0) return [];
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
    }));
  });
  return reports
    .filter(({ rule, range }) => !isDisabled(rule, range.line1))
    .sort((a, b) => a.range.line1 - b.range.line1 || a.range.column1 - b.range.column1);
}
