import type { Straggler } from '../../trace/stragglers.ts';
import { formatCount, formatDuration } from '../words.ts';

/** What the last task of a superstep has cost: `11 tasks back for 2.1 s`. */
export function tellCost({ heldBack, costMs }: Straggler): string {
  const others = heldBack === 1 ? '1 task' : `${formatCount(heldBack)} tasks`;
  return `${others} back for ${formatDuration(costMs)}`;
}
