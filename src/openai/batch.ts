import { Gate } from './gate.ts';
import type { CallOptions } from './options.ts';
import type { ModelInput } from './toWireMessages.ts';

/** How many calls of a batch are under way at once, and what becomes of those that fail. */
export interface BatchOptions {
  /** Default: as many as the client allows. */
  maxConcurrency?: number;
  /** Gives errors in the places of answers, instead of rejecting with the first. */
  returnExceptions?: boolean;
}

/** Calls for each input, and gives the answers in the order of the inputs. */
export async function batch<T>(
  inputs: readonly ModelInput[],
  invoke: (input: ModelInput) => Promise<T>,
  { maxConcurrency = Infinity, returnExceptions = false, signal }: BatchOptions & CallOptions,
): Promise<T[]> {
  const gate = new Gate(maxConcurrency);
  return Promise.all(
    inputs.map(async (input) => {
      const leave = await gate.enter(signal);
      try {
        return await invoke(input);
      } catch (error) {
        if (returnExceptions) return error as T;
        throw error;
      } finally {
        leave();
      }
    }),
  );
}
