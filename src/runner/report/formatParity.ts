import type { Difference } from '../parity/compareRuns.ts';
import type { Parity } from '../parity/parity.ts';
import type { RunOutline } from '../parity/runOutline.ts';
import { alignColumns } from './alignColumns.ts';
import { formatState } from './formatState.ts';
import { plainPaint, type Paint } from './paint.ts';

const TITLES: Readonly<Record<Difference['kind'], string>> = {
  end: 'They end differently',
  nodes: 'Other nodes run',
  updates: 'The same nodes write something else',
  folds: 'The same is written, and becomes another state',
  questions: 'They wait for other answers',
  state: 'They end with another state',
};

/** Lines of one value; what is longer is cut, as there are two of them beside each other. */
const maxLines = 40;

/** What two engines made of a graph, as lines: in one if they are alike, else side by side. */
export function formatParity(
  parity: Parity,
  { paint = plainPaint, columns = 100 }: { readonly paint?: Paint; readonly columns?: number } = {},
): string[] {
  const { differences, version, laterSteps, alikeSteps, reasons, isChance, ours } = parity;
  const names = ['Superstep', `LangGraph.js ${version}`] as const;
  if (differences.length === 0) {
    const steps = counted(alikeSteps, 'superstep');
    const what = `the same nodes, updates and states in ${steps}, the same ${endOf(ours)}`;
    return [`${paint('green', '✓')} ${names.join(' and ')} are alike: ${what}`];
  }
  const before = alikeSteps === 0 ? '' : `; before that ${counted(alikeSteps, 'superstep')} alike`;
  const later = `${counted(laterSteps, 'later superstep')} differ${laterSteps === 1 ? 's' : ''} as well`;
  return [
    `${paint('red', '✗')} ${names.join(' and ')} differ${before}`,
    ...differences.flatMap((one) => ['', ...formatDifference(one, { names, paint, columns })]),
    ...(laterSteps > 0 ? ['', later] : []),
    ...reasons.flatMap(({ title, page }) => [
      '',
      `${paint('bold', 'Known')}: ${title}`,
      `  ${page}`,
    ]),
    ...(isChance ? ['', CHANCE] : []),
  ];
}

const CHANCE =
  'Two runs with Superstep differ as well: chance or time decides in this graph, not who runs it';

function formatDifference(
  { kind, superstep, graph, superstepSide, langgraphSide }: Difference,
  {
    names,
    paint,
    columns,
  }: { readonly names: readonly [string, string]; readonly paint: Paint; readonly columns: number },
): string[] {
  const where =
    superstep === undefined ? '' : `superstep ${superstep}${graph ? ` of ${graph}` : ''}: `;
  const width = Math.floor((columns - 4) / 2);
  const [left, right] = [superstepSide, langgraphSide].map((side) => linesOf(side, width)) as [
    string[],
    string[],
  ];
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
    `  ${left[i] ?? ''}`,
    right[i] ?? '',
  ]);
  const [head, ...rest] = alignColumns([[`  ${names[0]}`, names[1]], ...rows], 'left');
  const title = TITLES[kind];
  const told = where === '' ? title : `${where}${title[0]!.toLowerCase()}${title.slice(1)}`;
  return [paint('bold', told), paint('dim', head!), ...rest];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function linesOf(value: unknown, columns: number): string[] {
  const lines = formatState(value, { columns, textLength: 2000, items: 100, depth: 8 });
  const left = lines.length - maxLines;
  return left > 0 ? [...lines.slice(0, maxLines), `… ${left} more lines`] : lines;
}

function endOf({ status }: RunOutline): string {
  if (status === 'waiting') return 'questions';
  return status === 'failed' ? 'error' : 'result';
}
