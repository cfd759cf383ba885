// A thread for tests: evaluates the bundle it is given and posts what came out.
import { parentPort, workerData } from 'node:worker_threads';
import type { Bundle } from '../../src/loader/bundle/bundle.ts';
import { evaluateBundle } from '../../src/loader/bundle/evaluateBundle.ts';
import { listGraphs } from '../../src/loader/listGraphs.ts';
import { LoadError } from '../../src/loader/loadError.ts';
import type { Problem } from '../../src/loader/problem.ts';

/** What a thread posts: what the fixture exports, or the problems. */
export interface Outcome {
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly graphs?: readonly unknown[];
  readonly problems?: readonly Problem[];
  readonly stack?: string;
}

async function evaluate(bundle: Bundle, wantsGraphs: boolean): Promise<Outcome> {
  try {
    const namespace = await evaluateBundle(bundle);
    const exports = 'actual' in namespace ? namespace : (namespace['default'] ?? {});
    const { actual, expected } = exports as Outcome;
    if (!wantsGraphs) return { actual, expected };
    const graphs = (await listGraphs(namespace, bundle)).map(
      ({ graph, handle, hint, ...rest }) => ({
        ...rest,
        ...(hint && { hint: `${hint.code} ${hint.range?.line1}` }),
        name: (graph as { name: string }).name,
        version: handle.version,
      }),
    );
    return { actual, expected, graphs };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const { stack } = (error.cause ?? {}) as Error;
    return { problems: error.problems, ...(stack !== undefined && { stack }) };
  }
}

const { bundle, wantsGraphs } = workerData as { bundle: Bundle; wantsGraphs: boolean };
parentPort?.postMessage(await evaluate(bundle, wantsGraphs));
