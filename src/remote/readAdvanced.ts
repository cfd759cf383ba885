import { Serializer } from '../engine/checkpoint/serialize.ts';
import type { Advanced } from '../engine/model/remote.ts';
import { thrownBy } from '../engine/run/failure.ts';
import { unpackError } from '../engine/run/sending.ts';

/**
 * What `invoke` would have come to: the value, which has questions that wait under `__interrupt__`, or the error,
 * which is thrown.
 *
 * @returns `undefined` as long as tasks are under way.
 * @throws What the run has failed with.
 * @example
 * ```ts
 * import { Annotation, START, StateGraph } from 'superstep';
 * import { advance, readAdvanced } from 'superstep/remote';
 * const graph = new StateGraph(Annotation.Root({ n: Annotation<number>() }))
 *   .addNode('halve', ({ n }) => ({ n: n / 2 }))
 *   .addEdge(START, 'halve')
 *   .compile();
 * console.log(readAdvanced(await advance(graph, { input: { n: 84 } }))); // undefined
 * ```
 */
export function readAdvanced(advanced: Advanced): unknown {
  if (advanced.status === 'tasks') return undefined;
  if (advanced.status === 'failed') {
    const { error } = advanced;
    const thrown = unpackError(error);
    throw error.task === undefined ? thrown : thrownBy(thrown, error.task, advanced);
  }
  return new Serializer().deserialize(advanced.value);
}
