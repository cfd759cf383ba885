import type { TaskSpan } from './spans.ts';

/** A stretch of the critical path: one task without tasks inside it, for as long as nothing else is on it. */
export interface CriticalStretch {
  readonly span: TaskSpan;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The tasks that the end of the run waited for, first to last: had one of them been shorter, so had been
 * the run. Found from the end: what ended last, then what ended last before that began, and so on,
 * inside of subgraphs too. The stretches do not overlap; between them ran nothing that they waited for.
 */
export function criticalPath(tasks: readonly TaskSpan[], nowMs: number): CriticalStretch[] {
  const stretches: CriticalStretch[] = [];
  const roots = tasks.filter(({ parent }) => parent === undefined);
  walkBack(roots, { nowMs, untilMs: Infinity, stretches });
  return stretches.reverse();
}

function walkBack(
  spans: readonly TaskSpan[],
  walk: {
    readonly nowMs: number;
    readonly untilMs: number;
    readonly stretches: CriticalStretch[];
  },
): void {
  const { nowMs, stretches } = walk;
  const endOf = ({ endMs }: TaskSpan) => endMs ?? nowMs;
  const byEnd = spans
    .filter(({ isRecalled }) => !isRecalled)
    .sort((a, b) => endOf(a) - endOf(b) || a.startMs - b.startMs);
  let untilMs = walk.untilMs;
  for (const span of byEnd.reverse()) {
    if (endOf(span) > untilMs) continue;
    if (span.children.length > 0) walkBack(span.children, { ...walk, untilMs });
    else stretches.push({ span, startMs: span.startMs, endMs: endOf(span) });
    untilMs = span.startMs;
  }
}
