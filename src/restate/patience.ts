/** Nodes may take long; what they keep still is no sign that they hang. */
const HOUR = 60 * 60 * 1000;

/** How long a handler may be silent, and how soon what a lost worker had is tried again. */
export const patience = {
  inactivityTimeout: 24 * HOUR,
  abortTimeout: 24 * HOUR,
  retryPolicy: { initialInterval: 100, exponentiationFactor: 2, maxInterval: 5000 },
};
