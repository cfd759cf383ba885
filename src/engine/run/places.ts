/**
 * Key of a run's config under which a stream asks that events tell the places of tasks and graphs.
 * Not public.
 */
export const PLACES: unique symbol = Symbol('superstep.places');
