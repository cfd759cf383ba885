/** How several inputs are run. */
export interface BatchOptions {
  /** How many runs go on at once. Default: all. */
  readonly maxConcurrency?: number;
  /** An error takes the place of its run's output, and the other runs go on. Default `false`. */
  readonly returnExceptions?: boolean;
}

/**
 * Calls `run` for each input, at most `maxConcurrency` at once, and resolves with the outputs in the
 * order of the inputs. The first failure aborts the others and rejects, unless errors are returned.
 *
 * @param run Must reject soon after its signal is aborted.
 */
export async function runBatch<Input, Output>(
  inputs: readonly Input[],
  options: BatchOptions,
  run: (input: Input, signal: AbortSignal) => Promise<Output>,
): Promise<(Output | Error)[]> {
  const { maxConcurrency = Infinity, returnExceptions = false } = options;
  const failure = new AbortController();
  const outputs = new Array<Output | Error>(inputs.length);
  let next = 0;
  const work = async () => {
    while (next < inputs.length) {
      const index = next++;
      try {
        outputs[index] = await run(inputs[index]!, failure.signal);
      } catch (error) {
        if (!returnExceptions) {
          // Nothing that has not begun need begin.
          next = inputs.length;
          failure.abort(error);
          throw error;
        }
        outputs[index] = error instanceof Error ? error : new Error(String(error));
      }
    }
  };
  const workers = Math.min(inputs.length, maxConcurrency);
  await Promise.all(Array.from({ length: workers }, work));
  return outputs;
}
