import { isLeaf, type SuperstepSpan, type TaskSpan } from './spans.ts';

/** The task that ended last of its superstep, and what that cost. */
export interface Straggler {
  readonly superstep: SuperstepSpan;
  readonly span: TaskSpan;
  /** How long it went on after all others had ended. */
  readonly costMs: number;
  /** How many tasks waited for it. */
  readonly heldBack: number;
}

/** The straggler of each superstep in which others had to wait. */
export function findStragglers(supersteps: readonly SuperstepSpan[]): Straggler[] {
  return supersteps.flatMap((superstep) => stragglerOf(superstep) ?? []);
}

/** The straggler of one superstep; `undefined` while it goes on, and where nothing had to wait. */
export function stragglerOf(superstep: SuperstepSpan): Straggler | undefined {
  if (superstep.endMs === undefined) return undefined;
  let last: TaskSpan | undefined;
  let [lastMs, beforeMs] = [-Infinity, -Infinity];
  for (const span of superstep.tasks) {
    // What waits for an answer holds nothing back: the run goes on without it, or ends.
    if (span.endMs === undefined || span.isRecalled || span.status === 'waiting') continue;
    if (span.endMs > lastMs) [last, lastMs, beforeMs] = [span, span.endMs, lastMs];
    else beforeMs = Math.max(beforeMs, span.endMs);
  }
  if (!last || beforeMs === -Infinity) return undefined;
  // It may have been the last to get a place: only what it ran by itself is its own.
  const costMs = lastMs - Math.max(beforeMs, last.startMs);
  return { superstep, span: last, costMs, heldBack: superstep.tasks.length - 1 };
}

/** The innermost straggler: of a subgraph's node, the task inside it that took the time. */
export function innermost({ span }: Straggler): TaskSpan {
  let at = span;
  while (!isLeaf(at)) {
    at = at.children.reduce((a, b) => ((b.endMs ?? Infinity) >= (a.endMs ?? Infinity) ? b : a));
  }
  return at;
}
