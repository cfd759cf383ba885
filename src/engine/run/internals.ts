import type { RunEvent } from '../model/events.ts';
import type { Elsewhere } from './remote/work.ts';
import type { HostWorkers } from '../model/graphHandle.ts';
import { systemClock, type Clock } from '../model/clock.ts';

/** What the engine takes from outside; tests replace it. */
export interface Effects {
  readonly clock: Clock;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

export const systemEffects: Effects = { clock: systemClock, random: Math.random };

/** Asked between supersteps; a promise holds the run up until it resolves. */
export type Pace = () => Promise<void> | undefined;

/** Holds a run up for its reader, and for the reader of its parent run. */
function bothPaces(parent: Pace, own: Pace): Pace {
  return () => {
    const holds = [parent(), own()].filter((hold) => hold !== undefined);
    return holds.length > 1 ? Promise.all(holds).then(() => {}) : holds[0];
  };
}

/** Of a call inside: those around hold for it too, but for the tap, which is of one call. */
export function internalsInside(parent: RunInternals, own: RunInternals): RunInternals {
  const pace = parent.pace && own.pace ? bothPaces(parent.pace, own.pace) : undefined;
  return { ...parent, tap: undefined, ...own, ...(pace && { pace }) };
}

/** Hears of a call's events beside its observers. One that throws fails the run. */
export type Tap = (event: RunEvent) => void;

/**
 * What a run is handed beside its config, by tests, streams and hosts; never by users. The graphs that are
 * called inside take it over.
 */
export interface RunInternals {
  readonly effects?: Partial<Effects> | undefined;
  /** Lets the reader of a stream hold the run up. */
  readonly pace?: Pace | undefined;
  /** Events tell the places of tasks and graphs. */
  readonly reportsPlaces?: boolean | undefined;
  /**
   * The stream of this very call. In contrast to an `onEvent` it does not cut a call inside a node off
   * from the observers around it.
   */
  readonly tap?: Tap | undefined;
  /** What worker threads load, in place of the modules that graphs and tasks were told. */
  readonly workers?: HostWorkers | undefined;
  /** Takes the tasks of this very call, and of the subgraphs of its graph, to be run elsewhere. */
  readonly elsewhere?: Elsewhere | undefined;
}
