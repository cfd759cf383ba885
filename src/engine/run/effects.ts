import { systemClock, type Clock } from '../model/clock.ts';
import { inThread, type TaskExecutor } from './executor.ts';

/** What the engine takes from outside; tests replace it. */
export interface Effects {
  readonly clock: Clock;
  readonly executor: TaskExecutor;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

export const systemEffects: Effects = {
  clock: systemClock,
  executor: inThread,
  random: Math.random,
};

/** Key of a run's config under which tests put their own effects. Not public. */
export const EFFECTS: unique symbol = Symbol('superstep.effects');
