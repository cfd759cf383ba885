import type { ModelCallInfo, RunEvent, TaskInfo } from '../../../src/engine/model/events.ts';

/** Noon of a day in January, UTC. */
export const startedAt = Date.UTC(2026, 0, 2, 12);

/** A task of the root graph, or with `parent` of a subgraph. */
export function task(id: number, node: string, parent?: TaskInfo): TaskInfo {
  return {
    id,
    node,
    nodeId: parent ? `${parent.nodeId}:${node}` : node,
    path: [...(parent?.path ?? []), node],
    superstep: 1,
    ...(parent && { parent: parent.id }),
  };
}

export const runStarted = (graph: string, input: unknown): RunEvent => ({
  type: 'runStarted',
  time: 0,
  graph,
  startedAt,
  input,
});

export const started = (of: TaskInfo, time: number, input: unknown = {}): RunEvent => ({
  type: 'taskStarted',
  time,
  task: of,
  attempt: 1,
  input,
});

export const wrote = (of: TaskInfo, time: number, update: Record<string, unknown>): RunEvent => ({
  type: 'taskWrote',
  time,
  task: of,
  update,
});

export const finished = (of: TaskInfo, time: number, durationMs: number): RunEvent => ({
  type: 'taskFinished',
  time,
  task: of,
  durationMs,
});

export const failed = (
  of: TaskInfo,
  time: number,
  { durationMs = 1, message = 'no', cancelled = false } = {},
): RunEvent => ({
  type: 'taskFailed',
  time,
  task: of,
  durationMs,
  error: { name: 'Error', message },
  cancelled,
});

/** One request to a model: its events, all of the same task. */
export function modelCall(of: TaskInfo, call: Partial<ModelCallInfo> = {}) {
  const base = { task: of, call: { id: 1, model: 'gpt-4o', messageId: 'm1', ...call } };
  const error = { name: 'ModelError', message: 'too many\nrequests', code: 'MODEL_RATE_LIMITED' };
  return {
    started: (time: number): RunEvent => ({ type: 'modelStarted', time, ...base }),
    streamed: (time: number, text: string): RunEvent => ({
      type: 'modelStreamed',
      time,
      text,
      ...base,
    }),
    retrying: (time: number): RunEvent => ({
      type: 'modelRetrying',
      time,
      attempt: 1,
      delayMs: 500,
      error,
      ...base,
    }),
    finished: (
      time: number,
      { tokens, ...more }: { tokens?: [number, number]; finishReason?: string; cached?: true } = {},
    ): RunEvent => ({
      type: 'modelFinished',
      time,
      durationMs: 10,
      ...more,
      ...(tokens && {
        usage: {
          input_tokens: tokens[0],
          output_tokens: tokens[1],
          total_tokens: tokens[0] + tokens[1],
        },
      }),
      ...base,
    }),
    failed: (time: number): RunEvent => ({
      type: 'modelFailed',
      time,
      durationMs: 1200,
      error,
      ...base,
    }),
  };
}
