import type { RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';
import { newRunId, type RunContent, type RunHead } from '../../../src/runner/history/keptRun.ts';

/** The head of a run that began so many milliseconds after noon of some day. */
export function headAt(ms: number, more: Partial<RunHead> = {}): RunHead {
  const startedAt = Date.now() - 60_000 + ms;
  return {
    id: newRunId(startedAt),
    ...{ file: '/project/some.graph.ts', exportName: 'graph', graph: 'some', startedAt },
    ...more,
  };
}

export const content: RunContent = {
  graph: {
    ...{ exportName: 'graph', kind: 'graph', name: 'some', mermaid: 'graph TD;\n' },
    ...{ nodes: [], hasInput: false, inputFields: [] },
  },
  input: { value: { topic: 'lighthouses' } },
};

export function task(id: number): TaskInfo {
  return { id, node: 'work', nodeId: 'work', path: [`work[${id}]`], superstep: 1 };
}

/** An event that says something. */
export function said(text: string, time = 1): RunEvent {
  return { type: 'console', time, level: 'log', text };
}
