/**
 * Checks for checkpointers and stores of your own.
 *
 * @module superstep/conformance
 */
export { checkpointerRules } from './checkpoint/conformance.ts';
export type { CheckpointerRule } from './checkpoint/conformance.ts';
export { storeRules } from './store/conformance.ts';
export type { StoreRule } from './store/conformance.ts';
