import type { RunContent, KeptRun } from '../../runner/history/keptRun.ts';
import type { RunResult } from '../../runner/runner.ts';
import { formatDuration, formatMoment } from '../../runner/report/formatTime.ts';
import type { RunEvent } from '../../engine/model/events.ts';
import { RUN_SIGNS } from './runItems.ts';
import { RunViewModel } from '../runs/runViewModel.ts';

/**
 * A run as it was, made from what is kept of it. Takes batches of events as they come, so that the
 * editor stays responsive.
 */
export async function replayRun(
  run: KeptRun,
  { graph }: RunContent,
  events: AsyncIterable<readonly RunEvent[]>,
): Promise<RunViewModel> {
  const { file, exportName } = run;
  const past = new RunViewModel({ file, exportName }, graph);
  let state: unknown = {};
  for await (const batch of events) {
    past.add(batch);
    for (const event of batch) state = stateAfter(event, state);
  }
  past.end(resultOf(run, state));
  return past;
}

/** The root graph's state after an event, or what its run came to; the state before if it says nothing of it. */
export function stateAfter(event: RunEvent, before: unknown): unknown {
  switch (event.type) {
    case 'superstepFinished':
      return event.path.length === 0 ? event.state : before;
    case 'runFinished':
      return event.output;
    case 'runFailed':
      return event.state;
    default:
      return before;
  }
}

/** What the panel says of a run that is not the present one. */
export function pastNotice({ startedAt, end }: KeptRun): string {
  const when = `This is a past run, of ${formatMoment(startedAt)}`;
  if (!end) return `${when}. It goes on in another window.`;
  const gap = end.gap === undefined ? '' : ` ${end.gap}`;
  if (end.status === 'cutOff') {
    return `${when}. It was cut off after ${formatDuration(end.durationMs)}, when the editor ended.${gap}`;
  }
  return `${when}: ${RUN_SIGNS[end.status].word}.${gap}`;
}

function resultOf({ graph, end }: KeptRun, state: unknown): RunResult {
  const { status = 'cancelled', durationMs = 0, error, problem, threadId } = end ?? {};
  return {
    ...{ graph, durationMs, state },
    status: status === 'cutOff' ? 'cancelled' : status,
    ...(error && { error }),
    ...(problem && { problem }),
    ...(threadId !== undefined && { threadId }),
  };
}
