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

/**
 * What a run is handed beside its config, by tests and by streams; never by users. The graphs that are
 * called inside take it over.
 */
export interface RunInternals {
  readonly effects?: Partial<Effects> | undefined;
  /** Lets the reader of a stream hold the run up. */
  readonly pace?: Pace | undefined;
  /** Events tell the places of tasks and graphs. */
  readonly tellsPlaces?: boolean | undefined;
}
