import type { Plan } from './plan.ts';
import type { Send } from '../model/send.ts';

/** Where a run stands between two supersteps. Never changed; each superstep makes the next. */
export interface Snapshot {
  /** Supersteps done in its thread, or else in its run; 0 after the first input, -1 before it. */
  readonly step: number;
  /** Value of each channel, or `EMPTY`; by channel index. */
  readonly values: readonly unknown[];
  /** Nodes that an edge, router or goto has named for the next superstep, sorted by rank. */
  readonly triggered: readonly number[];
  /** Tasks sent for the next superstep, in order. */
  readonly sends: readonly Send[];
  /** Nodes that wait until nothing else is left. */
  readonly deferred: readonly number[];
  /** Of each barrier that is partly complete, the sources that have run since it last fired. */
  readonly arrived: ReadonlyMap<number, ReadonlySet<number>>;
}

const NONE_ARRIVED: Snapshot['arrived'] = new Map();

/** The state before the input. */
export function emptySnapshot(plan: Plan): Snapshot {
  return {
    step: -1,
    values: plan.channels.map((channel) => channel.initial()),
    triggered: [],
    sends: [],
    deferred: [],
    arrived: NONE_ARRIVED,
  };
}
