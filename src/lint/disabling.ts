import type { Report } from './rule.ts';
import type { TextEdit } from './span.ts';

/** `// superstep-disable-next-line rule, other-rule -- why`; without a rule: all of them. */
const COMMENT = /\/\/[ \t]*superstep-disable-next-line\b[ \t]*(.*)$/;

/** Tells which rules have nothing to say about a line, by the comments before it. */
export function disabledLines(text: string): (rule: string, line1: number) => boolean {
  const byLine = new Map<number, readonly string[]>();
  if (text.includes('superstep-disable-next-line')) {
    for (const [i, line] of text.split(/\r\n|[\n\r]/).entries()) {
      const [, rest] = COMMENT.exec(line) ?? [];
      if (rest === undefined) continue;
      const [names = ''] = rest.split('--');
      byLine.set(
        i + 2,
        names.split(/[\s,]+/).filter((name) => name !== ''),
      );
    }
  }
  return (rule, line1) => {
    const names = byLine.get(line1);
    return names !== undefined && (names.length === 0 || names.includes(rule));
  };
}

/** The comment that keeps a rule silent about the line of a report. */
export function disablingEdit(text: string, { rule, range }: Report): TextEdit {
  const ends = [...text.matchAll(/\r\n|[\n\r]/g)];
  const before = ends[range.line1 - 2];
  const start = before ? before.index + before[0].length : 0;
  const [indent = ''] = /^[ \t]*/.exec(text.slice(start)) ?? [];
  const end = before?.[0] ?? ends[0]?.[0] ?? '\n';
  return { start, end: start, text: `${indent}// superstep-disable-next-line ${rule}${end}` };
}
