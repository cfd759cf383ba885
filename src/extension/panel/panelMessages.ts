import type { Problem } from '../../loader/problem.ts';
import type { ToWebview } from '../../protocol/webviewMessages.ts';
import { failureText, placeText } from '../../runner/report/failureText.ts';
import { eventMessages } from '../../runner/report/eventMessages.ts';
import type { RunViewModel } from '../runs/runViewModel.ts';
import { waitingCards } from './waitingCards.ts';

/** What a page is told of a run up to now, but for its end. */
export function runMessages(run: RunViewModel, revision: number): ToWebview[] {
  return [
    { type: 'runStarted', revision, elapsedMs: run.elapsedMs },
    ...eventMessages(revision, run.events),
    { type: 'progress', revision, nodes: run.progress() },
    ...(run.isStopping ? [{ type: 'runStopping', revision } as const] : []),
  ];
}

/**
 * How a run has ended; nothing while it goes on.
 * @param options.canRun Whether code of this workspace may run.
 */
export function endMessages(
  run: RunViewModel,
  { revision, canRun }: { readonly revision: number; readonly canRun: boolean },
): ToWebview[] {
  const { result, failedNode: node } = run;
  if (!result) return [];
  const { status, durationMs } = result;
  const waits = waitingCards(run, { canRun });
  const end = {
    type: 'runEnded',
    revision,
    status,
    durationMs,
    ...(waits && { waits }),
  } as const;
  if (status !== 'failed') return [end];
  const places = failurePlaces(run).map(placeText);
  return [{ ...end, message: failureText({ ...result, node }), places }];
}

/** Those whose places the message of a failed run names, in its order. */
export function failurePlaces({ result }: RunViewModel): Problem[] {
  const { status, problem } = result ?? {};
  return status === 'failed' && problem?.file !== undefined ? [problem] : [];
}
