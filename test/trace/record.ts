import type { RunEvent } from '../../src/engine/model/events.ts';
import { Trace } from '../../src/trace/trace.ts';

interface Invokable {
  invoke(input: any, config: any): Promise<unknown>;
}

/** Runs a graph, whatever comes of it, and folds what happens. */
export async function record(graph: Invokable, input: unknown, config: object = {}) {
  const trace = new Trace();
  await addRun(trace, graph, input, config);
  return trace;
}

/** Adds one more run of the same thread. */
export async function addRun(
  trace: Trace,
  graph: Invokable,
  input: unknown,
  config: object = {},
): Promise<void> {
  const onEvent = (event: RunEvent) => trace.add(event);
  await graph.invoke(input, { ...config, onEvent }).catch(() => undefined);
}
