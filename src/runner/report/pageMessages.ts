import type { ToWebview } from '../../protocol/webviewMessages.ts';
import type { TracedEvent } from '../../trace/trace.ts';
import type { GraphDescription } from '../runner.ts';
import { formatMoment } from './formatTime.ts';

/** A run that is over, as a page shows it. */
export interface ShownRun {
  readonly graph: GraphDescription;
  /** Path of its file, of which the name is told. */
  readonly file: string;
  readonly events: readonly TracedEvent[];
  /** What stands above the views. Default: when it was. */
  readonly notice?: string | undefined;
}

/**
 * What a page that shows a run is told.
 * @param ofRun What happened in it, of revision 1, from its start to its end.
 */
export function pageMessages(run: ShownRun, ofRun: readonly ToWebview[]): ToWebview[] {
  const { graph, file, notice = momentOf(run) } = run;
  const { name: title, mermaid, nodes } = graph;
  const shown = { title, file: file.split(/[\\/]/).at(-1) ?? '', mermaid, nodes };
  return [
    { type: 'graph', revision: 1, ...shown, ...(notice !== undefined && { notice }) },
    ...ofRun,
  ];
}

function momentOf({ events }: ShownRun): string | undefined {
  const first = events.find(({ type }) => type === 'runStarted');
  return first?.type === 'runStarted' ? `A run of ${formatMoment(first.startedAt)}` : undefined;
}
