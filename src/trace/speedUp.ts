import { criticalPath } from './criticalPath.ts';
import { buildJobs, wallTime } from './schedule.ts';
import { durationOf, isLeaf, type TaskSpan } from './spans.ts';

/** How well a run used the time. Milliseconds. */
export interface SpeedUp {
  readonly wallMs: number;
  /** The time of all tasks without tasks inside them, added up. */
  readonly workMs: number;
  /** `workMs / wallMs`. */
  readonly measured: number;
  /** The wall time without any limit, with the same durations and the same graph. */
  readonly bestWallMs: number;
  readonly best: number;
  /** For some limits of tasks at once, the wall time that they would have led to. */
  readonly whatIf: readonly { readonly places: number; readonly wallMs: number }[];
}

/** The values of `maxConcurrency` that are tried. */
export const PLACES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;

/**
 * Measured and possible speed-up. What is computed comes from measured durations: tasks are given places
 * in the order in which they started, and each superstep begins when the one before it has ended. Times
 * in which no task ran that the run waited for (the engine's own, and waiting for answers) are added.
 */
export function speedUp(
  tasks: readonly TaskSpan[],
  run: { readonly wallMs: number; readonly nowMs: number },
): SpeedUp {
  const { wallMs, nowMs } = run;
  const own = tasks.filter(({ isRecalled }) => !isRecalled);
  const workMs = own.filter(isLeaf).reduce((sum, span) => sum + durationOf(span, nowMs), 0);
  const criticalMs = criticalPath(own, nowMs).reduce(
    (sum, { startMs, endMs }) => sum + endMs - startMs,
    0,
  );
  const idleMs = Math.max(0, wallMs - criticalMs);
  const jobs = buildJobs(own, nowMs);
  // No schedule is better than the measured one without a limit.
  const bestWallMs = Math.min(wallMs, wallTime(jobs, Infinity) + idleMs);
  let least = Infinity;
  const whatIf = PLACES.map((places) => {
    // Where subgraphs run side by side, one more place can make it longer; nobody is made to use it.
    least = Math.min(least, wallTime(jobs, places) + idleMs);
    return { places, wallMs: Math.max(least, bestWallMs) };
  });
  const ratio = (ms: number) => (ms > 0 ? workMs / ms : 0);
  return { wallMs, workMs, measured: ratio(wallMs), bestWallMs, best: ratio(bestWallMs), whatIf };
}
