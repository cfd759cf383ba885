import { speedUp, type SpeedUp } from '../../trace/speedUp.ts';
import { findStragglers, innermost } from '../../trace/stragglers.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatCount, formatDuration } from '../words.ts';
import { tellCost } from './tellCost.ts';

/** The least time, in milliseconds and as a share of the run, of which a straggler is told. */
const LEAST_COST_MS = 5;
const LEAST_COST_SHARE = 0.05;
/** Of more tasks than this other limits are not tried: it would hold up the page. */
const MAX_TRIED = 20_000;

/** What can be said of a run as a whole. */
export interface Facts {
  readonly sentences: readonly string[];
  readonly whatIf: SpeedUp['whatIf'];
}

/** How a run has used its time, in sentences; what takes longer to find out is told once it is over. */
export function tellFacts(trace: Trace, nowMs: number): Facts {
  const paused = trace.pauses.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const wallMs = nowMs - paused;
  const { workMs, peak } = trace.work(nowMs);
  const isTried = trace.status !== 'running' && trace.tasks.length <= MAX_TRIED;
  const tried = isTried ? speedUp(trace.tasks, { wallMs, nowMs }) : undefined;
  const measured = wallMs > 0 ? workMs / wallMs : 0;
  const isWorthwhile = measured >= 1 && trace.tasks.length > 1;
  const isBetter = tried !== undefined && tried.best - measured >= 0.1;
  const best = isBetter
    ? `, ${tried.best.toFixed(1)}× at best (${formatDuration(tried.bestWallMs)})`
    : '';
  const speed = isWorthwhile
    ? `${measured.toFixed(1)}× as fast as one after another${best}`
    : undefined;
  const sentences = [
    `${formatDuration(wallMs)} for ${formatDuration(workMs)} of work`,
    speed,
    peak > 1 ? `at most ${formatCount(peak)} at once` : undefined,
    tellWorst(trace, wallMs),
    trace.tasksOmitted > 0
      ? `${formatCount(trace.tasksOmitted)} more tasks are not shown`
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  return { sentences, whatIf: isWorthwhile ? (tried?.whatIf ?? []) : [] };
}

function tellWorst({ supersteps }: Trace, wallMs: number): string | undefined {
  const worst = findStragglers(supersteps).reduce<ReturnType<typeof findStragglers>[0] | undefined>(
    (a, b) => (a && a.costMs >= b.costMs ? a : b),
    undefined,
  );
  if (!worst || worst.costMs < Math.max(LEAST_COST_MS, wallMs * LEAST_COST_SHARE)) return undefined;
  const { path, node } = innermost(worst).task;
  return `${path.at(-1) ?? node} held ${tellCost(worst)}`;
}
