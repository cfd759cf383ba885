import { textWidth } from './textWidth.ts';

/**
 * Puts the cells of a table below each other, by display width, two blanks between columns. The first
 * column stands to the left, the others as `side` says.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  side: 'left' | 'right',
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, textWidth(cell));
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const blanks = ' '.repeat(widths[i]! - textWidth(cell));
      return i === 0 || side === 'left' ? cell + blanks : blanks + cell;
    });
    return cells.join('  ').trimEnd();
  });
}
