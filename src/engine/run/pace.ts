/** Asked between supersteps; a promise holds the run up until it resolves. */
export type Pace = () => Promise<void> | undefined;

/** Key of a run's config under which the reader of its stream holds it up. Not public. */
export const PACE: unique symbol = Symbol('superstep.pace');
