import { pop, put } from './heap.ts';

/** Something with a place in time. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Gives each stretch, sorted by their starts, the first lane that is free: none overlaps another of its
 * lane, and there are no more lanes than stretches at one time.
 */
export function placeInLanes(stretches: readonly Stretch[]): {
  readonly lanes: Uint32Array;
  readonly count: number;
} {
  const lanes = new Uint32Array(stretches.length);
  /** Of those that end, the lane that ends first; of those that are free, the least. */
  const busy: { endMs: number; lane: number }[] = [];
  const free: number[] = [];
  let count = 0;
  stretches.forEach(({ startMs, endMs }, at) => {
    while (busy.length > 0 && busy[0]!.endMs <= startMs) {
      put(free, pop(busy, byEnd)!.lane, (a, b) => a - b);
    }
    const lane = pop(free, (a, b) => a - b) ?? count++;
    lanes[at] = lane;
    put(busy, { endMs, lane }, byEnd);
  });
  return { lanes, count };
}

const byEnd = (a: { endMs: number }, b: { endMs: number }) => a.endMs - b.endMs;
